import { type CrossFieldRule, fault } from "./rule";
import { actionOf, modeOf } from "./inspection-modes";

/*
 * What an environment can say, and no appliance does yet. Each rule goes when its part comes.
 */

/** Packets leave by the load balancer, and no proxy is there. */
export const oneArmOnly: CrossFieldRule = ({ inspection }) =>
  inspection?.mode === "two-arm"
    ? [
        fault(
          ["inspection", "mode"],
          "is not built in this version: appliances have one arm, and no proxy",
          "two-arm",
          'write "one-arm", or leave it out',
        ),
      ]
    : [];

/** An appliance that gets a copy has no place where a policy would look. What would deny is refused by a rule of its own. */
export const policyNeedsQueue: CrossFieldRule = (environment, isRefused) => {
  const policy = environment.inspection?.policy;
  if (policy?.default !== "alert") return [];
  if (actionOf(environment, isRefused) !== "ids" || modeOf(environment, isRefused) !== "one-arm") return [];
  return [
    fault(
      ["inspection", "policy"],
      'is not reported with action "ids" in this version: appliances that get a copy do not look at names by a policy',
      undefined,
      'write action: "ips" with an onFailure, and keep default: "alert": nothing is denied then either',
    ),
  ];
};
