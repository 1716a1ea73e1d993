import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { arnOf, type AwsPlace } from "../../names";
import { BundledFunction } from "../function/bundled-function";
import { Schedule } from "../function/schedule";
import type { PolicyStatement } from "../iam";
import { PrivateBucket } from "../private-bucket";
import type { IClusterTable } from "./cluster-table";

/** How often the function runs, and the event by which it knows why. */
export interface Rate {
  readonly everyMinutes: number;
  readonly payload: Readonly<Record<string, string>>;
}

/** Where the function keeps what it knows of the sets. */
export interface Knowledge {
  /** The environment variable that names the bucket. */
  readonly variable: string;
  /** Keys that it may read and write in the bucket; `*` stands for any text. */
  readonly keys: readonly string[];
}

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
  /** Environment variables of the function, besides the one of {@link knowledge}. */
  readonly environment: Readonly<Record<string, string>>;
  readonly knowledge: Knowledge;
  /** Passes besides those that the stream asks for. */
  readonly schedule: Rate;
  /** Passes that also read what the sets really hold. */
  readonly audit: Rate;
  /** @default - the account's common pool */
  readonly reservedConcurrency?: number;
  /**
   * What a pass works on: sets and items. The function wakes only when all of it is there, and sleeps before any of it goes: a pass in
   * the middle of `destroy` would change the lock tokens by which Terraform deletes the sets.
   */
  readonly after: readonly ITerraformDependable[];
  /** Where to begin reading the stream: a table made here has no past, an existing one may have a day's. */
  readonly startingPosition: "TRIM_HORIZON" | "LATEST";
  /** Key of its log group, its variables and its two buckets. */
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

/**
 * Lambda's longest (AWS Lambda Developer Guide, "Configure Lambda function timeout"). Writing a hundred sets takes 99 seconds at one
 * update a second, and several times that while others in the account use the same rate.
 */
const TIMEOUT_SECONDS = 900;

/** One whole vCPU (AWS Lambda Developer Guide, "Configure Lambda function memory"): a pass plans on one thread. */
const MEMORY_MB = 1769;

/**
 * How Lambda treats events of the schedules. A failed run is not repeated: the next one does the same work. With one concurrent run set
 * aside, an event may have to wait for the run in hand, which takes no longer than the timeout.
 */
const ASYNCHRONOUS = { maximumRetryAttempts: 0, maximumEventAgeInSeconds: TIMEOUT_SECONDS } as const;

/** Long enough to be found after a holiday. */
const FAILED_BATCH_DAYS = 30;

/** What is lost is merely read again: so long only that sets which hardly ever change are rarely read for it. */
const KNOWLEDGE_DAYS = 90;

/**
 * The function that keeps the IP sets equal to the table, woken by the table's stream and by two schedules: one for passes, a
 * slower one for those that also read the sets. A batch that fails three times lands in a bucket, as a sign and for analysis:
 * the next pass does its work. A second bucket spares reads of the sets, and shows what a waiting plan would remove.
 */
export class SyncFunction extends Construct {
  readonly name: string;
  /** Names the stream's poller in metrics. */
  readonly eventSourceMappingId: string;
  /** Name of the bucket of knowledge. */
  readonly knowledgeBucket: string;

  constructor(scope: Construct, id: string, props: SyncFunctionProps) {
    super(scope, id);
    const { place, table } = props;
    const failures = new PrivateBucket(this, "failures", {
      name: `${props.name}-failures-${place.accountId}-${place.region}`,
      kmsKeyArn: props.kmsKeyArn,
      expirationDays: FAILED_BATCH_DAYS,
      protect: props.protect,
    });
    const knowledge = new PrivateBucket(this, "knowledge", {
      name: `${props.name}-knowledge-${place.accountId}-${place.region}`,
      kmsKeyArn: props.kmsKeyArn,
      expirationDays: KNOWLEDGE_DAYS,
      protect: props.protect,
    });
    const lambda = new BundledFunction(this, "function", {
      name: props.name,
      description: `Keeps the WAF IP sets ${props.ipSetPrefix}-* equal to the table of clusters`,
      entry: props.entry,
      handler: props.handler,
      environment: { ...props.environment, [props.knowledge.variable]: knowledge.name },
      statements: permissions(props, failures, knowledge),
      kmsKeyArn: props.kmsKeyArn,
      timeoutSeconds: TIMEOUT_SECONDS,
      memoryMb: MEMORY_MB,
      reservedConcurrency: props.reservedConcurrency,
      after: props.after,
    });
    const mapping = new LambdaEventSourceMapping(this, "stream", {
      eventSourceArn: table.streamArn,
      functionName: lambda.arn,
      startingPosition: props.startingPosition,
      ...STREAM,
      destinationConfig: { onFailure: { destinationArn: failures.arn } },
      metricsConfig: { metrics: ["EventCount"] },
      dependsOn: [lambda.role.policy],
    });
    const invocation = new LambdaFunctionEventInvokeConfig(this, "schedule-invocation", {
      functionName: lambda.name,
      ...ASYNCHRONOUS,
    });
    const after = [invocation];
    new Schedule(this, "schedule", { name: props.name, place, target: lambda, ...props.schedule, after });
    new Schedule(this, "audit", { name: `${props.name}-audit`, place, target: lambda, ...props.audit, after });
    this.name = lambda.name;
    this.eventSourceMappingId = mapping.uuid;
    this.knowledgeBucket = knowledge.name;
  }
}

function permissions(
  { place, table, ipSetPrefix, knowledge: { keys }, kmsKeyArn }: SyncFunctionProps,
  failures: PrivateBucket,
  knowledge: PrivateBucket,
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
    {
      sid: "KeepKnowledge",
      actions: ["s3:GetObject", "s3:PutObject"],
      resources: keys.map((key) => `${knowledge.arn}/${key}`),
    },
    // Whoever may not list is told of a missing key that it is forbidden (403), and could not tell the one from the other.
    { sid: "TellWhatIsMissing", actions: ["s3:ListBucket"], resources: [knowledge.arn] },
    { sid: "EncryptObjects", actions: ["kms:GenerateDataKey"], resources: [kmsKeyArn] },
    // Lambda opens the function's variables in its name, with the same key.
    {
      sid: "DecryptTableAndKnowledge",
      actions: ["kms:Decrypt"],
      resources: [...new Set([kmsKeyArn, table.kmsKeyArn ?? kmsKeyArn])],
    },
  ];
}
