import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { isObject, type JsonObject } from "../../lib/policy/terraform-json";
import { objectOf, parsedObject, textOf } from "./json";

/*
 * Gives what a stack reads of AWS's own prefix lists the same value in every plan, for a Terraform whose provider is a stand-in: that makes
 * up another id each time it is asked, and no second plan would be empty.
 *
 *   node --import tsx test/support/hold-still.ts <folder of a synthesized set>
 *
 * Each such stack gets an override file beside its configuration, of which nothing changes.
 */
const [set] = process.argv.slice(2);
if (set === undefined) throw new Error("Usage: hold-still.ts <folder of a synthesized set>");

const LIST = /^\$\{data\.aws_ec2_managed_prefix_list\.[\w-]+\.id\}$/;
const PREFIX_LIST_ID = "pl-0123456789abcdef0";

/** Those of the resources of one type that name a list, each with nothing but the id in its place. */
function held(resources: JsonObject): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(resources).flatMap(([name, resource]) => {
      const { prefix_list_id: id } = objectOf(resource);
      return typeof id === "string" && LIST.test(id) ? [[name, { prefix_list_id: PREFIX_LIST_ID }]] : [];
    }),
  );
}

const { stacks } = parsedObject(readFileSync(join(set, "manifest.json"), "utf8"));
for (const entry of Object.values(objectOf(stacks))) {
  const file = join(set, textOf(objectOf(entry).synthesizedStackPath));
  const { resource } = parsedObject(readFileSync(file, "utf8"));
  const overrides = Object.entries(isObject(resource) ? resource : {})
    .map(([type, resources]) => [type, held(objectOf(resources))] as const)
    .filter(([, names]) => Object.keys(names).length > 0);
  if (overrides.length === 0) continue;
  writeFileSync(
    join(dirname(file), "held_override.tf.json"),
    JSON.stringify({ resource: Object.fromEntries(overrides) }),
  );
}
