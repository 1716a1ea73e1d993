import { z } from "zod";

import { kmsKeyArn, profile, region, roleArn, says, text } from "../fields";

const local = z.strictObject({ kind: z.literal("local") });

const s3 = z.strictObject({
  kind: z.literal("s3"),
  /** An existing bucket, versioned and closed to the public; `docs/state.md` has the commands that make it. */
  bucket: text({
    pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    what: "the name of an S3 bucket",
    example: '"acme-terraform-state"',
  }),
  region,
  /** Key that encrypts the state. @default - the bucket's own encryption */
  kmsKeyArn: kmsKeyArn.optional(),
  /** Folder of the states in the bucket. @default "ringfence" */
  prefix: text({
    pattern: /^[\w.-]+(\/[\w.-]+)*$/,
    what: "a key prefix without slashes at its ends",
    example: '"ringfence"',
  }).optional(),
  /** Role that reads and writes the state. A backend does not inherit the provider's. @default - the caller's own */
  roleArn: roleArn.optional(),
  /** Profile that reads and writes the state. @default - the caller's own */
  profile: profile.optional(),
});

const hcp = z.strictObject({
  kind: z.literal("hcp"),
  /** A Terraform Enterprise host. @default - HCP Terraform */
  hostname: text({
    pattern: /^[a-z0-9.-]+(:\d+)?$/,
    what: "a host name",
    example: '"terraform.example.com"',
  }).optional(),
  organization: text({ pattern: /^[\w-]+$/, what: "the name of an HCP Terraform organization", example: '"acme"' }),
  project: text({ pattern: /^[\w -]{3,40}$/, what: "the name of an HCP Terraform project", example: '"platform"' }),
});

const KINDS = '{ kind: "local" }, { kind: "s3", bucket, region } or { kind: "hcp", organization, project }';

/** Where the stacks' states live. Each stack has a state of its own. */
export const state = z.discriminatedUnion("kind", [local, s3, hcp], {
  error: ({ input }) =>
    says(input === undefined ? "is missing: where the states live" : "is no known kind of state", `write ${KINDS}`),
});
