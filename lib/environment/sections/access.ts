import { admittedCidr } from "../fields";
import { listOf, section } from "../shapes";

const ranges = (whose: string) => listOf(admittedCidr, `the list of ${whose}' address ranges`, '["198.51.100.0/24"]');

/** Who is admitted wherever a fence stands, besides clusters. */
export const access = section("{ operators: [ … ], runners: [ … ] }", {
  /** People: office and VPN ranges. @default - none */
  operators: ranges("operators").default([]),
  /** Machines that are no clusters: CI runners, HCP Terraform agents. @default - none */
  runners: ranges("runners").default([]),
});
