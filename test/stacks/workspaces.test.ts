import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { defineOrganization, type Environment, type Organization, type OrganizationInput } from "../../lib/environment";
import exampleOrganization from "../../organizations/example";
import { isList, isObject, type JsonObject, type JsonValue } from "../../lib/policy/terraform-json";
import hosted from "../environments/hosted";
import remote from "../environments/remote";
import acme from "../organizations/acme";
import { environmentWith } from "../support/environment";
import { withFolder } from "../support/folder";
import { objectOf, objectsOf, parsedObject, textOf } from "../support/json";
import { synthesizeInto, templatesWith } from "../support/stacks";
import type { Template } from "../support/template";

const STACK = "workspaces-acme";

/** What is written for Terraform and for `cdktf deploy`: the manifest, and the configuration of each stack. */
interface Written {
  readonly manifest: JsonObject;
  readonly documents: ReadonlyMap<string, JsonObject>;
}

function write(organization: Organization, ...environments: readonly Environment[]): Written {
  return withFolder((folder) => {
    synthesizeInto(folder, environments, [organization]);
    const manifest = objectOf(parsedObject(readFileSync(join(folder, "manifest.json"), "utf8")).stacks);
    const read = (id: string): JsonObject =>
      parsedObject(readFileSync(join(folder, "stacks", id, "cdk.tf.json"), "utf8"));
    return { manifest, documents: new Map(Object.keys(manifest).map((id) => [id, read(id)])) };
  });
}

const written = write(acme, hosted, remote);

const at = (value: JsonValue | undefined, ...keys: readonly string[]): JsonValue | undefined =>
  keys.reduce<JsonValue | undefined>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
const entriesAt = (
  value: JsonValue | undefined,
  ...keys: readonly string[]
): readonly (readonly [string, JsonObject])[] =>
  Object.entries(objectOf(at(value, ...keys) ?? {})).map(([key, inner]) => [key, objectOf(inner)]);

const workspaces = written.documents.get(STACK);
/**
 * Stacks whose states are in HCP Terraform, by the workspace that their own configuration names. What comes before this stack cannot wait
 * for it: its workspace is made by hand.
 */
const stackByWorkspace = new Map(
  [...written.documents]
    .filter(([id]) => !id.startsWith("bootstrap-"))
    .flatMap(([id, document]) => {
      const name = at(document.terraform, "cloud", "workspaces", "name");
      return typeof name === "string" ? [[name, id] as const] : [];
    }),
);
const resources = (type: string): readonly (readonly [string, JsonObject])[] => entriesAt(workspaces?.resource, type);
/** The stack whose workspace a reference names: `${tfe_workspace.prod-allowlist.id}`. */
const stackOf = (reference: JsonValue | undefined): string => {
  const [, id = ""] = /^\$\{tfe_workspace\.([\w-]+)\.id\}$/.exec(textOf(reference)) ?? [];
  const name = resources("tfe_workspace").find(([logicalId]) => logicalId === id)?.[1].name;
  return stackByWorkspace.get(textOf(name)) ?? `no stack: ${textOf(reference)}`;
};
const listOf = (value: JsonValue | undefined): readonly JsonValue[] => (isList(value) ? value : []);

test("the set that runs in HCP Terraform has every stack that there is", () => {
  const helpers = ["built-set", "stack-set", "workspace-facts"];
  const stacks = readdirSync(join(__dirname, "..", "..", "stacks")).map((file) => file.replace(/\.ts$/, ""));
  const known = [...written.documents.keys()];
  const isThere = (stack: string): boolean =>
    known.some((id) =>
      [`remote-${stack}`, `${stack}-remote`, `${stack}-acme`].some((name) => `${id}-`.startsWith(`${name}-`)),
    );
  expect(stacks.filter((stack) => !helpers.includes(stack) && !isThere(stack))).toEqual([]);
});

