import { covers, type Domain, parseDomain } from "../egress-policy";
import type { PartialEnvironment } from "./environment";
import { OWN_SPOKE } from "./sections/egress-policy";

/** Wallarm documentation, "Network access": hosts that nodes speak to, by cloud. */
const WALLARM_CLOUD = {
  eu: ["api.wallarm.com", "node-data0.eu1.wallarm.com", "node-data1.eu1.wallarm.com"],
  us: ["us1.api.wallarm.com", "node-data0.us1.wallarm.com", "node-data1.us1.wallarm.com"],
} as const;

/** Docker documentation, "Allowlist for Docker Desktop": hosts of pulls. */
const DOCKER_HUB = [
  "registry-1.docker.io",
  "auth.docker.io",
  "production.cloudflare.docker.com",
  "production.cloudfront.docker.com",
  "docker-images-prod.6aa30f8b08e16409b46e0173d6de2f56.r2.cloudflarestorage.com",
] as const;

/** Amazon ECR Public, of which a node's sidecar comes, and the distribution that has its layers. */
const ECR_PUBLIC = ["public.ecr.aws", "d5l0dvt14r5h8.cloudfront.net"] as const;

type Edge = NonNullable<NonNullable<PartialEnvironment["wallarm"]>[string]>;
type Aws = NonNullable<PartialEnvironment["aws"]>;

/** What a policy keeps from the edges of its own environment. */
export interface DeniedNeeds {
  /** In the order in which they are needed, each once. */
  readonly names: readonly string[];
  /** Edges that need one of them. */
  readonly edges: readonly string[];
}

/**
 * Names that the nodes of this environment's edges reach through the appliances, and its policy denies them. The appliances' own traffic
 * (their files in S3, logs, Session Manager, rules) enters no tunnel, so that no policy reaches it.
 *
 * @returns undefined where nothing is denied, or a fault elsewhere leaves it open
 */
export function deniedNeeds({ inspection, aws, wallarm }: PartialEnvironment): DeniedNeeds | undefined {
  const policy = inspection?.policy;
  const isDenied = policy?.default === "deny" && policy.discovery !== true;
  if (!isDenied || aws?.region === undefined || aws.accountId === undefined) return undefined;
  const written = [...(policy.allowDomains ?? []), ...(policy.spokes?.[OWN_SPOKE]?.allowDomains ?? [])];
  const domains = written.flatMap((text) => readDomain(text));
  // One that was refused may be the one that is missing.
  if (domains.length < written.length) return undefined;
  const needs = Object.entries(wallarm ?? {}).map(([name, edge]) => ({
    name,
    denied: (edge === undefined ? [] : needsOf(edge, aws)).filter(
      (needed) => !domains.some((domain) => covers(domain, needed)),
    ),
  }));
  const edges = needs.filter(({ denied }) => denied.length > 0).map(({ name }) => name);
  return edges.length === 0 ? undefined : { names: [...new Set(needs.flatMap(({ denied }) => denied))], edges };
}

function readDomain(text: string | undefined): readonly Domain[] {
  const result = parseDomain(text ?? "");
  return result.ok ? [result.domain] : [];
}

function needsOf(edge: Edge, aws: Aws): readonly string[] {
  const region = aws.region ?? "";
  const hasInterfaces = interfaceEndpoints(aws) === "needed";
  return [
    ...(edge.cloud === undefined ? [] : WALLARM_CLOUD[edge.cloud]),
    ...imageNeeds(edge, aws),
    ...(edge.metricsSidecar === true ? ECR_PUBLIC : []),
    ...(hasInterfaces ? [] : [serviceName("logs", region), serviceName("secretsmanager", region)]),
    ...(edge.exec === true && !hasInterfaces ? [serviceName("ssmmessages", region)] : []),
  ];
}

/** What a node's image is pulled from. */
function imageNeeds({ image }: Edge, aws: Aws): readonly string[] {
  const own = { account: aws.accountId ?? "", region: aws.region ?? "" };
  const repository = image?.repository;
  if (repository === undefined) {
    if (aws.dockerHub === undefined) return DOCKER_HUB;
    // The cache's first pull fails over interface endpoints: behind inspection none is made (`stacks/aws-network.ts`).
    return registryNeeds(own, aws, false);
  }
  const [registry = ""] = repository.split("/");
  const [, account, region] = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com$/.exec(registry) ?? [];
  if (account !== undefined && region !== undefined) {
    const isNear = region === own.region && interfaceEndpoints(aws) === "needed" && aws.dockerHub === undefined;
    return registryNeeds({ account, region }, aws, isNear);
  }
  // A registry on a port of its own is decided by its address.
  const [host = "", port = "443"] = registry.split(":");
  return port === "443" ? [host] : [];
}

/** Amazon ECR User Guide, "Amazon ECR interface VPC endpoints": the registry, its API, and the bucket of its layers. */
function registryNeeds(
  { account, region }: { readonly account: string; readonly region: string },
  aws: Aws,
  hasInterfaces: boolean,
): readonly string[] {
  const hasBucket = region === aws.region && gatewayEndpoints(aws).includes("s3");
  return [
    ...(hasInterfaces ? [] : [`api.ecr.${region}.amazonaws.com`, `${account}.dkr.ecr.${region}.amazonaws.com`]),
    ...(hasBucket ? [] : [`prod-${region}-starport-layer-bucket.s3.${region}.amazonaws.com`]),
  ];
}

const serviceName = (service: string, region: string): string => `${service}.${region}.amazonaws.com`;

function interfaceEndpoints({ network }: Aws): "needed" | "none" {
  return (network && "interfaceEndpoints" in network ? network.interfaceEndpoints : undefined) ?? "needed";
}

function gatewayEndpoints({ network }: Aws): readonly (string | undefined)[] {
  return (network && "gatewayEndpoints" in network ? network.gatewayEndpoints : undefined) ?? [];
}
