import type { Environment, EnvironmentInput } from "../../lib/environment";
import { defineEnvironment } from "../../lib/environment";
import { isList, isObject, type JsonObject, parseJson } from "../../lib/policy/terraform-json";
import built from "../environments/built";
import chartered from "../environments/chartered";
import founded from "../environments/founded";
import remote from "../environments/remote";
import seeded from "../environments/seeded";
import stored from "../environments/stored";
import { objectOf, textOf } from "../support/json";
import { covers } from "../support/policy-documents";
import { stackTemplates } from "../support/stacks";
import type { Template } from "../support/template";

const sets = stackTemplates(founded, stored, seeded, chartered);
const bootstrapOf = ({ name }: Environment): Template => sets.template(`bootstrap-${name}`);

/** The statements by which a role is taken on. */
function trustsOf(template: Template, role: string): readonly JsonObject[] {
  const document = objectOf(template.json("aws_iam_role", "assume_role_policy", { name: role }));
  return isList(document.Statement) ? document.Statement.filter(isObject) : [];
}

describe("roles in AWS", () => {
  const template = bootstrapOf(founded);

  it("are taken on by nobody but those with a token of the right issuer, audience and subject", () => {
    for (const phase of ["plan", "apply"]) {
      for (const trust of trustsOf(template, `bootstrap-founded-${phase}`)) {
        const issuer = trust.Sid === "HcpTerraform" ? "app.terraform.io" : "token.actions.githubusercontent.com";
        const audience = trust.Sid === "HcpTerraform" ? "aws.workload.identity" : "sts.amazonaws.com";
        expect(trust).toMatchObject({ Effect: "Allow", Action: ["sts:AssumeRoleWithWebIdentity"] });
        const provider = template.follow(objectOf(trust.Principal).Federated).block.attributes;
        expect(provider).toMatchObject({ url: `https://${issuer}`, client_id_list: [audience] });
        expect(objectOf(objectOf(trust.Condition).StringEquals)[`${issuer}:aud`]).toBe(audience);
        const conditions = Object.values(objectOf(trust.Condition)).flatMap((operator) =>
          Object.keys(objectOf(operator)),
        );
        expect(conditions.sort()).toEqual([`${issuer}:aud`, `${issuer}:sub`]);
      }
    }
  });

  it("stay somebody's for longer than an apply may wait for an image", () => {
    const waits = stackTemplates(built).template("built-inspection").resource("aws_imagebuilder_image").attributes;
    const minutes = Number.parseInt(textOf(objectOf(waits.timeouts).create), 10);
    for (const phase of ["plan", "apply"]) {
      const role = template.resource("aws_iam_role", { name: `bootstrap-founded-${phase}` }).attributes;
      expect(Number(role.max_session_duration)).toBeGreaterThan(minutes * 60);
    }
  });

  it.each(["plan", "apply"])("let workspaces of the environment %s, and no other run", (phase) => {
    const [{ Condition: condition } = {}] = trustsOf(template, `bootstrap-founded-${phase}`);
    const pattern = textOf(objectOf(objectOf(condition).StringLike)["app.terraform.io:sub"]);
    const subject = (workspace: string, project = "platform", runPhase = phase): string =>
      `organization:acme:project:${project}:workspace:${workspace}:run_phase:${runPhase}`;
    for (const stackId of sets.stackIds.filter((id) => id.startsWith("founded-"))) {
      expect([stackId, covers(pattern, subject(stackId))]).toEqual([stackId, true]);
    }
    expect(covers(pattern, subject("founded-allowlist", "other"))).toBe(false);
    expect(covers(pattern, subject("founded-allowlist", "platform", phase === "plan" ? "apply" : "plan"))).toBe(false);
    expect(covers(pattern, subject("bootstrap-founded"))).toBe(false);
    expect(covers(pattern, subject("workspaces-acme"))).toBe(false);
    expect(covers(pattern, subject("foundedtwo-allowlist"))).toBe(false);
  });

  it("let pull requests and one branch plan, and one environment apply, each letter by letter", () => {
    const subjects = (phase: string): unknown =>
      objectOf(objectOf(trustsOf(template, `bootstrap-founded-${phase}`)[1]?.Condition).StringEquals)[
        "token.actions.githubusercontent.com:sub"
      ];
    const repository = "repo:acme@123456/fences@456789";
    expect(subjects("plan")).toEqual([`${repository}:pull_request`, `${repository}:ref:refs/heads/trunk`]);
    expect(subjects("apply")).toEqual([`${repository}:environment:production`]);
  });

  it("trust a provider of somebody else by its ARN", () => {
    bootstrapOf(stored).expectAbsent("aws_iam_openid_connect_provider");
    expect(trustsOf(bootstrapOf(stored), "bootstrap-stored-plan")[0]?.Principal).toEqual({
      Federated: "arn:aws:iam::666677778888:oidc-provider/token.actions.githubusercontent.com",
    });
  });

  it("have the policies of their phase: who plans none of those that write", () => {
    const policies = (phase: string): readonly string[] =>
      template
        .resources("aws_iam_role_policy_attachment", { role: `\${aws_iam_role.aws-runs-${phase}.name}` })
        .map(({ attributes }) => textOf(template.follow(attributes.policy_arn).block.attributes.name));
    expect(policies("plan")).not.toEqual([]);
    expect(policies("plan").every((name) => name.startsWith("bootstrap-founded-read-"))).toBe(true);
    expect(policies("apply")).toEqual(expect.arrayContaining([...policies("plan"), "bootstrap-founded-write-1"]));
    expect(policies("apply")).not.toContain("bootstrap-founded-boundary");
  });

  it("are told by name to whoever configures runs", () => {
    expect(template.output("aws-plan-role-arn").value).toBe("${aws_iam_role.aws-runs-plan.arn}");
    expect(template.output("aws-apply-role-arn").value).toBe("${aws_iam_role.aws-runs-apply.arn}");
  });
});

