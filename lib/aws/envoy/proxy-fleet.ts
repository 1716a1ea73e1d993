import { type ITerraformDependable, TerraformLocal, Token } from "cdktf";
import { Construct } from "constructs";

import { EcsCluster } from "../ecs/cluster";
import { FargateService, type ServiceEntry } from "../ecs/fargate-service";
import type { ContainerImage } from "../ecs/image";
import { alarmingCpuPercent, ServiceAlarms } from "../ecs/service-alarms";
import type { TaskScalingOptions } from "../ecs/task-scaling";
import { EdgeDashboard } from "../edge-dashboard";
import { invokeStatements } from "../lattice/invoke";
import type { ApplicationLoadBalancer } from "../load-balancer/application-load-balancer";
import { BalancerAlarms, GrpcTargetAlarms } from "../load-balancer/balancer-alarms";
import type { Forwarding } from "../load-balancer/forwarding";
import { addHostBalancer, type HostBalancerProps } from "../load-balancer/host-balancer";
import { TargetGroup } from "../load-balancer/target-group";
import type { SecurityGroup } from "../network/security-group";
import { ENVOY_PORTS, envoyContainer, type EnvoyHost, GRPC_HEALTH_PATH, GRPC_HEALTHY, HEALTH_PATH } from "./container";
import { EnvoyLogMetrics } from "./log-metrics";

/** How many proxies run in each zone, and when there are more. */
export type FleetScaling = Omit<TaskScalingOptions, "minTasks" | "maxTasks"> & {
  readonly minPerZone: number;
  readonly maxPerZone: number;
};

/** Properties of {@link ProxyFleet}. */
export interface ProxyFleetProps extends HostBalancerProps {
  /** Public hosts, and where each leads. */
  readonly hosts: readonly EnvoyHost[];
  /** How long requests of a proxy that is taken out may go on. */
  readonly drainSeconds: number;
  readonly image: ContainerImage;
  readonly architecture: "x86_64" | "arm64";
  readonly size: { readonly cpu: number; readonly memoryMb: number };
  readonly scaling: FleetScaling;
  /** Where services find a client's own `Authorization`. */
  readonly bearerHeader: string;
  /** Lets people run commands in the proxies, through ECS Exec, whose file system can be written to then. */
  readonly exec: boolean;
  /** Of the proxies; whoever made it lets it out to the services. */
  readonly securityGroup: SecurityGroup;
  /** Services that the proxies may call by signed requests. */
  readonly signedServiceArns: readonly string[];
  readonly kmsKeyArn: string;
  /** SNS topics that alarms tell. */
  readonly topicArns: readonly string[];
}

const HTTPS = 443;

/** An Envoy is ready within seconds; the rest is for pulling its image and for the first health checks. */
const START_SECONDS = 60;

/** Of the 120 seconds that Fargate has for a container to stop. The load balancer drains it before, however long that takes. */
const LONGEST_DRAIN_SECONDS = 110;

/**
 * An Application Load Balancer, and behind it Envoy proxies on Fargate that pass on to services of VPC Lattice what is asked of their hosts.
 * HTTP and gRPC have a target group each; every proxy stands in both.
 */
export class ProxyFleet extends Construct {
  readonly balancer: ApplicationLoadBalancer;
  /** The proxies' own role, as whom they sign. */
  readonly roleArn: string;
  readonly securityGroupId: string;
  readonly clusterName: string;
  readonly accessLogBucket: string;

  constructor(scope: Construct, id: string, props: ProxyFleetProps) {
    super(scope, id);
    const { name, place, network, scaling, login } = props;
    const groups = this.#targetGroups(props);
    const { balancer, accessLogs } = addHostBalancer(this, {
      ...props,
      forwardings: forwardings(props.hosts, groups),
    });
    const cluster = new EcsCluster(this, "cluster", { name, kmsKeyArn: props.kmsKeyArn });
    const container = envoyContainer({
      ...props,
      ...props.size,
      region: place.region,
      identityHeaders: login !== undefined && "oidc" in login,
      drainSeconds: Math.min(props.drainSeconds, LONGEST_DRAIN_SECONDS),
    });
    const entries = [...groups].map(([protocol, targetGroup]): ServiceEntry => ({
      balancer,
      targetGroup,
      port: ENVOY_PORTS[protocol],
    }));
    const proxies = new FargateService(this, "proxies", {
      ...props,
      cluster,
      subnetIds: network.privateSubnetIds,
      securityGroupId: props.securityGroup.id,
      container: {
        ...container,
        environment: this.#named(container.environment ?? {}),
        // The agent of ECS Exec writes into the container.
        readonlyRootFilesystem: !props.exec,
      },
      taskStatements: invokeStatements(props.signedServiceArns),
      entries,
      healthCheckGraceSeconds: START_SECONDS,
      scaling: {
        ...scaling,
        minTasks: scaling.minPerZone * network.privateSubnetIds.length,
        maxTasks: scaling.maxPerZone * network.privateSubnetIds.length,
      },
      // A task that starts without its rules reaches no registry, and counts against the first deployment.
      after: [...balancer.listening, ...connect(balancer, props.securityGroup, entries)],
    });
    this.#watch(proxies, container.name, balancer, groups, props);
    this.balancer = balancer;
    this.roleArn = proxies.taskRoleArn;
    this.securityGroupId = props.securityGroup.id;
    this.clusterName = proxies.clusterName;
    this.accessLogBucket = accessLogs.name;
  }

