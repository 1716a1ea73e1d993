import { type CrossFieldRule, fault } from "./rule";

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
