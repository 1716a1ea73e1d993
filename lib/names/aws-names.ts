/**
 * The full name of an availability zone.
 *
 * @param region a Region code, `eu-central-1`
 * @param zone the zone's letter as the environment file writes it, `a`
 */
export function availabilityZone(region: string, zone: string): string {
  return `${region}${zone}`;
}

/** The account and Region that a name is for. */
export interface AwsPlace {
  readonly accountId: string;
  readonly region: string;
}

/** The ARN of a regional resource, in the partition of its Region (AWS IAM User Guide, "Amazon Resource Names (ARNs)"). */
export function arnOf({ accountId, region }: AwsPlace, service: string, resource: string): string {
  return `arn:${partitionOf(region)}:${service}:${region}:${accountId}:${resource}`;
}

/** The ARN of an IAM resource, which has no Region: `root`, `role/…`. */
export function iamArn({ accountId, region }: AwsPlace, resource: string): string {
  return `arn:${partitionOf(region)}:iam::${accountId}:${resource}`;
}

/** The ARN of something in S3, which has neither Region nor account: `bucket/key`. */
export function s3Arn({ region }: Pick<AwsPlace, "region">, resource: string): string {
  return `arn:${partitionOf(region)}:s3:::${resource}`;
}

/** What an ARN of a Region has behind `arn:` (AWS IAM User Guide, "Amazon Resource Names (ARNs)"). */
export function partitionOf(region: string): string {
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
