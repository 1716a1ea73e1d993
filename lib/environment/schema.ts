import { z } from "zod";

import { ENVIRONMENT_NAME } from "../names";
import { expected, says, text } from "./fields";
import { mapOf, section } from "./shapes";
import { access } from "./sections/access";
import { aks } from "./sections/aks";
import { allowlist } from "./sections/allowlist";
import { aws } from "./sections/aws";
import { azure } from "./sections/azure";
import { bootstrap } from "./sections/bootstrap";
import { inspection } from "./sections/inspection";
import { lattice } from "./sections/lattice";
import { notify } from "./sections/notify";
import { rancher } from "./sections/rancher";
import { state } from "./sections/state";
import { wallarm } from "./sections/wallarm";

/** AWS Billing User Guide, "Tag naming limits and requirements". */
const tag = (maxLength: number) => new RegExp(`^[\\p{L}\\p{N} _.:/=+@-]{1,${maxLength}}$`, "u");

/**
 * AWS Billing User Guide, "Tag naming limits and requirements": 50 tags a resource, of which Ringfence writes two of its own
 * and a `Name`.
 */
const MOST_TAGS = 47;

const CHARACTERS = "letters, digits, spaces and _ . : / = + - @";

const tagValue = z
  .string({ error: expected("the text of a tag", 'write for example "platform"') })
  .regex(tag(256), { error: says("is not the text of a tag", `use 1 to 256 ${CHARACTERS}`) });

/** AWS IAM User Guide, "Rules for tagging in IAM and AWS STS": a role's tag keys may not differ in case only. */
function tagKeyFault(key: string, keys: readonly string[]): string | undefined {
  if (!tag(128).test(key)) return says("is not a tag key", `use 1 to 128 ${CHARACTERS}`);
  if (/^(aws|ringfence):/i.test(key)) return says("is a reserved tag key", "leave out aws: and ringfence:");
  const twin = keys.slice(0, keys.indexOf(key)).find((other) => other.toLowerCase() === key.toLowerCase());
  if (twin !== undefined) return says(`differs from ${twin} in case only, which IAM refuses`, "keep one of the two");
  return keys.indexOf(key) === MOST_TAGS ? says("is one tag too many", `keep ${MOST_TAGS} at most`) : undefined;
}

const tags = mapOf(tagValue, tagKeyFault, "an object of tags", '{ owner: "platform" }').default({});

/** An environment: every section but `name` and `state` is optional, and the set holds only the stacks they ask for. */
export const environmentSchema = section('defineEnvironment({ name: "prod", … })', {
  /** Begins the name of every stack and resource; the file has the same name. Lower-case letters and digits, no hyphen. */
  name: text({
    pattern: ENVIRONMENT_NAME,
    what: "a lower-case letter, then lower-case letters and digits, 16 in all at most",
    example: '"prod"',
  }),
  /** Deletion protection and `prevent_destroy` on all that holds data or addresses. @default false */
  protect: z
    .boolean({ error: expected("true or false", "write true, without quotes, for an environment that people rely on") })
    .default(false),
  /** Tags of every resource that can carry tags. @default - only Ringfence's own two */
  tags,
  /** Where the stacks' states live. Each stack has a state of its own. See `docs/state.md`. */
  state,
  /** Who hears of alarms. @default - nobody: alarms show in the console only */
  notify: notify.default({ alarmTopicArns: [] }),
  /** Who is admitted wherever a fence stands, besides clusters. @default - nobody */
  access: access.default({ operators: [], runners: [] }),
  /** One AWS account and Region. @default - nothing is made in AWS */
  aws: aws.optional(),
  /** The Rancher server that the fence protects. @default - none: the web ACL is only exported */
  rancher: rancher.optional(),
  /** The allowlist in front of the Rancher server. @default - none */
  allowlist: allowlist.optional(),
  /** Wallarm nodes in front of HTTP services: one edge for each name, each a stack of its own. @default - none */
  wallarm: wallarm.optional(),
  /** Inspection of all that leaves `aws.network`. @default - nothing is inspected */
  inspection: inspection.optional(),
  /** A VPC Lattice service network with services, and proxies into it. @default - none */
  lattice: lattice.optional(),
  /** One Azure subscription and location. @default - nothing is made in Azure */
  azure: azure.optional(),
  /** AKS clusters behind the firewall of `azure.network`: a stack for each name. @default - none */
  aks: aks.optional(),
  /**
   * The trust and the rights of what runs this set elsewhere than here, and the bucket for `s3` state: the stack `bootstrap-<name>`,
   * deployed before all others and destroyed after them. @default - runs bring rights of their own
   */
  bootstrap: bootstrap.optional(),
});
