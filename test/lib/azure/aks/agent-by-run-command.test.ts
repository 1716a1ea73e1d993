import { createHash } from "node:crypto";

import { App } from "cdktf";

import {
  AgentByRunCommand,
  type AgentByRunCommandProps,
  agentScript,
  caChecksum,
  TIME_LIMITS,
} from "../../../../lib/azure/aks/agent-by-run-command";
import type { JsonObject } from "../../../../lib/policy/terraform-json";
import { withFolder } from "../../../support/folder";
import { objectsOf, textOf, textsIn } from "../../../support/json";
import { Template } from "../../../support/template";
import { prod, TestStack } from "../../terraform/stack";

const SCRIPT = "azurerm_resource_deployment_script_azure_cli";
const ROLE = "azurerm_role_assignment";
const CLUSTER_ID =
  "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/payments";
const SECRET = "${rancher2_cluster.cluster.cluster_registration_token[0].manifest_url}";
const PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";

function build(changes: Partial<AgentByRunCommandProps> = {}): Template {
  return withFolder((outdir) => {
    const stack = new TestStack(new App({ outdir, stackTraces: false }), prod(), "rancher");
    new AgentByRunCommand(stack, "agent", {
      name: "prod-rancher-payments",
      resourceGroupName: "rg",
      location: "westeurope",
      clusterId: CLUSTER_ID,
      clusterName: "payments",
      manifestUrl: SECRET,
      ...changes,
    });
    return Template.of(stack);
  });
}

const scriptOf = (template: Template): JsonObject => template.resource(SCRIPT).attributes;
const variablesOf = (template: Template): readonly JsonObject[] => objectsOf(scriptOf(template).environment_variable);
const variable = (template: Template, name: string): JsonObject | undefined =>
  variablesOf(template).find((entry) => entry.name === name);

const plain = build();

describe("the script's identity", () => {
  const principal = "${azurerm_user_assigned_identity.agent-identity.principal_id}";

  it("runs commands in this cluster, and nothing else in Azure", () => {
    expect(plain.resource("azurerm_role_definition").attributes).toMatchObject({
      permissions: [
        {
          actions: [
            "Microsoft.ContainerService/managedClusters/read",
            "Microsoft.ContainerService/managedClusters/runCommand/action",
            "Microsoft.ContainerService/managedClusters/commandResults/read",
          ],
        },
      ],
    });
    const [permission] = objectsOf(plain.resource("azurerm_role_definition").attributes.permissions);
    expect(Object.keys(permission ?? {})).toEqual(["actions"]);
  });

  it("has a role of its own whose name another subscription of the directory does not take", () => {
    const name = plain.resource("azurerm_role_definition").attributes.name;
    expect(name).toBe(`prod-rancher-payments-run-command-\${substr(sha256("${CLUSTER_ID}"), 0, 8)}`);
  });

  it("takes a role that is there already, and makes none then", () => {
    const runCommandRoleId = "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/r";
    const given = build({ runCommandRoleId });
    given.expectAbsent("azurerm_role_definition");
    given.resource(ROLE, { role_definition_id: runCommandRoleId, scope: CLUSTER_ID });
  });

  it("has two roles, both on this cluster", () => {
    expect(plain.resources(ROLE)).toHaveLength(2);
    expect(plain.resources(ROLE, { scope: CLUSTER_ID, principal_id: principal })).toHaveLength(2);
    plain.resource(ROLE, { role_definition_name: "Azure Kubernetes Service RBAC Cluster Admin" });
    plain.resource(ROLE, {
      role_definition_id: "${azurerm_role_definition.agent-run-command.role_definition_resource_id}",
    });
  });

  it("is the only one that the script has, and has its roles before it runs", () => {
    expect(scriptOf(plain)).toMatchObject({
      identity: { type: "UserAssigned", identity_ids: ["${azurerm_user_assigned_identity.agent-identity.id}"] },
      depends_on: expect.arrayContaining(plain.resources(ROLE).map(({ address }) => address)) as unknown,
    });
  });
});

describe("the registration secret", () => {
  it("reaches the script as a secure variable, and nothing else but through a hash", () => {
    expect(variable(plain, "MANIFEST_URL")).toEqual({ name: "MANIFEST_URL", secure_value: SECRET });
    const texts = textsIn(plain.configuration).filter((text) => text.includes("manifest_url"));
    const others = texts.filter((text) => text !== SECRET && !text.startsWith("${sha256("));
    // A condition tells Terraform yes or no.
    expect(others.filter((text) => !text.startsWith("${can("))).toEqual([]);
    expect(texts.filter((text) => text === SECRET)).toHaveLength(1);
  });

  it("is in no script, argument, output or tag", () => {
    expect(scriptOf(plain)).not.toHaveProperty("command_line");
    expect(textOf(scriptOf(plain).script_content)).not.toContain("cluster_registration_token");
    expect(plain.configuration).not.toHaveProperty("output");
  });
});

