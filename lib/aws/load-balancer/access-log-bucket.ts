import type { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { Construct } from "constructs";

import type { AwsPlace } from "../../names";
import type { PolicyStatement } from "../iam";
import { closedBucket } from "../private-bucket";

/** Properties of {@link AccessLogBucket}. */
export interface AccessLogBucketProps {
  /** Full name; shortened to fit. Bucket names are unique in the world: put the account id and Region into it. */
  readonly name: string;
  /** Of the load balancer. The bucket must stand in the same Region. */
  readonly place: AwsPlace;
  readonly expirationDays: number;
  readonly protect: boolean;
}

/** Long enough to notice that logs were deleted. They are evidence, and nobody but Elastic Load Balancing has reason to write them. */
const RECOVERABLE_DAYS = 30;

/**
 * Where load balancers of this account write their logs.
 *
 * - Encrypted with S3's own keys: Elastic Load Balancing writes with no other (Elastic Load Balancing, Application Load Balancers,
 *   "Enable access logs for your Application Load Balancer").
 * - Versioned, so that a log that somebody deletes or overwrites can be brought back for 30 days. Log files have unique names and are
 *   written once: versions cost nothing until somebody does.
 * - The policy has no condition on account or source ARN. AWS documents none for this principal, and a condition on a key that a
 *   request lacks refuses it; the account id in the path is what binds the writer ("This ensures that only load balancers from the
 *   specified account can write access logs", same page). The principal holds for every Region: the account ids of older Regions are
 *   the legacy form of this policy.
 *
 * Whatever writes here depends on {@link policy}: it is tried when logging is switched on, and must outlive the last writer.
 */
export class AccessLogBucket extends Construct {
  readonly name: string;
  /** Folder of access logs: one line for each request. */
  readonly accessPrefix = "access";
  /** Folder of connection logs: one line for each TLS connection, also those that never became a request. */
  readonly connectionPrefix = "connections";
  /** Exists once Elastic Load Balancing may write. */
  readonly policy: S3BucketPolicy;

  constructor(scope: Construct, id: string, props: AccessLogBucketProps) {
    super(scope, id);
    const { bucket, policy } = closedBucket(this, {
      name: props.name,
      encryption: { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
      expirationDays: props.expirationDays,
      recoverableDays: RECOVERABLE_DAYS,
      admit: (bucketArn) => [this.#delivery(bucketArn, props.place)],
      protect: props.protect,
    });
    this.name = bucket.bucket;
    this.policy = policy;
  }

  #delivery(bucketArn: string, { accountId }: AwsPlace): PolicyStatement {
    return {
      sid: "DeliverLogs",
      actions: ["s3:PutObject"],
      resources: [this.accessPrefix, this.connectionPrefix].map(
        (prefix) => `${bucketArn}/${prefix}/AWSLogs/${accountId}/*`,
      ),
      principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
    };
  }
}
