import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";

import { AliasRecord } from "../lib/aws/dns/alias-record";
import { Certificate } from "../lib/aws/dns/certificate";
import { UpstreamRecord } from "../lib/aws/dns/upstream-record";
import { EcsCluster } from "../lib/aws/ecs/cluster";
import { FargateService } from "../lib/aws/ecs/fargate-service";
import { dockerHubImage, ecrRepositoryArn } from "../lib/aws/ecs/image";
import { alarmingCpuPercent, ServiceAlarms } from "../lib/aws/ecs/service-alarms";
import { EdgeDashboard } from "../lib/aws/edge-dashboard";
import { EncryptionKey } from "../lib/aws/encryption-key";
import { AccessLogBucket } from "../lib/aws/load-balancer/access-log-bucket";
import { ApplicationLoadBalancer, everybody } from "../lib/aws/load-balancer/application-load-balancer";
import { BalancerAlarms } from "../lib/aws/load-balancer/balancer-alarms";
import { TargetGroup } from "../lib/aws/load-balancer/target-group";
import { LogGroup } from "../lib/aws/log-group";
import { peerId, SecurityGroup } from "../lib/aws/network/security-group";
import { existingSecret, type SecretReference, SecretToken } from "../lib/aws/secret-token";
import {
  NODE_PORT,
  nodeContainer,
  nodeSidecar,
  SPECIFICATION_PATH,
  STATUS_PATH,
} from "../lib/aws/wallarm/node-container";
import { type AwsEnvironment, type Environment, upstreamOf, type WallarmEnvironment } from "../lib/environment";
import { stackId } from "../lib/names";
import { RingfenceStack } from "../lib/terraform";
import type { AwsNetworkOutputs, NetworkNeeds } from "./aws-network";

/** What other stacks may know of an edge. */
export interface WallarmOutputs {
  readonly loadBalancerArn: string;
  /** Its name in AWS's own zone. */
  readonly dnsName: string;
  /** The nodes. An upstream that admits this group alone is reached by nothing unfiltered. */
  readonly nodeSecurityGroupId: string;
}

/** What the stack needs besides the environment's common sections. */
export interface WallarmProps {
  readonly aws: AwsEnvironment;
  /** The edge's name in the map. */
  readonly edge: string;
  readonly wallarm: WallarmEnvironment;
  readonly network: AwsNetworkOutputs;
}

/** The nodes' image on Docker Hub. */
const NODE_REPOSITORY = "wallarm/node";

const HTTPS = 443;

const ANYWHERE = "0.0.0.0/0";

/** A year to look back on, as auditors ask for; the log groups keep as much. */
const LOG_DAYS = 365;

/** A node is given 300 seconds to register before NGINX starts; the first health checks come after that. */
const START_SECONDS = 360;

/**
 * An edge: an Application Load Balancer, and behind it Wallarm filtering nodes on Fargate that pass on to one upstream what they
 * let through. A node that cannot register does not serve.
 */
export class WallarmStack extends RingfenceStack {
  readonly outputs: WallarmOutputs;

