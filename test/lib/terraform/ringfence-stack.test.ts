import childProcess from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region";
import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { IpGroup } from "@cdktf/provider-azurerm/lib/ip-group";
import { Subnet } from "@cdktf/provider-azurerm/lib/subnet";
import { VirtualNetwork } from "@cdktf/provider-azurerm/lib/virtual-network";
import { App, CloudBackend, NamedCloudWorkspace, TerraformOutput, TerraformStack } from "cdktf";
import { Construct } from "constructs";

import { guarded, TAG_KEYS, TERRAFORM_VERSION } from "../../../lib/terraform";
import { withFolder } from "../../support/folder";
import { objectOf, parsedObject } from "../../support/json";
import { Template } from "../../support/template";
import { appInProject, prod, TestStack } from "./stack";

const ROLE = "arn:aws:iam::111122223333:role/terraform";

const providerOf = (stack: TestStack): unknown => Template.of(stack).providers("aws");

describe("every stack", () => {
  it("is called after its environment, itself and its instance", () => {
    const app = appInProject();
    expect(new TestStack(app, prod(), "allowlist").node.id).toBe("prod-allowlist");
    expect(new TestStack(app, prod(), "wallarm", { clouds: [], instance: "api" }).node.id).toBe("prod-wallarm-api");
  });

  it("asks for a Terraform that knows write-only arguments and S3 lock files", () => {
    const { configuration } = Template.of(new TestStack(appInProject(), prod(), "allowlist", { clouds: [] }));
    expect(objectOf(configuration.terraform).required_version).toBe(TERRAFORM_VERSION);
    const [, major, minor] = /^>= (\d+)\.(\d+)\.\d+$/.exec(TERRAFORM_VERSION) ?? [];
    expect([Number(major), Number(minor)]).toEqual([1, 11]);
  });

  it("configures no cloud that it does not use", () => {
    const stack = new TestStack(appInProject(), prod(), "allowlist", { clouds: [] });
    expect(Template.of(stack).configuration.provider).toBeUndefined();
  });
});

describe("the AWS provider", () => {
  const aws = { accountId: "111122223333", region: "eu-central-1" };

  it("touches one account in one Region, and tags what it makes", () => {
    const stack = new TestStack(appInProject(), prod({ tags: { owner: "platform" } }), "allowlist");
    expect(providerOf(stack)).toEqual([
      {
        region: "eu-central-1",
        allowed_account_ids: ["111122223333"],
        default_tags: [
          {
            tags: { owner: "platform", "ringfence:environment": "prod", "ringfence:stack": "prod-allowlist" },
          },
        ],
      },
    ]);
    expect(Object.values(TAG_KEYS)).toEqual(["ringfence:environment", "ringfence:stack"]);
  });

  it("assumes a role in a session of the stack's name", () => {
    const assumeRole = { roleArn: ROLE, externalId: "ringfence" };
    expect(providerOf(new TestStack(appInProject(), prod({ aws: { ...aws, assumeRole } }), "allowlist"))).toMatchObject(
      [{ assume_role: [{ role_arn: ROLE, external_id: "ringfence", session_name: "prod-allowlist" }] }],
    );
  });

  it("uses a profile", () => {
    expect(
      providerOf(new TestStack(appInProject(), prod({ aws: { ...aws, profile: "prod" } }), "allowlist")),
    ).toMatchObject([{ profile: "prod" }]);
  });

  it("is refused where the environment has no AWS section", () => {
    expect(() => new TestStack(appInProject(), prod({ aws: undefined }), "allowlist")).toThrow(
      "prod-allowlist needs the environment's section 'aws'",
    );
  });

  it("names sessions within 64 characters for any environment", () => {
    const environment = prod({ name: "abcdefghijklmnop", aws: { ...aws, assumeRole: { roleArn: ROLE } } });
    const instance = "a-cluster-of-some-length-or-even-more-than-that-0123456789";
    const stack = new TestStack(appInProject(), environment, "wallarm", { clouds: ["aws"], instance });
    const [provider] = Template.of(stack).providers("aws");
    expect(JSON.stringify(provider?.assume_role)).toMatch(/"session_name":"[\w+=,.@-]{2,64}"/);
  });
});

