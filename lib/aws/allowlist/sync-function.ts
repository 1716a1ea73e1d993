import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { arnOf, type AwsPlace } from "../../names";
import { BundledFunction } from "../function/bundled-function";
import { Schedule } from "../function/schedule";
import type { PolicyStatement } from "../iam";
import { PrivateBucket } from "../private-bucket";
import type { IClusterTable } from "./cluster-table";

/** Properties of {@link SyncFunction}. */
export interface SyncFunctionProps {
  readonly name: string;
  readonly place: AwsPlace;
  readonly table: IClusterTable;
  /** What the names of the sets it writes start with; it can write no others. */
  readonly ipSetPrefix: string;
  /** Absolute path of the module that exports the handler. */
  readonly entry: string;
  /** Handler within the bundle. */
  readonly handler: string;
  /** Environment variables of the function. */
  readonly environment: Readonly<Record<string, string>>;
  readonly scheduleMinutes: number;
  /** The event that the schedule sends. */
  readonly schedulePayload: Readonly<Record<string, string>>;
  /** @default - the account's common pool */
  readonly reservedConcurrency?: number;
  /**
   * What a pass works on: sets and items. The function wakes only when all of it is there, and sleeps before any of it goes: a pass in
   * the middle of `destroy` would change the lock tokens by which Terraform deletes the sets.
   */
  readonly after: readonly ITerraformDependable[];
  /** Where to begin reading the stream: a table made here has no past, an existing one may have a day's. */
  readonly startingPosition: "TRIM_HORIZON" | "LATEST";
  /** Key of its log group and of the bucket of failed batches. */
  readonly kmsKeyArn: string;
  readonly protect: boolean;
}

/** How the stream is read. AWS Lambda Developer Guide, "Using AWS Lambda with Amazon DynamoDB", has the ranges. */
const STREAM = {
  // One invocation reads the whole table: the more changes it answers at once, the better.
  batchSize: 1000,
  maximumBatchingWindowInSeconds: 2,
  parallelizationFactor: 1,
  // No record is to blame for a failure: nothing is gained by halving a batch, or by repeating it for a day.
  bisectBatchOnFunctionError: false,
  maximumRetryAttempts: 2,
} as const;

/** Room for six rounds with their pauses and for throttled calls; no pass should come near it. */
const TIMEOUT_SECONDS = 300;

/** Three times what a pass over two full sets was seen to take (150 MB), for the CPU that comes with it. */
const MEMORY_MB = 512;

/** Long enough to be found after a holiday. */
const FAILED_BATCH_DAYS = 30;

/**
 * The function that keeps the IP sets equal to the table, woken by the table's stream and by a schedule. A batch that fails
 * three times lands in a bucket, as a sign and for analysis: the next pass does its work.
 */
export class SyncFunction extends Construct {
  readonly name: string;
  /** Names the stream's poller in metrics. */
  readonly eventSourceMappingId: string;

  constructor(scope: Construct, id: string, props: SyncFunctionProps) {
    super(scope, id);
    const { place, table } = props;
    const failures = new PrivateBucket(this, "failures", {
      name: `${props.name}-failures-${place.accountId}-${place.region}`,
      kmsKeyArn: props.kmsKeyArn,
      expirationDays: FAILED_BATCH_DAYS,
      protect: props.protect,
    });
    const lambda = new BundledFunction(this, "function", {
      name: props.name,
      description: `Keeps the WAF IP sets ${props.ipSetPrefix}-* equal to the table of clusters`,
      entry: props.entry,
      handler: props.handler,
      environment: props.environment,
      statements: permissions(props, failures),
      kmsKeyArn: props.kmsKeyArn,
      timeoutSeconds: TIMEOUT_SECONDS,
      memoryMb: MEMORY_MB,
      reservedConcurrency: props.reservedConcurrency,
    });
    const mapping = new LambdaEventSourceMapping(this, "stream", {
      eventSourceArn: table.streamArn,
      functionName: lambda.arn,
      startingPosition: props.startingPosition,
      ...STREAM,
      destinationConfig: { onFailure: { destinationArn: failures.arn } },
      metricsConfig: { metrics: ["EventCount"] },
      dependsOn: [lambda.role.policy, ...props.after],
    });
    new Schedule(this, "schedule", {
      name: props.name,
      place,
      target: lambda,
      everyMinutes: props.scheduleMinutes,
      payload: props.schedulePayload,
      after: props.after,
    });
    this.name = lambda.name;
    this.eventSourceMappingId = mapping.uuid;
  }
}

function permissions(
  { place, table, ipSetPrefix, kmsKeyArn }: SyncFunctionProps,
  failures: PrivateBucket,
): readonly PolicyStatement[] {
  return [
    { sid: "ReadTable", actions: ["dynamodb:Scan"], resources: [table.arn] },
    {
      sid: "ReadStream",
      actions: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
      resources: [table.streamArn],
    },
    { sid: "FindStream", actions: ["dynamodb:ListStreams"], resources: [`${table.arn}/stream/*`] },
    // WAF offers no narrower resource for a List.
    { sid: "FindIpSets", actions: ["wafv2:ListIPSets"], resources: ["*"] },
    // The ids of a hundred sets would not fit into a role's policies (10,240 characters); their common prefix does.
    {
      sid: "WriteIpSets",
      actions: ["wafv2:GetIPSet", "wafv2:UpdateIPSet"],
      resources: [arnOf(place, "wafv2", `regional/ipset/${ipSetPrefix}-*/*`)],
    },
    { sid: "KeepFailedBatches", actions: ["s3:PutObject"], resources: [`${failures.arn}/*`] },
    { sid: "FindFailureBucket", actions: ["s3:ListBucket"], resources: [failures.arn] },
    { sid: "EncryptFailedBatches", actions: ["kms:GenerateDataKey"], resources: [kmsKeyArn] },
    ...(table.kmsKeyArn === undefined
      ? []
      : [{ sid: "DecryptTable", actions: ["kms:Decrypt"], resources: [table.kmsKeyArn] }]),
  ];
}