describe("the boundary", () => {
  it("is on every role of the set, and is the one that bootstrap makes", () => {
    const { name } = bootstrapOf(founded).resource("aws_iam_policy", { name: "bootstrap-founded-boundary" }).attributes;
    const roles = sets.stackIds
      .filter((id) => id.startsWith("founded-"))
      .flatMap((id) => sets.template(id).resources("aws_iam_role"));
    expect(roles).not.toEqual([]);
    for (const { address, attributes } of roles) {
      expect([address, attributes.permissions_boundary]).toEqual([
        address,
        `arn:aws:iam::555566667777:policy/${textOf(name)}`,
      ]);
    }
  });

  it("is on none where no bootstrap makes it", () => {
    const roles = sets.template("seeded-allowlist").resources("aws_iam_role");
    expect(roles).not.toEqual([]);
    for (const { attributes } of roles) expect(attributes).not.toHaveProperty("permissions_boundary");
  });
});

describe("the path of what the set makes in IAM", () => {
  const TYPES = ["aws_iam_role", "aws_iam_policy", "aws_iam_instance_profile"];

  it("sets it apart from what others name alike, where runs are let in", () => {
    const whole = stackTemplates(remote);
    const ofSet = whole.stackIds.filter((id) => id.startsWith("remote-")).map((id) => whole.template(id));
    for (const type of TYPES) {
      const found = ofSet.flatMap((template) => template.resources(type));
      expect(found).not.toEqual([]);
      for (const { address, attributes } of found) expect([address, attributes.path]).toEqual([address, "/ringfence/"]);
    }
  });

  it("is IAM's own where none are", () => {
    for (const type of TYPES) {
      for (const { attributes } of sets.template("seeded-allowlist").resources(type)) {
        expect(attributes).not.toHaveProperty("path");
      }
    }
  });

  it("takes policies along with a role that it has made anew, by an id that is not known before", () => {
    const policies = sets.template("founded-allowlist").resources("aws_iam_role_policy");
    expect(policies).not.toEqual([]);
    for (const { attributes } of policies) expect(attributes.role).toMatch(/^\$\{aws_iam_role\.[\w-]+\.id\}$/);
  });
});

