import { z } from "zod";

import { admittedCidr, profile, region, roleArn, says, text } from "../fields";
import { eitherOf, listOf, section } from "../shapes";
import { isPlainObject } from "../values";
import { bucketName, organizationName, terraformHost } from "./state";

const local = section('{ kind: "local", path: "…" }', {
  /** `local`: a file of this machine. */
  kind: z.literal("local"),
  /** The file, from the project's root, with forward slashes. Runs on other machines do not find it. */
  path: text({
    pattern: /^[^\p{Cc}"\\]{1,1024}$/u,
    what: "the path of a state file from the project's root, with forward slashes",
    example: '"../billing/terraform.tfstate"',
  }),
});

const s3 = section('{ kind: "s3", bucket: "…", key: "…", region: "…" }', {
  /** `s3`: an object of a bucket. */
  kind: z.literal("s3"),
  /** The bucket. */
  bucket: bucketName,
  /** The object that is the state. */
  key: text({
    pattern: /^[^\p{Cc}"\\]{1,1024}$/u,
    what: "the key of the object that is the state",
    example: '"billing/terraform.tfstate"',
  }),
  /** Region of the bucket. */
  region,
  /** Role that may read the state. @default - the caller's own rights */
  roleArn: roleArn.optional(),
  /** Profile that may read the state. @default - the caller's own */
  profile: profile.optional(),
});

const hcp = section('{ kind: "hcp", organization: "…", workspace: "…" }', {
  /** `hcp`: a workspace of HCP Terraform, which must share its state with the allowlist's. */
  kind: z.literal("hcp"),
  /** A Terraform Enterprise host. @default - HCP Terraform */
  hostname: terraformHost.optional(),
  /** The workspace's organization. */
  organization: organizationName,
  /** The workspace. */
  workspace: text({
    pattern: /^[\w-]{1,90}$/,
    what: "the name of a workspace: letters, digits, - and _, 90 at most",
    example: '"billing"',
  }),
});

const KINDS =
  '{ kind: "local", path }, { kind: "s3", bucket, key, region } or { kind: "hcp", organization, workspace }';

/** Of a state that is missing or none, or of its `kind`: zod tells both through the one error of the union. */
function stateFault(input: unknown): string {
  if (input === undefined) return says("is missing: the state that has the addresses", `write ${KINDS}`);
  if (!isPlainObject(input)) return says("must say which state has the addresses", `write ${KINDS}`);
  return says(
    input.kind === undefined ? "is missing: the kind of state" : "is no kind of state that can be read",
    'write "local", "s3" or "hcp"',
  );
}

const writtenOut = listOf(
  admittedCidr,
  "a list of address ranges, or { state, output }",
  '["203.0.113.10/32"], or { state: { kind: "s3", … }, output: "egress_cidrs" }',
  {
    min: 1,
    fault: says("must name at least one address", "write the cluster's egress addresses, or leave this entry out"),
  },
);

const ofState = section('{ state: { kind: "s3", bucket: "…", key: "…", region: "…" }, output: "egress_cidrs" }', {
  /** Another configuration's state. Whoever plans the allowlist reads all of it, not the one output alone. */
  state: z.discriminatedUnion("kind", [local, s3, hcp], { error: ({ input }) => stateFault(input) }),
  /**
   * Output of its root module: a list or set of ranges, where an address without a length means this one address. One that is missing,
   * empty or none of this stops the plan. @default "egress_cidrs"
   */
  output: text({
    pattern: /^[A-Za-z_][\w-]{0,127}$/,
    what: "the name of an output",
    example: '"egress_cidrs"',
  }).default("egress_cidrs"),
});

/** What a cluster leaves from: ranges, or the output of another Terraform state that has them. */
export const clusterAddresses = eitherOf(writtenOut, ofState, isPlainObject);
