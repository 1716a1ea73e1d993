import clouds from "../environments/clouds";
import { objectOf, objectsOf } from "../support/json";
import { AKS_OUTPUTS, registerAks, registerForeign } from "../support/rancher";
import type { Template } from "../support/template";

const CLUSTER = "rancher2_cluster";
const MEMBER = "rancher2_cluster_role_template_binding";
const PROJECT = "rancher2_project";
const PROJECT_MEMBER = "rancher2_project_role_template_binding";
const SYNC = "rancher2_cluster_sync";
const SCRIPT = "azurerm_resource_deployment_script_azure_cli";

const GROUP_A = "azuread_group://aaaaaaaa-0000-0000-0000-000000000000";
const GROUP_B = "azuread_group://bbbbbbbb-0000-0000-0000-000000000000";
const HOSTED = { agent: "hosted", cloudCredentialId: "cattle-global-data:cc-abcde" } as const;
const AUTHORITY = clouds.rancher?.caCertificates;

const clusterOf = (template: Template) => template.resource(CLUSTER).attributes;
const outputsOf = ({ configuration }: Template) => Object.keys(objectOf(configuration.output)).sort();
const providersOf = ({ configuration }: Template) => Object.keys(objectOf(configuration.provider)).sort();

describe("a registration", () => {
  it("says to Rancher what the file says", () => {
    const template = registerForeign({
      description: "Billing",
      labels: { cloud: "otc" },
      annotations: { "example.com/on-call": "billing: +49 30 0000" },
      fleetWorkspace: "billing",
      agentEnvironment: { NO_PROXY: ".svc", HTTPS_PROXY: "http://proxy.example.com:3128" },
    });
    expect(clusterOf(template)).toMatchObject({
      name: "test-aks-otc-billing",
      description: "Billing",
      labels: { cloud: "otc" },
      annotations: { "example.com/on-call": "billing: +49 30 0000" },
      fleet_workspace_name: "billing",
      agent_env_vars: [
        { name: "NO_PROXY", value: ".svc" },
        { name: "HTTPS_PROXY", value: "http://proxy.example.com:3128" },
      ],
    });
  });

  it("says nothing to Rancher that the file does not say", () => {
    const said = Object.entries(clusterOf(registerForeign())).filter(([argument]) => argument !== "//");
    expect(Object.fromEntries(said)).toEqual({
      name: "test-aks-otc-billing",
      description: "Registered by test-rancher-otc-billing",
      fleet_workspace_name: "fleet-default",
    });
  });

  it("leaves the label alone that Rancher adds to those of the file", () => {
    const ignored = ['labels["provider.cattle.io"]'];
    const labels = { cloud: "otc" };
    expect(clusterOf(registerForeign({ labels })).lifecycle).toEqual({ ignore_changes: ignored });
    expect(clusterOf(registerForeign({ labels }, { protect: true })).lifecycle).toEqual({
      ignore_changes: ignored,
      prevent_destroy: true,
    });
    expect(clusterOf(registerForeign({}, { protect: true })).lifecycle).toEqual({ prevent_destroy: true });
  });

  it("schedules both agents, with quantities as Rancher gives them back", () => {
    const template = registerForeign({
      agentScheduling: {
        tolerations: [
          { key: "dedicated", value: "system", effect: "NoSchedule" },
          { key: "example.com/maintenance", effect: "NoExecute" },
        ],
        requests: { cpu: "0.1" },
        limits: { cpu: "1000m", memory: "1024Mi" },
      },
    });
    const scheduling = [
      {
        append_tolerations: [
          { key: "dedicated", value: "system", effect: "NoSchedule", operator: "Equal" },
          { key: "example.com/maintenance", effect: "NoExecute", operator: "Exists" },
        ],
        override_resource_requirements: [{ cpu_request: "100m", cpu_limit: "1", memory_limit: "1Gi" }],
      },
    ];
    expect(clusterOf(template).cluster_agent_deployment_customization).toEqual(scheduling);
    expect(clusterOf(template).fleet_agent_deployment_customization).toEqual(scheduling);
  });

  it.each([
    [{}, undefined],
    [{ requests: {}, limits: {} }, undefined],
    [{ limits: { memory: "1Gi" } }, [{ override_resource_requirements: [{ memory_limit: "1Gi" }] }]],
    [
      { tolerations: [{ key: "a", effect: "NoSchedule" }] },
      [{ append_tolerations: [{ key: "a", effect: "NoSchedule", operator: "Exists" }] }],
    ],
  ] as const)("with agents scheduled by %j writes no empty block", (agentScheduling, expected) => {
    expect(clusterOf(registerForeign({ agentScheduling })).cluster_agent_deployment_customization).toEqual(expected);
  });

  it("tells others the cluster's id, and nothing that joins it", () => {
    const template = registerForeign();
    expect(template.output("cluster-id").value).toBe("${rancher2_cluster.cluster.id}");
  });
});

