import { z } from "zod";

import { cidr } from "../fields";

/** Who is admitted wherever a fence stands, besides clusters. */
export const access = z.strictObject({
  /** People: office and VPN ranges. @default - none */
  operators: z.array(cidr).default([]),
  /** Machines that are no clusters: CI runners, HCP Terraform agents. @default - none */
  runners: z.array(cidr).default([]),
});
