import { z } from "zod";

import { ENVIRONMENT_NAME } from "../names";
import { says, text } from "./fields";
import { access } from "./sections/access";
import { allowlist } from "./sections/allowlist";
import { aws } from "./sections/aws";
import { notify } from "./sections/notify";
import { rancher } from "./sections/rancher";
import { state } from "./sections/state";

/** AWS Billing User Guide, "Tag naming limits and requirements". */
const tag = (maxLength: number) => new RegExp(`^[\\p{L}\\p{N} _.:/=+@-]{1,${maxLength}}$`, "u");

const tags = z
  .record(
    z
      .string()
      .regex(tag(128), {
        error: says("is not a tag key", "use letters, digits, spaces and _ . : / = + - @, 128 at most"),
      })
      .refine((key) => !/^(aws|ringfence):/i.test(key), {
        error: says("is a reserved tag key", "choose a key without the prefix"),
      }),
    z.string({ error: says("must be text", 'write for example "platform"') }).regex(tag(256), {
      error: says("is not a tag value", "use letters, digits, spaces and _ . : / = + - @, 256 at most"),
    }),
    { error: says("must map tag keys to text", 'write for example { owner: "platform" }') },
  )
  .default({});

/** An environment: every section but `name` and `state` is optional, and the set holds only the stacks they ask for. */
export const environmentSchema = z.strictObject({
  name: text({
    pattern: ENVIRONMENT_NAME,
    what: "a lower-case letter, then letters and digits, 16 at most",
    example: '"prod"',
  }),
  /** Deletion protection and `prevent_destroy` on all that holds data or addresses. @default false */
  protect: z
    .boolean({ error: says("must be true or false", "write true for an environment that people rely on") })
    .default(false),
  /** Tags of every resource that can carry tags. @default - only Ringfence's own two */
  tags,
  state,
  notify: notify.default({ alarmTopicArns: [] }),
  access: access.default({ operators: [], runners: [] }),
  aws: aws.optional(),
  rancher: rancher.optional(),
  allowlist: allowlist.optional(),
});

/** Sections of the design whose stacks are still to come: refused by name, so that nobody believes they work. */
export const PLANNED_SECTIONS: readonly string[] = ["azure", "wallarm", "inspection", "lattice", "aks"];
