import { isIPv4 } from "node:net";

import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

/** Properties of {@link UpstreamRecord}. */
export interface UpstreamRecordProps {
  /** Private Route 53 zone, associated with the VPC that asks. */
  readonly zoneId: string;
  /** Full name. */
  readonly name: string;
  /** Where the name leads: a host name or an IPv4 address. */
  readonly target: string;
}

/** How long a change of the target may go unnoticed. */
const TTL_SECONDS = 60;

/** A private name for an upstream: a CNAME of a host name, an A record of an address. */
export class UpstreamRecord extends Construct {
  /** Whoever asks for the name waits for it: that it does not exist is remembered by resolvers for minutes. */
  readonly resource: ITerraformDependable;

  constructor(scope: Construct, id: string, { zoneId, name, target }: UpstreamRecordProps) {
    super(scope, id);
    this.resource = new Route53Record(this, "Resource", {
      zoneId,
      name,
      type: isIPv4(target) ? "A" : "CNAME",
      ttl: TTL_SECONDS,
      records: [target],
    });
  }
}