describe("the workspaces of an organization", () => {
  test("are those that the stacks' own configurations name, each in its environment's project", () => {
    const made = resources("tfe_workspace").map(([, { name }]) => textOf(name));
    expect(made.sort()).toEqual([...stackByWorkspace.keys()].sort());
    expect(made).toEqual(expect.arrayContaining(["hosted-allowlist", "remote-inspection", "remote-aks-payments"]));
    const projects = Object.fromEntries(
      resources("tfe_project").map(([id, { name }]) => [`\${tfe_project.${id}.id}`, name]),
    );
    for (const [, { name, project_id: project }] of resources("tfe_workspace")) {
      const document = written.documents.get(stackByWorkspace.get(textOf(name)) ?? "");
      const asked = at(document?.terraform, "cloud", "workspaces", "project");
      // This one exists, and is looked up.
      const found = project === "${data.tfe_project.project-platform.id}" ? "platform" : projects[textOf(project)];
      expect([name, found]).toEqual([name, asked]);
    }
  });

  test("share their states with those that read them, and with nobody else", () => {
    const readers = new Map([...stackByWorkspace.values()].map((id) => [id, [] as string[]]));
    for (const consumer of stackByWorkspace.values()) {
      for (const [, state] of entriesAt(written.documents.get(consumer)?.data, "terraform_remote_state")) {
        expect([state.backend, at(state.config, "organization")]).toEqual(["remote", "acme"]);
        const producer = stackByWorkspace.get(textOf(at(state.config, "workspaces", "name")));
        readers.get(producer ?? "")?.push(consumer);
      }
    }
    const shared = resources("tfe_workspace_settings").map(
      ([, settings]) =>
        [stackOf(settings.workspace_id), listOf(settings.remote_state_consumer_ids).map(stackOf).sort()] as const,
    );
    expect(Object.fromEntries(shared)).toEqual(
      Object.fromEntries([...readers].map(([id, consumers]) => [id, consumers.sort()])),
    );
    expect(readers.get("remote-aws-network")).toEqual(
      expect.arrayContaining(["remote-allowlist", "remote-inspection", "remote-wallarm-api"]),
    );
    // A list left out would leave what was shared before; and what is global needs no list.
    for (const [, settings] of resources("tfe_workspace_settings")) {
      expect(settings).toMatchObject({ global_remote_state: false });
      expect(settings.remote_state_consumer_ids).toBeInstanceOf(Array);
    }
  });

  test("run after those that the manifest puts before them", () => {
    const triggers = resources("tfe_run_trigger").map(
      ([, { workspace_id: later, sourceable_id: earlier }]) => `${stackOf(earlier)} -> ${stackOf(later)}`,
    );
    const ties = [...stackByWorkspace.values()].flatMap((later) =>
      listOf(objectOf(written.manifest[later] ?? {}).dependencies).map((earlier) => `${textOf(earlier)} -> ${later}`),
    );
    expect(triggers.sort()).toEqual(ties.sort());
    expect(ties).toEqual(expect.arrayContaining(["remote-inspection -> remote-wallarm-api"]));
  });

  test("have what their providers sign in with, and nothing of others", () => {
    const attached = new Map<string, string[]>();
    for (const [, { variable_set_id: set, workspace_id: workspace }] of resources("tfe_workspace_variable_set")) {
      const [, id = ""] = /^\$\{tfe_variable_set\.([\w-]+)\.id\}$/.exec(textOf(set)) ?? [];
      attached.set(id, [...(attached.get(id) ?? []), stackOf(workspace)]);
    }
    const using = (environment: string, provider: string): readonly string[] =>
      [...stackByWorkspace.values()]
        .filter((id) => id.startsWith(`${environment}-`))
        .filter((id) => at(written.documents.get(id)?.provider, provider) !== undefined)
        .sort();
    expect(attached.get("hosted-aws")?.sort()).toEqual(using("hosted", "aws"));
    expect(attached.get("remote-rancher")?.sort()).toEqual(using("remote", "rancher2"));
    expect(attached.get("remote-rancher")).toHaveLength(2);
    expect(attached.get("remote-aws")?.sort()).toEqual(using("remote", "aws"));
    expect(attached.get("remote-azure")?.sort()).toEqual(using("remote", "azurerm"));
    expect([...attached.keys()].sort()).toEqual(["hosted-aws", "remote-aws", "remote-azure", "remote-rancher"]);
  });

  test("sign in as what the environment's bootstrap makes, whose identities in Azure are read from its state", () => {
    const value = (key: string): JsonValue | undefined =>
      resources("tfe_variable").find(([id]) => id === `remote-${key}`)?.[1].value;
    const roles = entriesAt(written.documents.get("bootstrap-remote")?.resource, "aws_iam_role");
    const arnOf = (phase: string): string =>
      `arn:aws:iam::111122223333:role/${textOf(roles.find(([, { name }]) => textOf(name).endsWith(`-${phase}`))?.[1].name)}`;
    expect(value("aws-TFC_AWS_PLAN_ROLE_ARN")).toBe(arnOf("plan"));
    expect(value("aws-TFC_AWS_APPLY_ROLE_ARN")).toBe(arnOf("apply"));
    const template = templatesWith([acme], hosted, remote).template(STACK);
    for (const phase of ["plan", "apply"]) {
      const { block } = template.follow(value(`azure-TFC_AZURE_${phase.toUpperCase()}_CLIENT_ID`));
      expect(block.type).toBe("azurerm_user_assigned_identity");
      expect(block.attributes.name).toMatch(new RegExp(`-${phase}$`));
    }
    expect(listOf(objectOf(written.manifest[STACK]).dependencies)).toEqual(["bootstrap-remote"]);
  });
});