describe("the Azure provider", () => {
  const azure = {
    tenantId: "11111111-1111-1111-1111-111111111111",
    subscriptionId: "22222222-2222-2222-2222-222222222222",
    location: "westeurope",
  };
  const place = { name: "a", location: "westeurope", resourceGroupName: "a" };
  const inAzure = (fields: Parameters<typeof prod>[0] = {}): TestStack =>
    new TestStack(appInProject(), prod({ aws: undefined, azure, ...fields }), "azure-network", { clouds: ["azure"] });

  it("touches one subscription of one tenant, and destroys nothing that it did not make", () => {
    const [provider] = Template.of(inAzure()).providers("azurerm");
    expect(provider).toMatchObject({
      tenant_id: azure.tenantId,
      subscription_id: azure.subscriptionId,
      features: [{ resource_group: [{ prevent_deletion_if_contains_resources: true }] }],
    });
  });

  it("registers services that the stacks use, and no others", () => {
    const [provider] = Template.of(inAzure()).providers("azurerm");
    expect(provider?.resource_provider_registrations).toBe("none");
    expect(provider?.resource_providers_to_register).toContain("Microsoft.Network");
    expect(provider?.resource_providers_to_register).not.toContain("Microsoft.ContainerInstance");
  });

  it("registers what one stack needs besides, in that stack", () => {
    const options = { clouds: ["azure"], azureServices: ["Microsoft.ContainerInstance"] } as const;
    const stack = new TestStack(appInProject(), prod({ aws: undefined, azure }), "script", options);
    const [provider] = Template.of(stack).providers("azurerm");
    expect(provider?.resource_providers_to_register).toEqual(
      expect.arrayContaining(["Microsoft.Network", "Microsoft.ContainerInstance"]),
    );
  });

  it("is refused where the environment has no Azure section", () => {
    expect(() => inAzure({ azure: undefined })).toThrow("prod-azure-network needs the environment's section 'azure'");
  });

  it("has what it makes tagged one by one, as it has no default tags", () => {
    const stack = inAzure({ tags: { owner: "platform" } });
    new VirtualNetwork(new Construct(stack, "network"), "Resource", { ...place, addressSpace: ["10.0.0.0/16"] });
    new IpGroup(stack, "own", { ...place, tags: { owner: "somebody", purpose: "test" } });
    const common = { owner: "platform", "ringfence:environment": "prod", "ringfence:stack": "prod-azure-network" };
    const template = Template.of(stack);
    expect(template.resource("azurerm_virtual_network").attributes.tags).toEqual(common);
    expect(template.resource("azurerm_ip_group").attributes.tags).toEqual({ ...common, purpose: "test" });
  });

  it("is given no tags where there can be none, nor is that of AWS", () => {
    const stack = new TestStack(appInProject(), prod({ azure }), "both", { clouds: ["aws", "azure"] });
    new Subnet(stack, "subnet", { name: "a", resourceGroupName: "a", virtualNetworkName: "a", addressPrefixes: [] });
    new Eip(stack, "egress", {});
    const template = Template.of(stack);
    expect(template.resource("azurerm_subnet").attributes.tags).toBeUndefined();
    expect(template.resource("aws_eip").attributes.tags).toBeUndefined();
  });
});

describe("the Rancher provider", () => {
  const url = "https://rancher.example.com";
  const inRancher = (rancher: Parameters<typeof prod>[0]): TestStack =>
    new TestStack(appInProject(), prod({ aws: undefined, ...rancher }), "rancher", { clouds: ["rancher"] });

  it("signs in with what is nowhere in the file, and verifies the server whatever its variables say", () => {
    const [provider] = Template.of(inRancher({ rancher: { url } })).providers("rancher2");
    expect(provider).toEqual({ api_url: url, insecure: false });
  });

  it("takes the release of the file", () => {
    const versionOf = (providerVersion?: string) =>
      Template.of(inRancher({ rancher: { url, providerVersion } })).configuration.terraform;
    expect(versionOf()).toMatchObject({ required_providers: { rancher2: { version: "7.9.0" } } });
    expect(versionOf("7.11.1")).toMatchObject({
      required_providers: { rancher2: { source: "rancher/rancher2", version: "7.11.1" } },
    });
  });

  it("is refused where the environment has no Rancher section", () => {
    expect(() => inRancher({})).toThrow("prod-rancher needs the environment's section 'rancher'");
  });
});

/** A construct whose main resource lends it its name, and another resource beside it. */
class Clusters extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new DynamodbTable(this, "Resource", { name: id, hashKey: "id" });
    new CloudwatchLogGroup(this, "logs", {});
  }
}