describe("identities in Azure", () => {
  it("have a credential for each workspace that has business there, and for jobs, letter by letter", () => {
    const template = bootstrapOf(founded);
    const subjects = (phase: string): readonly unknown[] =>
      template
        .resources("azurerm_federated_identity_credential", {
          parent_id: `\${azurerm_user_assigned_identity.azure-runs-${phase}.id}`,
        })
        .map(({ attributes: { issuer, subject, audience } }) => [issuer, subject, audience])
        .sort();
    const hcp = (stack: string, phase: string) => [
      "https://app.terraform.io",
      `organization:acme:project:platform:workspace:founded-${stack}:run_phase:${phase}`,
      ["api://AzureADTokenExchange"],
    ];
    const github = (context: string) => [
      "https://token.actions.githubusercontent.com",
      `repo:acme@123456/fences@456789:${context}`,
      ["api://AzureADTokenExchange"],
    ];
    const stacks = ["aks-payments", "azure-network", "rancher-payments"];
    expect(subjects("plan")).toEqual([
      ...stacks.map((stack) => hcp(stack, "plan")),
      github("pull_request"),
      github("ref:refs/heads/trunk"),
    ]);
    expect(subjects("apply")).toEqual([
      ...stacks.map((stack) => hcp(stack, "apply")),
      github("environment:production"),
    ]);
  });

  it("get their credentials one after another", () => {
    const template = bootstrapOf(founded);
    for (const phase of ["plan", "apply"]) {
      const chain = template.resources("azurerm_federated_identity_credential", {
        parent_id: `\${azurerm_user_assigned_identity.azure-runs-${phase}.id}`,
      });
      const behind = chain.flatMap(({ attributes }) => (isList(attributes.depends_on) ? attributes.depends_on : []));
      expect(behind).toHaveLength(chain.length - 1);
      expect(new Set(behind).size).toBe(behind.length);
    }
  });

  it("each have a role of their own at the subscription, which apply gives on under a condition", () => {
    const template = bootstrapOf(founded);
    const subscription = "/subscriptions/55555555-5555-5555-5555-555555555556";
    for (const phase of ["plan", "apply"]) {
      const { attributes } = template.resource("azurerm_role_assignment", {
        principal_id: `\${azurerm_user_assigned_identity.azure-runs-${phase}.principal_id}`,
      });
      expect(attributes).toMatchObject({ scope: subscription, principal_type: "ServicePrincipal" });
      const { block } = template.follow(attributes.role_definition_id);
      expect(block.attributes).toMatchObject({ scope: subscription, assignable_scopes: [subscription] });
      expect(typeof attributes.condition).toBe(phase === "apply" ? "string" : "undefined");
      expect(attributes.condition_version).toBe(phase === "apply" ? "2.0" : undefined);
    }
  });

  it("are let in by a Terraform Enterprise", () => {
    const template = bootstrapOf(chartered);
    const credential = template.resource("azurerm_federated_identity_credential", {
      subject: "organization:acme:project:Azure only:workspace:chartered-aks-payments:run_phase:apply",
    });
    expect(credential.attributes.issuer).toBe("https://terraform.example.com");
    template.expectAbsent("aws_iam_role");
    expect(template.providers("aws")).toEqual([]);
  });

  it("are two pairs for more stacks than one pair has credentials for, and no credential is lost", () => {
    const crowded = withClusters(12);
    const id = "bootstrap-crowded";
    const template = stackTemplates(crowded).template(id);
    const identities = template.resources("azurerm_user_assigned_identity").map(({ logicalId }) => logicalId);
    expect(identities).toEqual(["azure-runs-apply", "azure-runs-apply-2", "azure-runs-plan", "azure-runs-plan-2"]);
    const credentials = template.resources("azurerm_federated_identity_credential");
    const perIdentity = identities.map(
      (identity) =>
        credentials.filter(
          ({ attributes }) => attributes.parent_id === `\${azurerm_user_assigned_identity.${identity}.id}`,
        ).length,
    );
    // The network, twelve clusters and twelve registrations; the job that applies and the two kinds that plan.
    expect(perIdentity).toEqual([18 + 1, 7, 18 + 2, 7]);
    expect(new Set(credentials.map(({ attributes }) => attributes.subject)).size).toBe(2 * 25 + 3);
    expect(template.output("azure-plan-client-id-2").value).toBe(
      "${azurerm_user_assigned_identity.azure-runs-plan-2.client_id}",
    );
  });

  /** An environment in which every cluster is a stack, and its registration another. */
  function withClusters(count: number): Environment {
    const { aks = {}, ...sections } = founded;
    const { payments } = aks;
    if (payments === undefined) throw new Error("founded has no cluster payments");
    const clusters = Array.from({ length: count }, (_, slot) => [`c${slot}`, { ...payments, slot }] as const);
    return defineEnvironment({ ...(sections as EnvironmentInput), name: "crowded", aks: Object.fromEntries(clusters) });
  }
});

