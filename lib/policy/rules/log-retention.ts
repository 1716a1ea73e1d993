import { unmet } from "../requirement";
import type { PolicyRule } from "../rule";

/** Logs end some day: 0 or nothing keeps them, and their cost, for ever. */
export const logRetention: PolicyRule = {
  id: "log-retention",
  title: "Every log group has a retention",
  check: (block) =>
    unmet(block, {
      aws_cloudwatch_log_group: [
        {
          argument: "retention_in_days",
          accepts: (days) => typeof days === "number" && days > 0,
          message: "retention_in_days is not set, so its events never expire",
          remedy: "set a number of days",
        },
      ],
    }),
};
