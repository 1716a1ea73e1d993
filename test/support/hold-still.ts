import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { isList, isObject, type JsonObject, type JsonValue } from "../../lib/policy/terraform-json";
import { objectOf, parsedObject, textOf } from "./json";

/*
 * Gives what a stack looks up by its name the same id in every plan, for a Terraform whose provider is a stand-in: that makes up another id
 * each time it is asked, and no second plan would be empty.
 *
 *   node --import tsx test/support/hold-still.ts <folder of a synthesized set>
 *
 * Each such stack gets an override file beside its configuration, of which nothing changes.
 */
const [set] = process.argv.slice(2);
if (set === undefined) throw new Error("Usage: hold-still.ts <folder of a synthesized set>");

/** What is looked up: AWS's own prefix lists; teams, members and projects of HCP Terraform. */
const HELD: Readonly<Record<string, string>> = {
  "aws_ec2_managed_prefix_list.id": "pl-0123456789abcdef0",
  "tfe_organization_membership.user_id": "user-0123456789abcdef",
  "tfe_project.id": "prj-0123456789abcdef",
  "tfe_team.id": "team-0123456789abcdef",
};

const LOOKED_UP = /^\$\{data\.(\w+)\.[\w-]+\.(\w+)\}$/;

/** The id in place of an argument's value, or of each in a list of them; undefined where it is no lookup. */
function heldId(value: JsonValue): string | readonly string[] | undefined {
  if (isList(value)) {
    const ids = value.map(heldId).filter((id) => typeof id === "string");
    return ids.length > 0 && ids.length === value.length ? ids : undefined;
  }
  const [, type = "", attribute = ""] = (typeof value === "string" ? LOOKED_UP.exec(value) : undefined) ?? [];
  return HELD[`${type}.${attribute}`];
}

/** Those of the resources of one type that name something looked up, each with nothing but the ids in its place. */
function held(resources: JsonObject): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(resources).flatMap(([name, resource]) => {
      const ids = Object.entries(objectOf(resource)).flatMap(([argument, value]) => {
        const id = heldId(value);
        return id === undefined ? [] : [[argument, id]];
      });
      return ids.length > 0 ? [[name, Object.fromEntries(ids)]] : [];
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