describe("the bucket of the states", () => {
  const template = bootstrapOf(stored);
  const bucket = template.resource("aws_s3_bucket", { bucket: "acme-stored-states" });

  it("is the one that the set's states go to", () => {
    for (const id of ["stored-allowlist", "stored-aws-network", "bootstrap-stored"]) {
      const { backend } = objectOf(sets.template(id).configuration.terraform);
      expect(objectOf(backend).s3).toEqual({
        bucket: "acme-stored-states",
        key: `team/fences/${id}.tfstate`,
        region: "eu-west-1",
        use_lockfile: true,
      });
    }
  });

  it("keeps every version for a while, under a key of its own, and is guarded", () => {
    const of = { bucket: `\${${bucket.address}.id}` };
    template.resource("aws_s3_bucket_versioning", { ...of, versioning_configuration: { status: "Enabled" } });
    template.resource("aws_s3_bucket_lifecycle_configuration", {
      ...of,
      rule: [{ noncurrent_version_expiration: [{ noncurrent_days: 365 }] }],
    });
    template.resource("aws_s3_bucket_public_access_block", { ...of, restrict_public_buckets: true });
    const encryption = template.resource("aws_s3_bucket_server_side_encryption_configuration", of).attributes;
    expect(JSON.stringify(encryption)).toContain("${aws_kms_key.states-key.arn}");
    for (const { attributes } of [bucket, template.resource("aws_kms_key")]) {
      expect(attributes.lifecycle).toEqual({ prevent_destroy: true });
    }
    expect(bucket.attributes.force_destroy).toBe(false);
  });

  it("refuses plain HTTP, and every object whose writer asks for another key", () => {
    const policy = objectOf(parseJson(textOf(template.resource("aws_s3_bucket_policy").attributes.policy)));
    expect(policy.Statement).toEqual([
      expect.objectContaining({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
      expect.objectContaining({
        Effect: "Deny",
        Action: ["s3:PutObject"],
        Resource: [`\${${bucket.address}.arn}/*`],
        Condition: {
          Null: { "s3:x-amz-server-side-encryption": "false" },
          StringNotEquals: { "s3:x-amz-server-side-encryption-aws-kms-key-id": "${aws_kms_key.states-key.arn}" },
        },
      }),
    ]);
  });

  it("tells who reads it where there is somewhere to tell", () => {
    expect(template.resource("aws_s3_bucket_logging").attributes).toMatchObject({
      target_bucket: "acme-access-logs",
      target_prefix: "acme-stored-states/",
    });
    bootstrapOf(seeded).expectAbsent("aws_s3_bucket_logging");
  });

  it("comes alone where nobody is let in", () => {
    const alone = bootstrapOf(seeded);
    for (const type of ["aws_iam_role", "aws_iam_policy", "aws_iam_openid_connect_provider"]) alone.expectAbsent(type);
    expect(alone.resource("aws_s3_bucket").attributes).toMatchObject({
      bucket: "acme-seeded-states",
      force_destroy: true,
    });
  });
});

describe("the stack", () => {
  it("stands apart: by its id, its tags, and whom it waits for", () => {
    for (const environment of [founded, stored, seeded]) {
      const id = `bootstrap-${environment.name}`;
      const [aws] = bootstrapOf(environment).providers("aws");
      expect(JSON.stringify(aws?.default_tags)).toContain(`"ringfence:environment":"${id}"`);
      expect(sets.dependencies(id)).toEqual([]);
      for (const stackId of sets.stackIds) expect(sets.dependencies(stackId)).not.toContain(id);
    }
    const { tags } = bootstrapOf(founded).resource("azurerm_user_assigned_identity", {
      name: "bootstrap-founded-plan",
    }).attributes;
    expect(tags).toMatchObject({ "ringfence:environment": "bootstrap-founded" });
  });

  it("keeps its state on the laptop until the file says otherwise", () => {
    const backendOf = (environment: Environment): JsonObject =>
      objectOf(bootstrapOf(environment).configuration.terraform);
    expect(Object.keys(objectOf(backendOf(founded).backend))).toEqual(["local"]);
    expect(Object.keys(objectOf(backendOf(seeded).backend))).toEqual(["local"]);
    expect(objectOf(backendOf(chartered).cloud)).toMatchObject({
      hostname: "terraform.example.com",
      workspaces: { name: "bootstrap-chartered" },
    });
  });

  it("registers in Azure what the set needs, which may not itself", () => {
    const [azure] = bootstrapOf(founded).providers("azurerm");
    const [ofRegistration] = sets.template("founded-rancher-payments").providers("azurerm");
    const services = (provider: JsonObject | undefined): readonly unknown[] =>
      isList(provider?.resource_providers_to_register) ? provider.resource_providers_to_register : [];
    expect(services(ofRegistration)).toContain("Microsoft.ContainerInstance");
    expect(services(azure)).toEqual(expect.arrayContaining([...services(ofRegistration)]));
    expect(new Set(services(azure)).size).toBe(services(azure).length);
  });
});