  constructor(scope: Construct, environment: Environment, { aws, edge, wallarm, network }: WallarmProps) {
    super(scope, environment, "wallarm", { clouds: ["aws"], instance: edge });
    const name = stackId(environment.name, "wallarm", edge);
    const { protect, notify } = environment;
    const upstream = upstreamOf(wallarm);

    const key = new EncryptionKey(this, "key", {
      alias: name,
      description: `Secrets and logs of ${name}`,
      place: aws,
      protect,
    });
    const token = this.#token(name, wallarm, key);

    const accessLogs = new AccessLogBucket(this, "access-logs", {
      name: `${name}-access-logs-${aws.accountId}-${aws.region}`,
      place: aws,
      expirationDays: LOG_DAYS,
      protect,
    });
    const targetGroup = new TargetGroup(this, "targets", {
      name,
      vpcId: network.vpcId,
      port: NODE_PORT,
      healthCheck: { path: STATUS_PATH, matcher: "200" },
      deregistrationDelaySeconds: wallarm.drainSeconds,
    });
    const balancer = new ApplicationLoadBalancer(this, "balancer", {
      ...wallarm,
      name,
      vpcId: network.vpcId,
      subnetIds: wallarm.scheme === "public" ? network.publicSubnetIds : network.privateSubnetIds,
      ingress: wallarm.ingress ?? everybody(wallarm, network.cidr),
      certificateArn: this.#certificateArn(wallarm),
      forwardings: [{ id: "hosts", hosts: [wallarm.domain, ...wallarm.aliases], targetGroup }],
      accessLogs,
      protect,
    });
    // A first fence: the nodes themselves show their own paths to nobody outside, however those are spelled.
    balancer.answerNotFound("own-paths", [`${STATUS_PATH}*`, `${SPECIFICATION_PATH}*`]);
    if (wallarm.zoneId !== undefined) {
      const { zoneId, domain, dualStack } = wallarm;
      new AliasRecord(this, "record", { zoneId, name: domain, target: balancer, dualStack });
    }

    const nodeGroup = this.#nodeGroup(name, wallarm, network, balancer);
    const cluster = new EcsCluster(this, "cluster", { name, kmsKeyArn: key.arn });
    const container = nodeContainer({
      ...wallarm,
      image: dockerHubImage(NODE_REPOSITORY, wallarm.image, network.dockerHub),
      group: wallarm.group ?? stackId(environment.name, edge),
      token,
      upstream,
      vpcCidr: network.cidr,
    });
    const sidecar = wallarm.metricsSidecar
      ? nodeSidecar({
          edge: name,
          region: aws.region,
          logGroup: new LogGroup(this, "node-metrics", { name: `/ringfence/${name}/metrics`, kmsKeyArn: key.arn }),
        })
      : undefined;
    const upstreamRecord =
      wallarm.upstreamRecord &&
      new UpstreamRecord(this, "upstream-record", { ...wallarm.upstreamRecord, name: upstream.host });
    const nodes = new FargateService(this, "nodes", {
      name,
      place: aws,
      cluster,
      subnetIds: network.privateSubnetIds,
      securityGroupId: nodeGroup.id,
      size: wallarm.size,
      architecture: wallarm.architecture,
      container,
      sidecars: sidecar && [sidecar.container],
      taskStatements: sidecar?.statements,
      entries: [{ balancer, targetGroup, port: NODE_PORT }],
      healthCheckGraceSeconds: START_SECONDS,
      scaling: {
        ...wallarm.scaling,
        minTasks: wallarm.scaling.minPerZone * network.privateSubnetIds.length,
        maxTasks: wallarm.scaling.maxPerZone * network.privateSubnetIds.length,
      },
      exec: wallarm.exec,
      kmsKeyArn: key.arn,
      // A task that starts without its rules reaches neither registry nor secret, and counts against the first deployment.
      after: [...balancer.listening, ...nodeGroup.rules, ...(upstreamRecord ? [upstreamRecord.resource] : [])],
    });

    const watched = { name, balancer, targetGroup, clusterName: nodes.clusterName, serviceName: nodes.name };
    new BalancerAlarms(this, "balancer-alarms", { ...watched, topicArns: notify.alarmTopicArns });
    new ServiceAlarms(this, "node-alarms", {
      ...watched,
      containerName: container.name,
      cpuPercent: alarmingCpuPercent(wallarm.scaling.cpuPercent),
      topicArns: notify.alarmTopicArns,
    });
    new EdgeDashboard(this, "dashboard", { ...watched, place: aws, targetsCalled: "nodes" });

    this.outputs = { loadBalancerArn: balancer.arn, dnsName: balancer.dnsName, nodeSecurityGroupId: nodeGroup.id };
    this.publish(
      "dns-name",
      balancer.dnsName,
      "Point your record of the domain here, unless it was made with the edge",
    );
    this.publish("node-security-group-id", nodeGroup.id, "Admit this group alone at the upstream");
    this.publish("load-balancer-arn", balancer.arn, "Associate a web ACL with it, unless the environment names one");
    this.publish("access-log-bucket", accessLogs.name, "Bucket of the access and connection logs");
    this.publish("cluster-name", cluster.name, "The service in it has the same name");
  }

