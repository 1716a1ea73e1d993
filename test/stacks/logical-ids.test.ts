import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import example from "../../environments/example";
import { stackIdsOf } from "../../lib/environment";
import { isObject } from "../../lib/policy/terraform-json";
import built from "../environments/built";
import chartered from "../environments/chartered";
import clouds from "../environments/clouds";
import elsewhere from "../environments/elsewhere";
import founded from "../environments/founded";
import fronted from "../environments/fronted";
import frugal from "../environments/frugal";
import gated from "../environments/gated";
import guest from "../environments/guest";
import hosted from "../environments/hosted";
import inspected from "../environments/inspected";
import latticed from "../environments/latticed";
import lent from "../environments/lent";
import premium from "../environments/premium";
import proxied from "../environments/proxied";
import remote from "../environments/remote";
import rested from "../environments/rested";
import seeded from "../environments/seeded";
import spoked from "../environments/spoked";
import stored from "../environments/stored";
import wide from "../environments/wide";
import acme from "../organizations/acme";
import { ASKED_FOR_EVERYTHING, buildNetwork } from "../support/network";
import { templatesWith } from "../support/stacks";
import type { Template } from "../support/template";

/*
 * The addresses of all that a stack holds are a contract: with every state that exists, since Terraform destroys what
 * leaves an address and makes it anew at another, and with the stacks that read another's outputs. They are recorded in
 * files, so that a change of one is a decision.
 */
const RECORDS = join(__dirname, "logical-ids");
const ACCEPT = process.env.RINGFENCE_ACCEPT_IDS === "1";

const environments = [
  example,
  wide,
  hosted,
  frugal,
  premium,
  guest,
  clouds,
  elsewhere,
  inspected,
  spoked,
  latticed,
  lent,
  fronted,
  gated,
  rested,
  built,
  proxied,
  founded,
  stored,
  seeded,
  chartered,
  remote,
];
const sets = templatesWith([acme], ...environments);
const stacks: ReadonlyMap<string, Template> = new Map([
  ...sets.stackIds.map((stackId) => [stackId, sets.template(stackId)] as const),
  ["test-aws-network", buildNetwork(ASKED_FOR_EVERYTHING).template],
]);
const recordOf = (stackId: string): string => join(RECORDS, `${stackId}.txt`);

/** `aws_eip.zone-a-egress`, `data.aws_region.current`, `output.vpc-id`; sorted. */
function addressesOf({ configuration }: Template): readonly string[] {
  const { resource, data, output } = configuration;
  const names = (value: unknown): readonly string[] => (typeof value === "object" ? Object.keys(value ?? {}) : []);
  const typed = (blocks: typeof resource, prefix: string): readonly string[] =>
    Object.entries(isObject(blocks) ? blocks : {}).flatMap(([type, byName]) =>
      names(byName).map((name) => `${prefix}${type}.${name}`),
    );
  return [...typed(resource, ""), ...typed(data, "data."), ...names(output).map((name) => `output.${name}`)].sort();
}

function recorded(stackId: string): readonly string[] {
  const file = recordOf(stackId);
  return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
}

beforeAll(() => {
  if (!ACCEPT) return;
  rmSync(RECORDS, { recursive: true, force: true });
  mkdirSync(RECORDS);
  for (const [stackId, template] of stacks) {
    writeFileSync(recordOf(stackId), `${addressesOf(template).join("\n")}\n`);
  }
});

test.each([...stacks])("the addresses of %s are those that were accepted", (stackId, template) => {
  const [accepted, found] = [recorded(stackId), addressesOf(template)];
  const changes = [
    ...accepted.filter((address) => !found.includes(address)).map((address) => `- ${address}`),
    ...found.filter((address) => !accepted.includes(address)).map((address) => `+ ${address}`),
  ];
  if (changes.length > 0) {
    throw new Error(
      [
        `${stackId} has other addresses than test/stacks/logical-ids/${stackId}.txt:`,
        ...changes.map((change) => `  ${change}`),
        "With the next apply Terraform destroys what stands under - and makes what stands under +; stacks that read an",
        "output under - fail. If that is meant, `npm run accept:ids` accepts it.",
      ].join("\n"),
    );
  }
});

test("no record is left of a stack that is gone", () => {
  const files = [...stacks.keys()].map((stackId) => `${stackId}.txt`);
  expect(readdirSync(RECORDS).sort()).toEqual([...files].sort());
});

test("the stacks are those that the files alone tell, by which names are checked before anything is built", () => {
  expect([...sets.stackIds].sort()).toEqual(["workspaces-acme", ...environments.flatMap(stackIdsOf)].sort());
});
