import { CloudwatchQueryDefinition } from "@cdktf/provider-aws/lib/cloudwatch-query-definition";
import { VpclatticeAccessLogSubscription } from "@cdktf/provider-aws/lib/vpclattice-access-log-subscription";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import type { AwsPlace } from "../../names";
import { LogGroup } from "../log-group";
import { letDeliver, VENDED_LOGS } from "../vended-logs";

/** Properties of {@link LatticeAccessLogs}. */
export interface LatticeAccessLogsProps {
  /** Names the log group `/aws/vendedlogs/ringfence/<name>/access`. */
  readonly name: string;
  readonly place: AwsPlace;
  /** Networks and services whose requests are logged, as ARNs by a name that stays. A network's log holds those of all its services. */
  readonly sources: Readonly<Record<string, string>>;
  /** Key of a log group that is made. @default - no log group */
  readonly kmsKeyArn?: string;
  /**
   * A bucket of this Region. Its policy lets `delivery.logs.amazonaws.com` do `s3:GetBucketAcl`, and `s3:PutObject` below
   * `AWSLogs/<account>/` with the ACL `bucket-owner-full-control`; the key of one that is encrypted by KMS lets it do
   * `kms:GenerateDataKey*` (Amazon CloudWatch Logs User Guide, "Logs sent to Amazon S3").
   *
   * @default - none
   */
  readonly s3BucketArn?: string;
}

/**
 * A line for each request to services of VPC Lattice: who called what, what was answered, and who refused it. Bodies and headers are not in
 * it. With a log group comes a saved query for what is refused.
 */
export class LatticeAccessLogs extends Construct {
  /** @default - none was asked for */
  readonly logGroup?: LogGroup;

  constructor(scope: Construct, id: string, props: LatticeAccessLogsProps) {
    super(scope, id);
    const { name, kmsKeyArn, s3BucketArn } = props;
    if (kmsKeyArn !== undefined) {
      this.logGroup = new LogGroup(this, "group", { name: `${VENDED_LOGS}${name}/access`, kmsKeyArn });
      const delivery = letDeliver(this, "delivery", {
        policyName: `${name}-access-logs`,
        place: props.place,
        logGroup: this.logGroup,
      });
      this.#subscribe(props, "cloudwatch", this.logGroup.arn, [delivery]);
      new CloudwatchQueryDefinition(this, "refused-query", {
        name: `ringfence/${name}/who-is-refused`,
        logGroupNames: [this.logGroup.name],
        queryString: REFUSED_QUERY,
      });
    }
    if (s3BucketArn !== undefined) this.#subscribe(props, "s3", s3BucketArn, []);
  }

  #subscribe(
    { sources, name }: LatticeAccessLogsProps,
    kind: string,
    destinationArn: string,
    dependsOn: ITerraformDependable[],
  ): void {
    for (const [source, arn] of Object.entries(sources)) {
      new VpclatticeAccessLogSubscription(this, `${kind}-${source}`, {
        resourceIdentifier: arn,
        destinationArn,
        tags: { Name: name },
        dependsOn,
      });
    }
  }
}

/**
 * CloudWatch Logs Insights: who is refused what, the most frequent first, and which policy does it: the service's, the network's, or the
 * caller's own.
 */
const REFUSED_QUERY = [
  "fields @timestamp, callerPrincipal, serviceArn, requestMethod, requestPath, authDeniedReason",
  "| filter responseCode = 403",
  "| stats count(*) as requests, latest(@timestamp) as lastSeen" +
    " by callerPrincipal, serviceArn, requestMethod, requestPath, authDeniedReason",
  "| sort requests desc",
  "| limit 1000",
].join("\n");
