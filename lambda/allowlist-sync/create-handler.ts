import type { Context } from "aws-lambda";
import type { Clock } from "./clock";
import type { Config } from "./config";
import { MAX_ADDRESSES_PER_SET, METRIC_NAMESPACE, WAF_SCOPE } from "./contract";
import { deadline } from "./deadline";
import { createGuard } from "./guard";
import { createKnowledge } from "./knowledge";
import { createLog, type WriteLine } from "./log";
import { createMetrics } from "./metrics";
import { createPacer } from "./pacing";
import { createReporter } from "./report";
import { bucketStore, type StoreClient } from "./store";
import { sync } from "./sync";
import { clusterTable, type TableClient } from "./table";
import { readTrigger, type SyncEvent } from "./trigger";
import { ipSets, type WafClient } from "./waf";

/** Everything outside the function's own code. */
export interface HandlerDependencies {
  readonly config: Config;
  readonly dynamoDb: TableClient;
  readonly waf: WafClient;
  readonly s3: StoreClient;
  readonly clock: Clock;
  readonly random: () => number;
  readonly write: WriteLine;
  /** Most addresses in one set; fewer than WAF admits make a small test of many sets. @default MAX_ADDRESSES_PER_SET */
  readonly maxPerSet?: number;
}

/** The part of Lambda's context in use. */
export type PassContext = Pick<Context, "getRemainingTimeInMillis">;

/** What Lambda calls. */
export type SyncHandler = (event: SyncEvent, context: PassContext) => Promise<void>;

/**
 * Makes the handler of one instance. It throws on any failure and never reports part of a batch as failed: no record is at fault when
 * a pass fails, and Lambda's retry or the next event or schedule runs the same pass again.
 */
export function createHandler(dependencies: HandlerDependencies): SyncHandler {
  const { config, clock, random, write, maxPerSet = MAX_ADDRESSES_PER_SET } = dependencies;
  const log = createLog(write, clock);
  const emit = createMetrics(write, clock, { namespace: METRIC_NAMESPACE, environment: config.environment });
  const table = clusterTable(dependencies.dynamoDb, config.tableName);
  const knowledge = createKnowledge(bucketStore(dependencies.s3, config.knowledgeBucket), config.ipSetPrefix);
  const pacedFor = createPacer(clock, random);

  return async (event, context) => {
    const trigger = readTrigger(event);
    const reporter = createReporter({ trigger, log, emit, clock, knowledgeBucket: config.knowledgeBucket });
    const guard = createGuard(config.guard, knowledge, () => clock.now());
    const timeLeft = deadline(() => context.getRemainingTimeInMillis());
    const paced = pacedFor({
      deadline: timeLeft,
      throttled: (what) => {
        reporter.throttled(what);
      },
    });
    try {
      await sync({
        table,
        sets: ipSets(dependencies.waf, WAF_SCOPE, paced),
        knowledge,
        ipSetPrefix: config.ipSetPrefix,
        slots: config.sets,
        guard,
        maxPerSet,
        audits: trigger.cause === "audit" || trigger.cause === "manual",
        deadline: timeLeft,
        reporter,
        clock,
        random,
      });
      reporter.succeeded();
    } catch (error) {
      reporter.failed(error);
      throw error;
    } finally {
      // Lambda freezes the function once it has answered: what is on its way to the bucket would arrive late or never.
      reporter.knowledgeFaults(await knowledge.settle());
    }
  };
}