describe("addresses", () => {
  it("read as the code does", () => {
    const stack = new TestStack(appInProject(), prod(), "allowlist");
    new Clusters(stack, "clusters");
    new Eip(new Construct(new Construct(stack, "network"), "nat-a"), "eip", {});
    new DataAwsRegion(stack, "current", {});
    const template = Template.of(stack);
    expect(template.resource("aws_dynamodb_table").address).toBe("aws_dynamodb_table.clusters");
    expect(template.resource("aws_cloudwatch_log_group").address).toBe("aws_cloudwatch_log_group.clusters-logs");
    expect(template.resource("aws_eip").address).toBe("aws_eip.network-nat-a-eip");
    expect(template.data("aws_region").address).toBe("data.aws_region.current");
  });

  it("hold only what Terraform allows in a name", () => {
    const stack = new TestStack(appInProject(), prod(), "allowlist");
    new Eip(stack, "of my.company: egress", {});
    expect(Template.of(stack).resource("aws_eip").logicalId).toBe("of-mycompany--egress");
  });

  it("may be shared by resources of two types", () => {
    const stack = new TestStack(appInProject(), prod(), "allowlist");
    new Clusters(stack, "clusters");
    new Eip(stack, "clusters-logs", {});
    expect(() => Template.of(stack)).not.toThrow();
  });

  it.each([
    ["a-b", "eip", "a", "b-eip"],
    ["a.b", "eip", "ab", "eip"],
    ["a-b", "Resource", "a", "b"],
    ["a b", "eip", "a-b", "eip"],
  ])("of two resources of one type never coincide: %s/%s and %s/%s", (first, one, second, other) => {
    const stack = new TestStack(appInProject(), prod(), "allowlist");
    const make = (scope: string, id: string): unknown => new Eip(new Construct(stack, scope), id, {});
    expect(() => {
      make(first, one);
      make(second, other);
      Template.of(stack);
    }).toThrow(
      /^prod-allowlist\/.* and prod-allowlist\/.* would both be aws_eip\..*; give one of them another construct id$/,
    );
  });

  it("of values that cross stacks hold no dot, and lead to the value", () => {
    const app = appInProject();
    const network = new TestStack(app, prod(), "aws-network");
    const consumer = new TestStack(app, prod(), "allowlist");
    new Eip(consumer, "copy", { address: new Eip(network, "nat-a", {}).publicIp });
    const template = Template.of(consumer);
    const { address } = template.resource("aws_eip").attributes;
    expect(address).toMatch(/\.outputs\.[\w-]+\}$/);
    const outputs = Object.keys(objectOf(Template.of(network).configuration.output));
    expect(outputs).toEqual([expect.stringMatching(/^cross-stack-output-[\w-]+$/)]);
    expect(template.follow(address)).toMatchObject({ block: { address: "aws_eip.nat-a" }, attribute: "public_ip" });
  });

  it("of cross-stack values that would coincide without their dots are refused", () => {
    const app = appInProject();
    const network = new TestStack(app, prod(), "aws-network");
    const consumer = new TestStack(app, prod(), "allowlist");
    const value = "${aws_eip.a.public_ip}";
    new TerraformOutput(network, "a.b", { value });
    new TerraformOutput(network, "ab", { value });
    expect(() => Template.of(consumer)).toThrow("would both be TerraformOutput.ab");
  });
});

describe("published outputs", () => {
  it("have the name they are given, and a description", () => {
    const stack = new TestStack(appInProject(), prod(), "allowlist");
    stack.publish("egress-cidrs", ["203.0.113.7/32"], "Addresses that workloads leave from");
    expect(Template.of(stack).output("egress-cidrs")).toEqual({
      value: ["203.0.113.7/32"],
      description: "Addresses that workloads leave from",
    });
  });
});

describe("guarded", () => {
  it.each([
    [true, { prevent_destroy: true }],
    [false, undefined],
  ])("under protect: %s", (protect, lifecycle) => {
    const stack = new TestStack(appInProject(), prod(), "allowlist");
    new Eip(stack, "egress", { lifecycle: guarded(protect) });
    expect(Template.of(stack).resource("aws_eip").attributes.lifecycle).toEqual(lifecycle);
  });
});

describe("synthesis with state in HCP Terraform", () => {
  const environment = prod({ state: { kind: "hcp", organization: "acme", project: "platform" } });
  const run = jest.spyOn(childProcess, "execSync").mockImplementation(() => {
    throw new Error("terraform: not found");
  });
  afterEach(() => run.mockClear());
  afterAll(() => {
    run.mockRestore();
  });

  it("starts no Terraform", () => {
    withFolder((outdir) => {
      const app = new App({ outdir, stackTraces: false });
      new TestStack(app, environment, "allowlist");
      app.synth();
      const file = join(outdir, "stacks", "prod-allowlist", "cdk.tf.json");
      expect(existsSync(file)).toBe(true);
      expect(objectOf(parsedObject(readFileSync(file, "utf8")).terraform).cloud).toBeDefined();
    });
    expect(run).not.toHaveBeenCalled();
  });

  // Without this the test above could not fail.
  it("would, by what CDKTF brings", () => {
    withFolder((outdir) => {
      const app = new App({ outdir, stackTraces: false });
      const workspaces = new NamedCloudWorkspace("a", "platform");
      new CloudBackend(new TerraformStack(app, "a"), { organization: "acme", workspaces });
      expect(() => {
        app.synth();
      }).toThrow("terraform: not found");
    });
    expect(run).toHaveBeenCalled();
  });

  it("keeps CDKTF's other checks, and tells all faults of a stack at once", () => {
    withFolder((outdir) => {
      const app = new App({ outdir, stackTraces: false });
      const stack = new TestStack(app, environment, "allowlist", { clouds: [] });
      new Eip(stack, "a", {});
      stack.node.addValidation({ validate: () => ["is tired"] });
      expect(() => {
        app.synth();
      }).toThrow(/^prod-allowlist is not valid:\n {2}prod-allowlist: .*provider.*\n {2}prod-allowlist: is tired$/s);
    });
  });
});