describe("the script", () => {
  it("reaches Azure as it was written, for Terraform finds no expression in it", () => {
    const written = textOf(scriptOf(plain).script_content);
    expect(written).not.toMatch(/(?<![$%])[$%]\{/);
    expect(written.replaceAll(/([$%])\1\{/g, "$1{")).toBe(agentScript());
  });

  it("holds the part that runs inside the cluster", () => {
    expect(agentScript()).toContain("Runs inside the cluster");
    expect(agentScript()).not.toContain("@APPLY_AGENT@");
    expect(agentScript().match(/^APPLY_AGENT$/gm)).toHaveLength(1);
  });

  it.each<[string, Partial<AgentByRunCommandProps>, boolean]>([
    ["the token", { manifestUrl: "${rancher2_cluster.other.cluster_registration_token[0].manifest_url}" }, true],
    ["the agent's image", { agentImage: "rancher/rancher-agent:v2.11.17" }, true],
    ["the certificates", { caCertificates: PEM }, true],
    ["the cluster's name for people", { clusterName: "other" }, false],
  ])("runs again or not when this changes: %s", (_, changes, again) => {
    const changed = build(changes);
    expect(scriptOf(changed).force_update_tag === scriptOf(plain).force_update_tag).toBe(!again);
    expect(variable(changed, "REGISTRATION")?.value === variable(plain, "REGISTRATION")?.value).toBe(!again);
  });

  it("runs again when it changes itself, and the agent stays as it is", () => {
    const hash = createHash("sha256").update(agentScript()).digest("hex");
    expect(scriptOf(plain).force_update_tag).toContain(hash);
    expect(variable(plain, "REGISTRATION")?.value).not.toContain(hash);
  });

  it("ends by itself before Azure ends it, and Azure before Terraform stops waiting", () => {
    expect(variable(plain, "BUDGET_SECONDS")?.value).toBe(String(TIME_LIMITS.budgetMinutes * 60));
    // Ten minutes to sign in, five for the last attempt.
    expect(TIME_LIMITS.budgetMinutes + 15).toBeLessThanOrEqual(TIME_LIMITS.scriptMinutes);
    expect(TIME_LIMITS.scriptMinutes).toBeLessThan(TIME_LIMITS.createMinutes);
    // A script that runs for longer cannot be deleted for an hour.
    expect(TIME_LIMITS.scriptMinutes).toBeLessThan(60);
    expect(scriptOf(plain)).toMatchObject({ timeout: "PT45M", timeouts: { create: "60m" } });
  });

  it("has another name each time it is made, for one that failed is not in the state and keeps its own", () => {
    expect(scriptOf(plain).name).toBe('prod-rancher-payments-agent-${formatdate("YYYYMMDDhhmmss", timestamp())}');
    expect(scriptOf(plain).lifecycle).toMatchObject({ ignore_changes: ["name"] });
  });

  it("leaves nothing behind when it succeeds, and its log for a day when not", () => {
    expect(scriptOf(plain)).toMatchObject({ cleanup_preference: "OnSuccess", retention_interval: "P1D" });
  });

  it("waits for what it is told to", () => {
    withFolder((outdir) => {
      const stack = new TestStack(new App({ outdir, stackTraces: false }), prod(), "rancher");
      const common = { resourceGroupName: "rg", location: "westeurope", clusterId: CLUSTER_ID, clusterName: "c" };
      const first = new AgentByRunCommand(stack, "first", { ...common, name: "first", manifestUrl: SECRET });
      new AgentByRunCommand(stack, "second", { ...common, name: "second", manifestUrl: SECRET, after: [first.joined] });
      const second = Template.of(stack).resource(SCRIPT, { name: /^second/ });
      expect(second.attributes.depends_on).toContain(`${SCRIPT}.first`);
    });
  });
});

describe("a private authority", () => {
  const template = build({ caCertificates: PEM });

  it("is handed on with the checksum by which agents know it", () => {
    expect(Buffer.from(textOf(variable(template, "CA_CERTIFICATES")?.value), "base64").toString()).toBe(PEM);
    expect(variable(template, "CA_CHECKSUM")?.value).toBe(caChecksum(PEM));
  });

  it("is not spoken of where there is none, for Azure takes no empty variable", () => {
    expect(variablesOf(plain).map(({ name }) => name)).toEqual([
      "CLUSTER_ID",
      "MANIFEST_URL",
      "REGISTRATION",
      "BUDGET_SECONDS",
    ]);
  });

  // `printf '%s\n' a | sha256sum`
  it("has the checksum of its text with a line end, which Rancher adds where it is missing", () => {
    expect(caChecksum("a\n")).toBe("87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7");
    expect(caChecksum("a")).toBe(caChecksum("a\n"));
    expect(caChecksum("a\n\n")).not.toBe(caChecksum("a\n"));
  });
});

// "YYYYMMDDhhmmss"
const TIME = "20261122214500";

it("refuses a name that leaves no room in the 90 characters of a deployment script", () => {
  const longest = textOf(scriptOf(build({ name: "x".repeat(69) })).name).replace(/\$\{.*\}/, TIME);
  expect(longest).toHaveLength(90);
  expect(() => build({ name: "x".repeat(70) })).toThrow(/^name must have at most 69 characters/);
});
