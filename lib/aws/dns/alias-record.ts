import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";

/** Properties of {@link AliasRecord}. */
export interface AliasRecordProps {
  /** Route 53 zone of the name. */
  readonly zoneId: string;
  /** Full name. */
  readonly name: string;
  /** What the name stands for, and the hosted zone AWS keeps that in. */
  readonly target: { readonly dnsName: string; readonly zoneId: string };
  /** Whether the target has IPv6 addresses. */
  readonly dualStack: boolean;
}

/** A name for a load balancer that follows its addresses. A record of somebody else under that name is left alone: apply fails. */
export class AliasRecord extends Construct {
  constructor(scope: Construct, id: string, { zoneId, name, target, dualStack }: AliasRecordProps) {
    super(scope, id);
    // There is no other record to answer with when the target is not healthy.
    const alias = { name: target.dnsName, zoneId: target.zoneId, evaluateTargetHealth: false };
    new Route53Record(this, "Resource", { zoneId, name, type: "A", alias });
    if (dualStack) new Route53Record(this, "ipv6", { zoneId, name, type: "AAAA", alias });
  }
}
