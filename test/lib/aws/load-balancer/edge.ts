import { App } from "cdktf";
import type { Construct } from "constructs";

import { AliasRecord } from "../../../../lib/aws/dns/alias-record";
import { Certificate } from "../../../../lib/aws/dns/certificate";
import { UpstreamRecord } from "../../../../lib/aws/dns/upstream-record";
import { AccessLogBucket } from "../../../../lib/aws/load-balancer/access-log-bucket";
import {
  ApplicationLoadBalancer,
  type ApplicationLoadBalancerProps,
} from "../../../../lib/aws/load-balancer/application-load-balancer";
import { TargetGroup, type TargetGroupProps } from "../../../../lib/aws/load-balancer/target-group";
import { SecurityGroup } from "../../../../lib/aws/network/security-group";
import { withFolder } from "../../../support/folder";
import { Template } from "../../../support/template";
import { prod, TestStack } from "../../terraform/stack";

/** What is to differ from a public edge with a certificate of its own. */
export interface EdgeChanges {
  readonly name?: string;
  readonly protect?: boolean;
  /** Given instead of a certificate that is made. */
  readonly certificateArn?: string;
  /** Names that it serves. @default - `api.example.com` */
  readonly hosts?: readonly string[];
  readonly balancer?: Partial<ApplicationLoadBalancerProps>;
  readonly targetGroup?: Partial<TargetGroupProps>;
}

export const PLACE = { accountId: "111122223333", region: "eu-central-1" } as const;
const ZONE = "Z0123456789EDGE";

/** An edge as a stack would put it together: logs, certificate, load balancer, targets that only it may reach, names. */
export function addEdge(scope: Construct, changes: EdgeChanges = {}): ApplicationLoadBalancer {
  const { name = "prod-api", protect = false } = changes;
  const vpcId = "vpc-0a1b2c3d";
  const accessLogs = new AccessLogBucket(scope, "access-logs", {
    name: `${name}-access-logs-${PLACE.accountId}-${PLACE.region}`,
    place: PLACE,
    expirationDays: 400,
    protect,
  });
  const certificateArn =
    changes.certificateArn ?? new Certificate(scope, "certificate", { domain: "api.example.com", zoneId: ZONE }).arn;
  const targetGroup = new TargetGroup(scope, "targets", {
    name,
    vpcId,
    port: 8080,
    healthCheck: { path: "/status", matcher: "200" },
    deregistrationDelaySeconds: 120,
    ...changes.targetGroup,
  });
  const balancer = new ApplicationLoadBalancer(scope, "balancer", {
    name,
    vpcId,
    subnetIds: ["subnet-0a", "subnet-0b"],
    scheme: "public",
    ingress: { cidrs: ["0.0.0.0/0"], prefixListIds: [] },
    httpRedirect: true,
    dualStack: false,
    desyncMode: "defensive",
    idleTimeoutSeconds: 60,
    certificateArn,
    forwardings: [{ id: "hosts", hosts: changes.hosts ?? ["api.example.com"], targetGroup }],
    accessLogs,
    protect,
    ...changes.balancer,
  });
  balancer.answerNotFound("status-paths", ["/status*"]);
  const targets = new SecurityGroup(scope, "targets-group", {
    name: `${name}-targets`,
    description: "Targets of the load balancer",
    vpcId,
  });
  targets.admit("balancer", { groupId: balancer.securityGroup.id }, 8080, "Requests from the load balancer");
  targets.allowOut("https", { cidr: "0.0.0.0/0" }, 443, "AWS services and the upstream");
  balancer.securityGroup.allowOut("targets", { groupId: targets.id }, 8080, "Requests and health checks");
  const dualStack = changes.balancer?.dualStack ?? false;
  new AliasRecord(scope, "alias", { zoneId: ZONE, name: "api.example.com", target: balancer, dualStack });
  new UpstreamRecord(scope, "upstream", { zoneId: "Z0PRIVATE", name: "kong.internal", target: "10.0.0.7" });
  return balancer;
}

/** A stack `prod-edge` with an edge in it. */
export function buildEdge(changes: EdgeChanges = {}): Template {
  return build((stack) => {
    addEdge(stack, changes);
  });
}

/** A stack `prod-edge` filled by `fill`. */
export function build(fill: (stack: TestStack) => void): Template {
  return withFolder((outdir) => {
    const stack = new TestStack(new App({ outdir, stackTraces: false }), prod(), "edge");
    fill(stack);
    return Template.of(stack);
  });
}
