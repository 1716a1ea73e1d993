import type { Context } from "aws-lambda";
import type { Clock } from "./clock";
import type { Config } from "./config";
import { METRIC_NAMESPACE, WAF_SCOPE } from "./contract";
import { createLog, type WriteLine } from "./log";
import { createMetrics } from "./metrics";
import { createReporter } from "./report";
import { sync } from "./sync";
import { clusterTable, type TableClient } from "./table";
import { readTrigger, type SyncEvent } from "./trigger";
import { ipSets, type WafClient } from "./waf";

/** Everything outside the function's own code. */
export interface HandlerDependencies {
  readonly config: Config;
  readonly dynamoDb: TableClient;
  readonly waf: WafClient;
  readonly clock: Clock;
  readonly random: () => number;
  readonly write: WriteLine;
}

/** The part of Lambda's context in use. */
export type PassContext = Pick<Context, "getRemainingTimeInMillis">;

/** What Lambda calls. */
export type SyncHandler = (event: SyncEvent, context: PassContext) => Promise<void>;

/**
 * Makes the handler. It throws on any failure and never reports part of a batch as failed: no record is at fault when
 * a pass fails, and Lambda's retry or the next event or schedule runs the same pass again.
 */
export function createHandler(dependencies: HandlerDependencies): SyncHandler {
  const { config, clock, random, write } = dependencies;
  const log = createLog(write, clock);
  const emit = createMetrics(write, clock, { namespace: METRIC_NAMESPACE, environment: config.environment });
  const pass = {
    table: clusterTable(dependencies.dynamoDb, config.tableName),
    sets: ipSets(dependencies.waf, WAF_SCOPE),
    ipSetPrefix: config.ipSetPrefix,
    guard: config.guard,
    clock,
    random,
  };

  return async (event, context) => {
    const trigger = readTrigger(event);
    const reporter = createReporter(trigger, log, emit, clock);
    try {
      await sync(pass, {
        verify: trigger.cause !== "stream",
        remainingMilliseconds: () => context.getRemainingTimeInMillis(),
        reporter,
      });
    } catch (error) {
      reporter.failed(error);
      throw error;
    }
    reporter.succeeded();
  };
}