/** A small environment in HCP Terraform: an allowlist and the network that it reads. */
const small = (sections: Parameters<typeof environmentWith>[0] = {}): Environment =>
  environmentWith({
    state: { kind: "hcp", organization: "acme", project: "platform" },
    aws: {
      accountId: "111122223333",
      region: "eu-central-1",
      network: { cidr: "10.20.0.0/16", zones: ["a", "b"] },
    },
    ...sections,
  });

const organization = (fields: Partial<OrganizationInput> = {}) =>
  defineOrganization({ organization: "acme", terraformVersion: "1.11.4", ...fields });

const build = (fields: Partial<OrganizationInput> = {}, ...environments: readonly Environment[]): Template =>
  templatesWith([organization(fields)], ...(environments.length > 0 ? environments : [small()])).template(STACK);

const settingsOf = (template: Template, stackId: string): JsonObject =>
  template.resource("tfe_workspace_settings", { workspace_id: `\${tfe_workspace.${stackId}.id}` }).attributes;

describe("how Terraform runs", () => {
  test("in one exact version, on HCP Terraform's machines, confirmed by a person, unless the file says more", () => {
    const template = build();
    for (const { attributes } of template.resources("tfe_workspace")) {
      expect(attributes).toMatchObject({
        terraform_version: "1.11.4",
        queue_all_runs: false,
        auto_apply_run_trigger: false,
      });
      expect(attributes.vcs_repo).toBeUndefined();
      expect(attributes.working_directory).toBeUndefined();
    }
    expect(settingsOf(template, "test-allowlist")).toMatchObject({
      execution_mode: "remote",
      auto_apply: false,
      assessments_enabled: false,
    });
  });

  test("never by arguments of the workspace that are deprecated", () => {
    for (const { attributes } of build({ executionMode: "agent", agentPoolId: "apool-1" }).resources("tfe_workspace")) {
      const deprecated = [
        "agent_pool_id",
        "execution_mode",
        "global_remote_state",
        "operations",
        "remote_state_consumer_ids",
      ];
      expect(deprecated.filter((argument) => argument in attributes)).toEqual([]);
    }
  });

  test("differs for an environment where the file says so, and keeps the rest", () => {
    const template = build(
      {
        autoApply: true,
        environments: { other: { executionMode: "agent", agentPoolId: "apool-2", terraformVersion: "1.12.0" } },
      },
      small(),
      small({ name: "other" }),
    );
    expect(settingsOf(template, "test-allowlist")).toMatchObject({ execution_mode: "remote", auto_apply: true });
    expect(settingsOf(template, "other-allowlist")).toMatchObject({
      execution_mode: "agent",
      agent_pool_id: "apool-2",
      auto_apply: true,
    });
    expect(template.resource("tfe_workspace", { name: "other-allowlist" }).attributes.terraform_version).toBe("1.12.0");
  });

  test("from the folder that CI commits, each workspace from its own", () => {
    const vcs = { repository: "acme/platform", folder: "out/stacks", githubAppInstallationId: "ghain-1" };
    expect(build({ vcs }).resource("tfe_workspace", { name: "test-allowlist" }).attributes).toMatchObject({
      working_directory: "out/stacks/test-allowlist",
      vcs_repo: { identifier: "acme/platform", github_app_installation_id: "ghain-1" },
    });
  });

  test("after others' runs with commits only, where nothing else keeps the order", () => {
    const vcs = { repository: "acme/platform", oauthTokenId: "ot-1" };
    const count = (fields: Partial<OrganizationInput>): number => build(fields).count("tfe_run_trigger");
    expect([count({}), count({ vcs }), count({ vcs, runTriggers: false }), count({ runTriggers: true })]).toEqual([
      0, 1, 0, 1,
    ]);
  });

  test("nowhere in HCP Terraform with execution mode local, which reads no variables of it", () => {
    const credentials = {
      aws: { planRoleArn: "arn:aws:iam::111122223333:role/p", applyRoleArn: "arn:aws:iam::111122223333:role/a" },
    };
    const environments = { test: { credentials } };
    expect(build({ environments }).count("tfe_workspace_variable_set")).toBe(2);
    const local = build({ environments, executionMode: "local", runTriggers: false });
    expect(settingsOf(local, "test-allowlist").execution_mode).toBe("local");
    local.expectAbsent("tfe_variable_set");
    expect(settingsOf(local, "test-aws-network").remote_state_consumer_ids).toEqual([
      "${tfe_workspace.test-allowlist.id}",
    ]);
  });
});

