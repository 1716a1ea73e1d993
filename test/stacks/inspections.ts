import { defineEnvironment, type EnvironmentInput } from "../../lib/environment";
import inspected from "../environments/inspected";
import spoked from "../environments/spoked";
import { isList, type JsonValue } from "../../lib/policy/terraform-json";
import { textOf } from "../support/json";
import { stackTemplates } from "../support/stacks";
import type { Block, Template } from "../support/template";
import { evaluated } from "../support/terraform-text";

type Section = NonNullable<EnvironmentInput["inspection"]>;

const sets = stackTemplates(inspected, spoked);

/** The two fixtures: three zones, installed at boot, one further spoke; and two zones, baked, all that can be said is said. */
export const INSPECTED = sets.template("inspected-inspection");
export const SPOKED = sets.template("spoked-inspection");

/** Both, with their zones in the order of the environment and their range. */
export const BOTH = [
  { name: "inspected", template: INSPECTED, environment: inspected, zones: ["a", "b", "c"], region: "eu-central-1" },
  { name: "spoked", template: SPOKED, environment: spoked, zones: ["b", "a"], region: "eu-west-1" },
] as const;

const FILE = { url: "https://artifacts.example.com/file", sha256: "0123456789abcdef".repeat(4) };

/** The least that an inspection says. */
export const LEAST = {
  network: { cidr: "10.30.0.0/20" },
  image: { plain: "ubuntu-24.04", gwlbtun: FILE, cloudwatchAgent: FILE },
} as const satisfies Section;

/** An environment `test` in two zones, of which nothing but the section `inspection` is asked, in the fields that are given. */
export const inspectedEnvironment = (section: Partial<Section> = {}, fields: Partial<EnvironmentInput> = {}) =>
  defineEnvironment({
    name: "test",
    state: { kind: "local" },
    aws: {
      accountId: "111122223333",
      region: "eu-central-1",
      network: { cidr: "10.20.0.0/16", zones: ["a", "b"], egress: "inspection" },
    },
    inspection: { ...LEAST, ...section },
    ...fields,
  });

/** The stack `test-inspection` of such an environment. */
export const inspectionWith = (section: Partial<Section> = {}, fields: Partial<EnvironmentInput> = {}): Template =>
  stackTemplates(inspectedEnvironment(section, fields)).template("test-inspection");

/** What an instance runs when it boots, with `<…>` in the places of what only apply knows. */
export const scriptIn = (userData: string): string =>
  evaluated(userData, {
    "aws_s3_bucket.files.bucket": "<bucket>",
    "aws_s3_object.files-object.version_id": "<version>",
  });

/** The settings that it leaves for the appliance. */
export function settingsOf(template: Template): Readonly<Record<string, string>> {
  const { user_data } = template.resource("aws_launch_template").attributes;
  const [, text = ""] = /<<'SETTINGS'\n(.*)\nSETTINGS\n/s.exec(scriptIn(textOf(user_data))) ?? [];
  return Object.fromEntries(
    text.split("\n").map((line) => {
      const [, key = "", value = ""] = /^(\w+)="([^"]*)"$/.exec(line) ?? [];
      return [key, value];
    }),
  );
}

/** The subnets of one tier, in the order of the given zones. @throws Error when a zone has none */
export function tierOf(template: Template, tier: string, zones: readonly string[]): readonly Block[] {
  return zones.map((zone) => template.resource("aws_subnet", { tags: { Name: new RegExp(`-${tier}-${zone}$`) } }));
}

/** What references name, in their order. */
export const addressesOf = (template: Template, references: JsonValue | undefined): readonly string[] =>
  (isList(references) ? references : [references]).map((one) => template.follow(one).block.address);