describe("by hand", () => {
  it.each([
    ["elsewhere", ["rancher2"], registerForeign({ fleetWorkspace: "billing" })],
    // An earlier run command's identity and roles can be taken away only by who knows Azure.
    ["by the environment", ["azurerm", "rancher2"], registerAks({ agent: "manual", fleetWorkspace: "billing" })],
  ])("a cluster that was made %s is joined by whoever reads the outputs", (_, providers, template) => {
    expect(providersOf(template)).toEqual(providers);
    expect(outputsOf(template)).toEqual(["cluster-id", "registration-command", "registration-page"]);
    expect(template.output("registration-page").value).toBe(
      "https://rancher.example.com/dashboard/c/_/manager/provisioning.cattle.io.cluster/billing/" +
        "${rancher2_cluster.cluster.id}#registration",
    );
    expect(template.output("registration-command").value).toContain(
      "clusterregistrationtokens?clusterId=${rancher2_cluster.cluster.id}'",
    );
    expect(template.output("registration-command").value).not.toContain("--cacert");
  });

  it("a private authority's server is verified with its certificates", () => {
    const template = registerForeign({}, { caCertificates: AUTHORITY });
    expect(template.output("registration-command").value).toContain("--cacert");
    expect(template.providers("rancher2")).toMatchObject([{ ca_certs: AUTHORITY }]);
  });
});