  /**
   * Variables by name instead of by what Terraform works out for them: an expression with quotes of its own would leave no JSON in a task
   * definition for people and scanners to read.
   */
  #named(environment: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [
        name,
        Token.isUnresolved(value)
          ? new TerraformLocal(this, name.toLowerCase().replaceAll("_", "-"), value).asString
          : value,
      ]),
    );
  }

  /** One for each protocol that a host speaks, HTTP first. */
  #targetGroups({ name, network, hosts, drainSeconds }: ProxyFleetProps): TargetGroups {
    const spoken = PROTOCOLS.filter((protocol) => hosts.some((host) => host.protocol === protocol));
    return new Map(
      spoken.map((protocol) => [
        protocol,
        new TargetGroup(this, `${protocol}-targets`, {
          name,
          vpcId: network.vpcId,
          port: ENVOY_PORTS[protocol],
          deregistrationDelaySeconds: drainSeconds,
          ...HEALTH_CHECKED[protocol],
        }),
      ]),
    );
  }

  #watch(
    proxies: FargateService,
    containerName: string,
    balancer: ApplicationLoadBalancer,
    groups: TargetGroups,
    { name, place, scaling, topicArns }: ProxyFleetProps,
  ): void {
    const [targetGroup, grpcTargetGroup] = groups.values();
    if (targetGroup === undefined) return;
    const watched = { name, balancer, targetGroup, clusterName: proxies.clusterName, serviceName: proxies.name };
    new BalancerAlarms(this, "balancer-alarms", { ...watched, topicArns });
    if (grpcTargetGroup !== undefined) {
      new GrpcTargetAlarms(this, "grpc-alarms", {
        balancer,
        targetGroup: grpcTargetGroup,
        name: `${name}-grpc`,
        topicArns,
      });
    }
    const cpuPercent = alarmingCpuPercent(scaling.cpuPercent);
    new ServiceAlarms(this, "proxy-alarms", { ...watched, containerName, cpuPercent, topicArns });
    const { widget } = new EnvoyLogMetrics(this, "log-metrics", {
      name,
      logGroupName: proxies.logGroupName,
      topicArns,
    });
    new EdgeDashboard(this, "dashboard", {
      ...watched,
      place,
      targetsCalled: "proxies",
      grpcTargetGroup,
      further: [widget],
    });
  }
}

type Protocol = EnvoyHost["protocol"];

type TargetGroups = ReadonlyMap<Protocol, TargetGroup>;

const PROTOCOLS = ["http", "grpc"] as const satisfies readonly Protocol[];

const HEALTH_CHECKED = {
  http: {
    protocolVersion: "http1",
    healthCheck: { path: HEALTH_PATH, matcher: "200", port: ENVOY_PORTS.health },
  },
  grpc: {
    protocolVersion: "grpc",
    healthCheck: { path: GRPC_HEALTH_PATH, matcher: String(GRPC_HEALTHY), port: ENVOY_PORTS.health },
  },
} as const;

/** Names are asked before wildcards, for a wildcard may hold them: it gets what no name is for. */
function forwardings(hosts: readonly EnvoyHost[], groups: TargetGroups): readonly Forwarding[] {
  return (["hosts", "wildcards"] as const).flatMap((kind) =>
    [...groups].map(([protocol, targetGroup]) => ({
      id: `${protocol}-${kind}`,
      hosts: hosts
        .filter((host) => host.protocol === protocol && host.host.startsWith("*") === (kind === "wildcards"))
        .map(({ host }) => host),
      targetGroup,
    })),
  );
}

/** Only the load balancer reaches the proxies, and they reach HTTPS besides the services: registry, logs and the identity of their role. */
function connect(
  { securityGroup: ofBalancer }: ApplicationLoadBalancer,
  proxies: SecurityGroup,
  entries: readonly ServiceEntry[],
): readonly ITerraformDependable[] {
  const opened = [
    ...entries.map(({ port }) => ({ port, what: "Requests" })),
    { port: ENVOY_PORTS.health, what: "Health checks" },
  ];
  return [
    ...opened.flatMap(({ port, what }) => [
      ofBalancer.allowOut(`proxies-${port}`, { groupId: proxies.id }, port, `${what} to the proxies`),
      proxies.admit(`balancer-${port}`, { groupId: ofBalancer.id }, port, `${what} from the load balancer`),
    ]),
    proxies.allowOut("https", { cidr: "0.0.0.0/0" }, HTTPS, "Registry of the image, and services of AWS"),
  ];
}
