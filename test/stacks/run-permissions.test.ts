import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { ACTIONS } from "../../lib/aws/bootstrap/actions";
import { OPERATIONS } from "../../lib/azure/bootstrap/operations";

const ROOT = join(__dirname, "../..");

/** Whoever may write roles in Azure could write his own, so runs give roles that the bootstrap made. */
const MADE_BY_BOOTSTRAP = "azurerm_role_definition";

/** Types that the sources of stacks import, whether or not a set of the tests makes one. Bootstrap and workspaces are no part of a set. */
function importedTypes(): readonly string[] {
  const sources = [...filesIn("lib"), ...filesIn("stacks")].filter((file) => !/\/bootstrap(\/|\.ts$)/.test(file));
  const imports = sources.flatMap((file) => [
    ...readFileSync(join(ROOT, file), "utf8").matchAll(/@cdktf\/provider-(aws|azurerm)\/lib\/([a-z0-9-]+)/g),
  ]);
  const types = imports.flatMap(([, provider = "", path = ""]) => {
    const [, isData, name = ""] = /^(data-)?(?:aws-|azurerm-)?(.+)$/.exec(path) ?? [];
    return name === "provider"
      ? []
      : [`${isData === undefined ? "" : "data."}${provider}_${name.replaceAll("-", "_")}`];
  });
  return [...new Set(types)].sort();
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file));
}

test("every type of AWS or Azure that the sources import has its entry", () => {
  const types = importedTypes();
  expect(types).toEqual(expect.arrayContaining(["aws_vpc", "data.aws_ec2_managed_prefix_list", "azurerm_subnet"]));
  const known = (type: string): boolean =>
    type.includes("azurerm_")
      ? OPERATIONS[type] !== undefined || type === MADE_BY_BOOTSTRAP
      : ACTIONS[type] !== undefined;
  // Add a missing one to the file of its service in lib/aws/bootstrap/actions, or in lib/azure/bootstrap/operations.
  expect(types.filter((type) => !known(type))).toEqual([]);
});
