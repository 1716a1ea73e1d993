import type { Construct } from "constructs";

import type { AwsPlace } from "../../names";
import { AliasRecord } from "../dns/alias-record";
import { hostId } from "../dns/host-id";
import { AccessLogBucket } from "./access-log-bucket";
import { ApplicationLoadBalancer, type Clients, everybody } from "./application-load-balancer";
import type { Forwarding } from "./forwarding";
import type { Login } from "./login";

/** The network that a load balancer and what is behind it stand in. */
export interface BalancerNetwork {
  readonly vpcId: string;
  readonly cidr: string;
  readonly publicSubnetIds: readonly string[];
  readonly privateSubnetIds: readonly string[];
}

/** How clients reach public hosts. */
export interface HostBalancerProps {
  /** Full name; shortened to fit. */
  readonly name: string;
  readonly place: AwsPlace;
  readonly network: BalancerNetwork;
  /** Of the listener, in the order of the hosts: the first is shown to whoever asks for another name. */
  readonly certificates: ReadonlyMap<string, string>;
  /** Route 53 zone for records of the hosts. @default - the records are made elsewhere */
  readonly zoneId?: string;
  /** Public or internal, who may reach it, and how it treats them; see {@link ApplicationLoadBalancer}. */
  readonly scheme: "public" | "internal";
  /** @default - everybody that can reach it at all */
  readonly ingress?: Clients;
  readonly httpRedirect: boolean;
  readonly dualStack: boolean;
  readonly desyncMode: "defensive" | "strictest";
  readonly idleTimeoutSeconds: number;
  /** @default - no web ACL */
  readonly webAclArn?: string;
  /** @default - everybody who may connect */
  readonly login?: Login;
  /** Keeps anybody from deleting load balancer and logs, Terraform included. */
  readonly protect: boolean;
}

/** A year to look back on, as auditors ask for; the log groups keep as much. */
const LOG_DAYS = 365;

/**
 * Adds a load balancer for public hosts to a construct, with the bucket of its logs and the records of the hosts.
 *
 * @throws RangeError for no certificate
 */
export function addHostBalancer(
  scope: Construct,
  props: HostBalancerProps & { readonly forwardings: readonly Forwarding[] },
): { readonly balancer: ApplicationLoadBalancer; readonly accessLogs: AccessLogBucket } {
  const { name, place, network, zoneId, dualStack } = props;
  const [first, ...further] = props.certificates;
  if (first === undefined) throw new RangeError(`${scope.node.id}: a load balancer needs a certificate`);
  const accessLogs = new AccessLogBucket(scope, "access-logs", {
    name: `${name}-access-logs-${place.accountId}-${place.region}`,
    place,
    expirationDays: LOG_DAYS,
    protect: props.protect,
  });
  const balancer = new ApplicationLoadBalancer(scope, "balancer", {
    ...props,
    vpcId: network.vpcId,
    subnetIds: props.scheme === "public" ? network.publicSubnetIds : network.privateSubnetIds,
    ingress: props.ingress ?? everybody(props, network.cidr),
    certificateArn: first[1],
    furtherCertificates: new Map(further.map(([domain, arn]) => [hostId(domain), arn])),
    accessLogs,
  });
  if (zoneId !== undefined) {
    for (const host of props.forwardings.flatMap(({ hosts }) => hosts)) {
      new AliasRecord(scope, `record-${hostId(host)}`, { zoneId, name: host, target: balancer, dualStack });
    }
  }
  return { balancer, accessLogs };
}