  /** The token by which nodes register: somebody else's secret, or one made here from the variable `node_token`. */
  #token(name: string, { token }: WallarmEnvironment, { arn: kmsKeyArn }: EncryptionKey): SecretReference {
    if ("existing" in token) return existingSecret(token.existing);
    const { revision } = token;
    return new SecretToken(this, "token", {
      name,
      description: `Token by which the nodes of ${name} register with Wallarm`,
      kmsKeyArn,
      revision,
      variable: "node_token",
    });
  }

  #certificateArn({ certificateArn, domain, zoneId }: WallarmEnvironment): string {
    if (certificateArn !== undefined) return certificateArn;
    if (zoneId === undefined) throw new Error(`${this.node.id} has neither a certificate nor a zone to make one in`);
    return new Certificate(this, "certificate", { domain, zoneId }).arn;
  }

  /** Only the load balancer reaches the nodes, and they reach only HTTPS (Wallarm's cloud, AWS) and the upstream's port. */
  #nodeGroup(
    name: string,
    wallarm: WallarmEnvironment,
    network: AwsNetworkOutputs,
    balancer: ApplicationLoadBalancer,
  ): NodeGroup {
    const { port } = upstreamOf(wallarm);
    const group = new SecurityGroup(this, "node-group", {
      name: `${name}-nodes`,
      description: "Wallarm nodes",
      vpcId: network.vpcId,
    });
    const ofBalancer = { groupId: balancer.securityGroup.id };
    // Wallarm's cloud has addresses that its documentation does not list, and AWS's change: HTTPS is open to all.
    const upstreamCidrs = wallarm.upstreamCidrs.filter((cidr) => port !== HTTPS || cidr !== ANYWHERE);
    const rules = [
      balancer.securityGroup.allowOut(
        "nodes",
        { groupId: group.id },
        NODE_PORT,
        "Requests and health checks to the nodes",
      ),
      group.admit("balancer", ofBalancer, NODE_PORT, "Requests and health checks"),
      group.allowOut("https", { cidr: ANYWHERE }, HTTPS, "The cloud of Wallarm, and services of AWS"),
      // With the port in its name: nodes go on to the old port until those that use the new one have taken over.
      ...upstreamCidrs.map((cidr) =>
        group.allowOut(`upstream-${port}-${peerId({ cidr })}`, { cidr }, port, "The upstream"),
      ),
    ];
    return { id: group.id, rules };
  }
}

/** The nodes' security group. */
interface NodeGroup {
  readonly id: string;
  /** All by which something comes to the nodes or from them. */
  readonly rules: readonly ITerraformDependable[];
}

/** What an environment's edges ask of the network they stand in. */
export function wallarmNeeds({ aws, wallarm = {} }: Environment): NetworkNeeds {
  const edges = Object.values(wallarm);
  const isCached = aws?.dockerHub !== undefined && edges.some((edge) => edge.image.repository === undefined);
  // Endpoints reach the registry of their own Region only.
  const ownRegistry = `:ecr:${aws?.region ?? ""}:`;
  const isInEcr =
    isCached || edges.some(({ image: { repository = "" } }) => ecrRepositoryArn(repository)?.includes(ownRegistry));
  return {
    interfaceEndpoints: [
      ...(edges.length > 0 ? (["logs", "secretsmanager"] as const) : []),
      ...(isInEcr ? (["ecr.api", "ecr.dkr"] as const) : []),
      ...(edges.some(({ exec }) => exec) ? (["ssmmessages"] as const) : []),
    ],
    dockerHub: isCached ? { ...aws.dockerHub, repositories: [NODE_REPOSITORY] } : undefined,
    publicIpv6: edges.some(({ dualStack }) => dualStack),
  };
}