describe("what runs sign in with", () => {
  const credentials = {
    aws: {
      planRoleArn: "arn:aws:iam::111122223333:role/terraform-plan",
      applyRoleArn: "arn:aws:iam::111122223333:role/terraform-apply",
    },
  };

  test("a role of AWS for each phase", () => {
    const template = build({ environments: { test: { credentials } } });
    const variables = template
      .resources("tfe_variable", { variable_set_id: "${tfe_variable_set.test-aws.id}" })
      .map(({ attributes: { key, value, category } }) => [key, value, category]);
    expect(variables).toEqual(
      expect.arrayContaining([
        ["TFC_AWS_PROVIDER_AUTH", "true", "env"],
        ["TFC_AWS_PLAN_ROLE_ARN", credentials.aws.planRoleArn, "env"],
        ["TFC_AWS_APPLY_ROLE_ARN", credentials.aws.applyRoleArn, "env"],
      ]),
    );
    expect(variables).toHaveLength(3);
  });

  test("nothing that the file does not say: a note tells it", () => {
    const template = build();
    template.expectAbsent("tfe_variable_set");
    expect(template.configuration.variable).toBeUndefined();
    const { manifest } = write(organization(), small());
    expect(objectsOf(objectOf(manifest[STACK]).annotations).map(({ message }) => message)).toEqual([
      expect.stringMatching(/^nothing lets runs of test into AWS: add bootstrap: \{ hcp: \{\} \}/),
    ]);
  });

  test("Rancher's token is made empty, hidden, and kept where the environment is protected", () => {
    const rancher = { url: "https://rancher.example.com", clusters: { "otc-billing": {} } };
    const token = (protect: boolean): JsonObject =>
      build({}, small({ rancher, protect })).resource("tfe_variable", { key: "RANCHER_TOKEN_KEY" }).attributes;
    expect(token(true)).toMatchObject({ sensitive: true, category: "env", lifecycle: { prevent_destroy: true } });
    expect(token(false).lifecycle).toBeUndefined();
    expect(["value", "value_wo"].filter((argument) => argument in token(false))).toEqual([]);
  });
});

