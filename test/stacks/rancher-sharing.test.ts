import example from "../../environments/example";
import type { JsonValue } from "../../lib/policy/terraform-json";
import { isList, isObject } from "../../lib/policy/terraform-json";
import clouds from "../environments/clouds";
import premium from "../environments/premium";
import { aksEnvironment } from "../support/aks";
import { objectOf, parsedObject, textOf } from "../support/json";
import { stackTemplates } from "../support/stacks";

const sets = stackTemplates(example, premium, clouds);
const registrations = sets.stackIds.filter((stackId) => stackId.includes("-rancher-"));
const environmentOf = (stackId: string): string => stackId.split("-")[0] ?? "";

it("is looked at with every way in which an agent comes", () => {
  expect(registrations).toEqual([
    "example-rancher-payments",
    "example-rancher-otc-billing",
    "premium-rancher-payments",
    "clouds-rancher-shop",
    "clouds-rancher-ledger",
    "clouds-rancher-otc-billing",
  ]);
});

describe.each(registrations)("%s", (stackId) => {
  const template = sets.template(stackId);
  const { name } = template.resource("rancher2_cluster").attributes;
  const allowlist = `${environmentOf(stackId)}-allowlist`;
  const cluster = stackId.replace("-rancher-", "-aks-");

  it("comes after the fence and its own cluster, and waits for nobody else's", () => {
    const own = sets.stackIds.filter((other) => other === cluster);
    expect([...sets.dependencies(stackId)].sort()).toEqual([...own, allowlist].sort());
  });

  it("keeps nobody waiting", () => {
    for (const other of sets.stackIds) expect(sets.dependencies(other)).not.toContain(stackId);
  });

  it("is in Rancher under the name of its item in the allowlist", () => {
    const items = sets.template(allowlist).resources("aws_dynamodb_table_item");
    const ids = items.map(({ attributes }) => textOf(objectOf(parsedObject(attributes.item).id).S));
    expect(ids).toContain(name);
  });
});

it("no two clusters of a set have one name in Rancher", () => {
  const names = registrations.map((stackId) => {
    const { name } = sets.template(stackId).resource("rancher2_cluster").attributes;
    return `${environmentOf(stackId)}: ${textOf(name)}`;
  });
  expect(new Set(names).size).toBe(names.length);
});

it("a cluster waits for no fence where there is none", () => {
  const environment = aksEnvironment({}, { rancher: { agent: "manual" } });
  expect(stackTemplates(environment).dependencies("test-rancher-payments")).toEqual(["test-aks-payments"]);
});

it("what is known of a cluster's place comes from its own stack", () => {
  const { aks_config_v2 } = sets.template("clouds-rancher-ledger").resource("rancher2_cluster").attributes;
  const { block } = sets.template("clouds-rancher-ledger").follow(objectOf(aks_config_v2).name);
  expect(block.attributes.name).toBe("clouds-aks-ledger");
});

describe("Rancher's secret for joining", () => {
  /** What a registered cluster's computed attributes have of it, and of access to the cluster. */
  const SECRET = /cluster_registration_token|kube_config|\.ca_cert\b/;
  /** The whole text is a hash, in which nobody finds what was hashed, or says no more than whether there is one. */
  const TELLS_NOTHING = /^\$\{(sha256|can)\(.*\)\}$/;

  /** Where in a value the secret can be read, as paths without indexes. */
  function placesIn(value: JsonValue | undefined, path: string): readonly string[] {
    if (typeof value === "string") return SECRET.test(value) && !TELLS_NOTHING.test(value) ? [path] : [];
    if (isList(value)) return value.flatMap((element) => placesIn(element, path));
    if (!isObject(value)) return [];
    return Object.entries(value).flatMap(([key, inner]) => placesIn(inner, `${path}.${key}`));
  }

  it("can be read in secure variables of the script, and nowhere else in any stack", () => {
    const script = "resource.azurerm_resource_deployment_script_azure_cli.agent";
    const byRunCommand = ["example-rancher-payments", "premium-rancher-payments", "clouds-rancher-shop"];
    const places = sets.stackIds.flatMap((stackId) => placesIn(sets.template(stackId).configuration, stackId));
    expect(places).toEqual(byRunCommand.map((stackId) => `${stackId}.${script}.environment_variable.secure_value`));
  });
});
