import { z } from "zod";

import { kmsKeyArn, profile, region, roleArn, says, text } from "../fields";
import { section } from "../shapes";
import { isPlainObject } from "../values";

/** An S3 bucket. */
export const bucketName = text({
  pattern: /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  what: "the name of an S3 bucket: 3 to 63 lower-case letters, digits, dots and hyphens",
  example: '"acme-terraform-state"',
});

/** A host of Terraform Enterprise. */
export const terraformHost = text({
  pattern: /^[a-z0-9.-]+(:\d+)?$/,
  what: "a host name, without https://",
  example: '"terraform.example.com"',
});

/** An organization of HCP Terraform. */
export const organizationName = text({
  pattern: /^[\w-]+$/,
  what: "the name of an HCP Terraform organization: letters, digits, - and _",
  example: '"acme"',
});

/** HCP Terraform API Reference, "Projects": the name of one. */
export const projectName = text({
  pattern: /^[\w-][\w -]{1,38}[\w-]$/,
  what: "the name of an HCP Terraform project: 3 to 40 letters, digits, spaces, - and _, without a space at either end",
  example: '"platform"',
});

const local = section('{ kind: "local" }', {
  /** `local`: files under `state/` beside the project. */
  kind: z.literal("local"),
});

const s3 = section('{ kind: "s3", bucket: "…", region: "…" }', {
  /** `s3`: one object per stack, with Terraform's own lock file. */
  kind: z.literal("s3"),
  /** A bucket, versioned and closed to the public: `bootstrap.bucket` makes it, or it exists. See `docs/state.md`. */
  bucket: bucketName,
  /** Region of the bucket. */
  region,
  /** Key that encrypts the state. @default - the bucket's own encryption */
  kmsKeyArn: kmsKeyArn.optional(),
  /** Folder of the states in the bucket. @default "ringfence" */
  prefix: text({
    pattern: /^(?!\.{1,2}(\/|$))[\w.-]+(\/(?!\.{1,2}(\/|$))[\w.-]+)*$/,
    what: "a key prefix without slashes at its ends, and without . and .. in it",
    example: '"ringfence"',
  }).optional(),
  /** Role that reads and writes the state. A backend does not inherit the provider's. @default - the caller's own */
  roleArn: roleArn.optional(),
  /** Profile that reads and writes the state. @default - the caller's own */
  profile: profile.optional(),
});

const hcp = section('{ kind: "hcp", organization: "…", project: "…" }', {
  /** `hcp`: one HCP Terraform workspace per stack. */
  kind: z.literal("hcp"),
  /** A Terraform Enterprise host. @default - HCP Terraform */
  hostname: terraformHost.optional(),
  /** An existing organization. */
  organization: organizationName,
  /** The project that holds the workspaces. */
  project: projectName,
});

const KINDS = '{ kind: "local" }, { kind: "s3", bucket, region } or { kind: "hcp", organization, project }';

/** Of a section that is missing or none, or of its `kind`: zod tells both through the one error of the union. */
function stateFault(input: unknown): string {
  if (input === undefined) return says("is missing: where the states live", `write ${KINDS}`);
  if (!isPlainObject(input)) return says("must say where the states live", `write ${KINDS}`);
  return says(
    input.kind === undefined ? "is missing: the kind of state" : "is no known kind of state",
    'write "local", "s3" or "hcp"',
  );
}

/** Where the stacks' states live. Each stack has a state of its own. */
export const state = z.discriminatedUnion("kind", [local, s3, hcp], { error: ({ input }) => stateFault(input) });