describe("by run command", () => {
  const byRunCommand = registerAks({
    agent: "runCommand",
    projects: { shop: {} },
    members: { "cluster-member": [GROUP_A] },
  });
  const { attributes: script, address } = byRunCommand.resource(SCRIPT);
  const variables = objectsOf(script.environment_variable);
  const MANIFEST_URL = "${rancher2_cluster.cluster.cluster_registration_token[0].manifest_url}";

  it("a script beside the cluster brings the agent in, and registers the services that it takes", () => {
    expect(script).toMatchObject({ resource_group_name: "payments", location: "westeurope" });
    expect(variables).toContainEqual({ name: "CLUSTER_ID", value: AKS_OUTPUTS.clusterId });
    const [provider] = byRunCommand.providers("azurerm");
    expect(provider?.resource_providers_to_register).toEqual(
      expect.arrayContaining(["Microsoft.ContainerInstance", "Microsoft.Storage"]),
    );
  });

  it("the script is told where the manifest is, as a secret", () => {
    expect(variables).toContainEqual({ name: "MANIFEST_URL", secure_value: MANIFEST_URL });
  });

  it("the plan says whose token to use where Rancher shows none that joins the cluster", () => {
    const [condition, ...others] = objectsOf(objectOf(script.lifecycle).precondition);
    expect(others).toEqual([]);
    expect(condition?.condition).toBe(
      '${can(regex(".", rancher2_cluster.cluster.cluster_registration_token[0].manifest_url))}',
    );
    expect(condition?.error_message).toMatch(/no registration token of .*RANCHER_TOKEN_KEY.*an owner/);
    // Sensitive values in it would hide all of it.
    expect(condition?.error_message).not.toContain("rancher2_cluster");
  });

  it("nothing in the script is an expression to Terraform", () => {
    expect(script.script_content).not.toMatch(/(?<!\$)\$\{|(?<!%)%\{/);
  });

  it("it runs again when Rancher hands out another secret, or is asked for another image", () => {
    expect(script.force_update_tag).toContain("cluster_registration_token[0].manifest_url");
    expect(script.force_update_tag).toContain('coalesce(rancher2_cluster.cluster.desired_agent_image, "default")');
  });

  it("it knows a private authority as the provider does", () => {
    const names = (template: Template) =>
      objectsOf(template.resource(SCRIPT).attributes.environment_variable).map(({ name }) => name);
    expect(names(byRunCommand)).not.toContain("CA_CERTIFICATES");
    expect(names(registerAks({ agent: "runCommand" }, { caCertificates: AUTHORITY }))).toContain("CA_CERTIFICATES");
  });

  it("whoever may use the cluster waits for it", () => {
    for (const type of [PROJECT, MEMBER]) {
      expect(byRunCommand.resource(type).attributes.depends_on).toEqual([address]);
    }
    const waiting = registerAks({ agent: "runCommand", projects: { shop: {} }, waitMinutes: 20 });
    expect(waiting.resource(SYNC).attributes.depends_on).toEqual([address]);
    expect(waiting.resource(PROJECT).attributes.depends_on).toEqual(["rancher2_cluster_sync.connected"]);
  });

  it("nothing is left for people to do", () => {
    expect(outputsOf(byRunCommand)).toEqual(["cluster-id"]);
  });

  it("takes a cluster whose place is known", () => {
    expect(() => registerAks({ agent: "runCommand" }, { aks: undefined })).toThrow(
      "runCommand needs to know where the cluster payments is",
    );
  });
});

describe("hosted", () => {
  const hosted = registerAks(HOSTED);

  it("Rancher is told where the cluster is, and not to change it", () => {
    expect(clusterOf(hosted).aks_config_v2).toEqual({
      imported: true,
      cloud_credential_id: HOSTED.cloudCredentialId,
      name: AKS_OUTPUTS.clusterName,
      resource_group: AKS_OUTPUTS.resourceGroupName,
      resource_location: AKS_OUTPUTS.location,
    });
  });

  it("nobody else brings the agent in", () => {
    hosted.expectAbsent("azurerm_resource_deployment_script_azure_cli");
    hosted.expectAbsent("azurerm_role_assignment");
    expect(outputsOf(hosted)).toEqual(["cluster-id"]);
  });

  it("is the one way that tells Rancher of Azure", () => {
    expect(clusterOf(registerAks({ agent: "manual" })).aks_config_v2).toBeUndefined();
    expect(clusterOf(registerAks({ agent: "runCommand" })).aks_config_v2).toBeUndefined();
  });
});

describe("members", () => {
  const members = { "cluster-owner": [GROUP_A], "cluster-member": [GROUP_A, GROUP_B] };
  const template = registerForeign({
    members,
    projects: { shop: { description: "Shop", members: { "project-owner": [GROUP_A] } }, "month end": {} },
  });

  it("of the cluster have their roles by group", () => {
    const bindings = template.resources(MEMBER).map(({ attributes }) => attributes);
    for (const { cluster_id } of bindings) expect(cluster_id).toBe("${rancher2_cluster.cluster.id}");
    expect(bindings.map(({ role_template_id, group_principal_id }) => [role_template_id, group_principal_id])).toEqual(
      expect.arrayContaining([
        ["cluster-owner", GROUP_A],
        ["cluster-member", GROUP_A],
        ["cluster-member", GROUP_B],
      ]),
    );
    expect(bindings).toHaveLength(3);
  });

  it("of a project have theirs there", () => {
    const { attributes } = template.resource(PROJECT_MEMBER);
    expect(attributes).toMatchObject({ role_template_id: "project-owner", group_principal_id: GROUP_A });
    expect(template.follow(attributes.project_id).block.attributes).toMatchObject({
      name: "shop",
      description: "Shop",
      cluster_id: "${rancher2_cluster.cluster.id}",
    });
  });

  it("stay where they are when others come", () => {
    const addresses = (changed: Template) => changed.resources(MEMBER).map(({ address }) => address);
    const more = registerForeign({
      members: { "read-nodes": [GROUP_B], ...members, "cluster-owner": [GROUP_B, GROUP_A] },
    });
    expect(addresses(more)).toEqual(expect.arrayContaining(addresses(template)));
    expect(addresses(more)).toHaveLength(5);
  });

  it("may have projects whose names differ in nothing but what an address cannot hold", () => {
    const similar = registerForeign({ projects: { "a b": {}, "a.b": {}, "a-b": {}, "A-b": {} } });
    expect(similar.resources(PROJECT).map(({ attributes }) => attributes.name)).toEqual(
      expect.arrayContaining(["a b", "a.b", "a-b", "A-b"]),
    );
  });
});

describe("what waits for the agent", () => {
  const settings = { projects: { shop: {} }, members: { "cluster-member": [GROUP_A] } };
  const dependsOn = (template: Template, type: string) => template.resource(type).attributes.depends_on;

  it("are projects, which exist in the cluster, for as long as Rancher takes", () => {
    expect(template(30).resource(PROJECT).attributes).toMatchObject({
      wait_for_cluster: true,
      timeouts: { create: "30m" },
    });
  });

  it("is the whole deploy where the file says for how long", () => {
    expect(template(45).resource(SYNC).attributes).toMatchObject({
      cluster_id: "${rancher2_cluster.cluster.id}",
      timeouts: { create: "45m", update: "45m" },
    });
    expect(dependsOn(template(45), PROJECT)).toEqual(["rancher2_cluster_sync.connected"]);
    template().expectAbsent(SYNC);
  });

  it("is nobody's membership, which is Rancher's own affair", () => {
    expect(dependsOn(template(45), MEMBER)).toBeUndefined();
  });

  function template(waitMinutes?: number): Template {
    return registerForeign({ ...settings, waitMinutes });
  }
});