describe("what is kept", () => {
  test("workspaces and projects of protected environments, which nothing may destroy", () => {
    const template = build(
      {},
      small({ protect: true }),
      small({ name: "other", state: { kind: "hcp", organization: "acme", project: "dev" } }),
    );
    const { attributes } = template.resource("tfe_workspace", { name: "test-allowlist" });
    expect(attributes).toMatchObject({ allow_destroy_plan: false, lifecycle: { prevent_destroy: true } });
    const open = template.resource("tfe_workspace", { name: "other-allowlist" }).attributes;
    expect(open.allow_destroy_plan).toBe(true);
    expect(open.lifecycle).toBeUndefined();
    expect(template.resource("tfe_project", { name: "platform" }).attributes.lifecycle).toEqual({
      prevent_destroy: true,
    });
    expect(template.resource("tfe_project", { name: "dev" }).attributes.lifecycle).toBeUndefined();
  });

  test("no workspace is deleted by force, protected or not", () => {
    for (const { attributes } of build().resources("tfe_workspace")) expect(attributes.force_delete).toBeUndefined();
  });

  test("a project that exists is looked up, not made", () => {
    const template = build({ existingProjects: ["platform"] });
    template.expectAbsent("tfe_project");
    expect(template.data("tfe_project").attributes.name).toBe("platform");
  });

  test("states of others are nobody's to share here", () => {
    const allowlist = {
      clusters: { "gke-search": { state: { kind: "hcp", organization: "acme", workspace: "gke-search" } } },
    } as const;
    const template = build({}, small({ allowlist }));
    expect(template.resources("tfe_workspace").map(({ attributes: { name } }) => name)).toEqual([
      "test-allowlist",
      "test-aws-network",
    ]);
    expect(settingsOf(template, "test-aws-network").remote_state_consumer_ids).toEqual([
      "${tfe_workspace.test-allowlist.id}",
    ]);
  });

  test("one environment may read another's state, which is then shared", () => {
    const clusters = {
      egress: { state: { kind: "hcp", organization: "acme", workspace: "test-aws-network" } },
    } as const;
    const template = build({}, small(), small({ name: "other", allowlist: { clusters } }));
    expect(settingsOf(template, "test-aws-network").remote_state_consumer_ids).toEqual([
      "${tfe_workspace.test-allowlist.id}",
      "${tfe_workspace.other-allowlist.id}",
    ]);
  });

  test("nor are those of another host's organization of the same name", () => {
    const clusters = {
      egress: {
        state: { kind: "hcp", hostname: "tfe.example.com", organization: "acme", workspace: "test-aws-network" },
      },
    } as const;
    const template = build({}, small(), small({ name: "other", allowlist: { clusters } }));
    expect(settingsOf(template, "test-aws-network").remote_state_consumer_ids).toEqual([
      "${tfe_workspace.test-allowlist.id}",
    ]);
  });
});

describe("who hears and who may", () => {
  test("every workspace tells, by a webhook whose address is a sensitive variable, or by mail to members", () => {
    const template = build({
      notifications: {
        "on-call": { kind: "slack", triggers: ["run:errored"] },
        mail: { kind: "email", addresses: ["ops@example.com"] },
      },
    });
    expect(template.count("tfe_notification_configuration")).toBe(4);
    const [slack] = template.resources("tfe_notification_configuration", { destination_type: "slack" });
    expect(slack?.attributes).toMatchObject({
      enabled: true,
      triggers: ["run:errored"],
      url: "${var.notification_on_call_url}",
    });
    expect(objectOf(template.configuration.variable)).toMatchObject({ notification_on_call_url: { sensitive: true } });
    const [mail] = template.resources("tfe_notification_configuration", { destination_type: "email" });
    expect(template.follow(listOf(mail?.attributes.email_user_ids)[0]).block.attributes.email).toBe("ops@example.com");
  });

  test("a team may plan without applying", () => {
    const template = build({ teams: { developers: "plan", platform: "write" } });
    const access = (level: string): JsonObject =>
      template.resource("tfe_team_project_access", { access: level }).attributes;
    expect(template.follow(access("write").team_id).block.attributes.name).toBe("platform");
    expect(template.follow(access("custom").team_id).block.attributes.name).toBe("developers");
    expect(access("custom").workspace_access).toEqual([
      expect.objectContaining({
        runs: "plan",
        variables: "read",
        state_versions: "read-outputs",
        create: false,
        delete: false,
      }),
    ]);
  });
});

test("the example organization makes what it shows, for environments that are called as its own are", () => {
  const state = { kind: "hcp", organization: "example", project: "platform" } as const;
  const template = templatesWith([exampleOrganization], small({ name: "prod", state }), small({ name: "dev", state }));
  const made = template.template("workspaces-example");
  expect(settingsOf(made, "prod-allowlist")).toMatchObject({ execution_mode: "agent", assessments_enabled: true });
  expect(settingsOf(made, "dev-allowlist")).toMatchObject({ execution_mode: "remote", auto_apply: true });
  expect(made.resource("tfe_workspace", { name: "prod-allowlist" }).attributes.vcs_repo).toMatchObject({
    branch: "release",
  });
  expect(made.resource("tfe_variable_set").attributes.name).toBe("dev-aws");
});
