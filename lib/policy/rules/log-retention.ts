import type { Requirement } from "../requirement";
import { unmet } from "../requirement";
import type { PolicyRule } from "../rule";

const days: Requirement = {
  argument: "retention_in_days",
  accepts: (value) => typeof value === "number" && value > 0,
  message: "retention_in_days is not set, so its events never expire",
  remedy: "set a number of days",
};

/**
 * Logs end some day: 0 or nothing keeps them, and their cost, for ever; a Log Analytics workspace that is told nothing forgets after a month
 * what somebody may look for.
 */
export const logRetention: PolicyRule = {
  id: "log-retention",
  title: "Every log group has a retention",
  check: (block) =>
    unmet(block, {
      aws_cloudwatch_log_group: [days],
      azurerm_log_analytics_workspace: [
        { ...days, message: "retention_in_days is not set, so its logs are gone after a month" },
      ],
    }),
};
