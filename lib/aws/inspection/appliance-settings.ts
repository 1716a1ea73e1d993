import { GENEVE_PORT, HEALTH_PATH, HEALTH_PORT } from "./appliance-contract";
import { DRAIN_HOOK, DRAIN_SECONDS } from "./appliance-fleet";

/** A file by its address, and what it must be. */
interface Download {
  readonly url: string;
  readonly sha256: string;
}

/** What differs between appliances of one fleet and of another. */
export interface ApplianceSettings {
  /** Name in metrics and log groups, and beginning of the groups' names. */
  readonly fleet: string;
  readonly region: string;
  /** What is installed at boot. @default - nothing: the image holds it */
  readonly downloads?: { readonly gwlbtun: Download; readonly cloudwatchAgent: Download };
  /** Range of the inspection VPC. */
  readonly vpcCidr: string;
  readonly mode: "one-arm" | "two-arm";
  /** Ranges of all spokes. With one arm and a policy its object tells them, and they change without a new instance. */
  readonly homeNetworks: readonly string[];
  readonly tcpIdleTimeoutSeconds: number;
  readonly rules: { readonly sources: readonly string[]; readonly updateHours: number };
  readonly logs: Readonly<Record<"dns" | "tls" | "flows", boolean>>;
  /** Whether Suricata gets a copy, or every packet waits for it. */
  readonly action: "ids" | "ips";
  /** What becomes of packets without Suricata. @default - with `ids`, nothing does */
  readonly onFailure?: "open" | "closed";
  /** How the proxy of two arms treats TLS. @default - it opens none */
  readonly proxy?: { readonly bump?: { readonly caSecretArn: string; readonly domains: readonly string[] } };
  /** Where the policy lies. @default - there is none */
  readonly policy?: { readonly bucket: string; readonly key: string };
}

/** The settings as the appliance reads them: each key once, also where it says nothing (`appliance/README.md`, "Contract with the stack"). */
export function settingsOf(appliance: ApplianceSettings): Readonly<Record<string, string>> {
  const { fleet, mode, downloads, rules, logs, proxy, policy } = appliance;
  return {
    FLEET: fleet,
    REGION: appliance.region,
    IMAGE: downloads === undefined ? "baked" : "plain",
    VPC_CIDR: appliance.vpcCidr,
    HOME_NETWORKS: policy === undefined || mode === "two-arm" ? appliance.homeNetworks.join(",") : "",
    GENEVE_PORT: String(GENEVE_PORT),
    HEALTH_PORT: String(HEALTH_PORT),
    HEALTH_PATH,
    TCP_IDLE_SECONDS: String(appliance.tcpIdleTimeoutSeconds),
    AUTO_SCALING_GROUP: `${fleet}-{zone}`,
    LIFECYCLE_HOOK: DRAIN_HOOK,
    HEARTBEAT_SECONDS: String(DRAIN_SECONDS),
    RULE_SOURCES: rules.sources.join(" "),
    RULE_UPDATE_HOURS: String(rules.updateHours),
    LOG_DNS: String(logs.dns),
    LOG_TLS: String(logs.tls),
    LOG_FLOWS: String(logs.flows),
    MODE: mode,
    BUMP_SECRET: proxy?.bump?.caSecretArn ?? "",
    BUMP_DOMAINS: proxy?.bump?.domains.join(" ") ?? "",
    ACTION: appliance.action,
    ON_FAILURE: appliance.onFailure ?? "",
    POLICY: String(policy !== undefined),
    POLICY_BUCKET: policy?.bucket ?? "",
    POLICY_KEY: policy?.key ?? "",
    ...(downloads !== undefined && {
      GWLBTUN_URL: downloads.gwlbtun.url,
      GWLBTUN_SHA256: downloads.gwlbtun.sha256,
      CLOUDWATCH_AGENT_URL: downloads.cloudwatchAgent.url,
      CLOUDWATCH_AGENT_SHA256: downloads.cloudwatchAgent.sha256,
    }),
  };
}
