import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import { isList } from "../../lib/policy/terraform-json";
import { some } from "../support/partial-match";
import { Template } from "../support/template";

let outdir: string;
let app: App;

beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), "template-"));
  app = new App({ outdir });
});

afterEach(() => {
  rmSync(outdir, { recursive: true });
});

function stackNamed(id: string): TerraformStack {
  const stack = new TerraformStack(app, id);
  new LocalBackend(stack, { path: `state/${id}.tfstate` });
  new AwsProvider(stack, "aws", { region: "eu-central-1" });
  return stack;
}

/** Two addresses, a NAT gateway on the first, and a policy. */
function network(id = "dev-network"): { stack: TerraformStack; addresses: readonly [Eip, Eip] } {
  const stack = stackNamed(id);
  const a = new Eip(stack, "nat-a", { domain: "vpc", tags: { zone: "a", role: "nat" } });
  const b = new Eip(stack, "nat-b", { domain: "vpc", tags: { zone: "b", role: "nat" } });
  new NatGateway(stack, "gateway", { allocationId: a.allocationId, subnetId: "subnet-1", dependsOn: [b] });
  return { stack, addresses: [a, b] };
}

describe("finding resources", () => {
  it("counts by type, zero included", () => {
    const template = Template.of(network().stack);
    expect(template.count("aws_eip")).toBe(2);
    expect(template.count("aws_vpc")).toBe(0);
  });

  it("selects by deeply partial arguments", () => {
    const template = Template.of(network().stack);
    expect(template.resource("aws_eip", { tags: { zone: "b" } }).address).toBe("aws_eip.nat-b");
    expect(template.resources("aws_eip", { tags: { role: "nat" } }).map((block) => block.logicalId)).toEqual([
      "nat-a",
      "nat-b",
    ]);
    expect(template.resources("aws_eip", { tags: { zone: "c" } })).toEqual([]);
  });

  it("takes a pattern, a predicate or undefined for a leaf", () => {
    const template = Template.of(network().stack);
    expect(template.resource("aws_eip", { tags: { zone: /^a$/ } }).logicalId).toBe("nat-a");
    expect(template.resource("aws_eip", { tags: { zone: (zone) => zone === "b" } }).logicalId).toBe("nat-b");
    expect(template.resources("aws_eip", { instance: undefined })).toHaveLength(2);
    expect(template.resources("aws_eip", { domain: undefined })).toHaveLength(0);
  });

  it("keeps no memory of where a global pattern last matched", () => {
    const template = Template.of(network().stack);
    expect(template.resources("aws_eip", { tags: { role: /nat/g } })).toHaveLength(2);
  });

  it("compares lists element by element, unless some() asks for one", () => {
    const stack = stackNamed("dev-groups");
    const rule = (port: number) => ({ fromPort: port, toPort: port, protocol: "tcp", cidrBlocks: ["192.0.2.0/24"] });
    new SecurityGroup(stack, "group", { ingress: [rule(443), rule(80)] });
    const template = Template.of(stack);
    expect(template.resources("aws_security_group", { ingress: [{ from_port: 443 }, { from_port: 80 }] })).toHaveLength(
      1,
    );
    expect(template.resources("aws_security_group", { ingress: [{ from_port: 443 }] })).toHaveLength(0);
    expect(template.resources("aws_security_group", { ingress: some({ from_port: 80 }) })).toHaveLength(1);
    expect(template.resources("aws_security_group", { ingress: some({ from_port: 22 }) })).toHaveLength(0);
  });

  it("finds data sources apart from resources", () => {
    const { stack } = network();
    new DataAwsRegion(stack, "current", { region: "eu-west-1" });
    const template = Template.of(stack);
    expect(template.data("aws_region", { region: "eu-west-1" }).address).toBe("data.aws_region.current");
    expect(template.count("aws_region")).toBe(0);
  });

  it("gives providers and outputs", () => {
    const { stack, addresses } = network();
    new TerraformOutput(stack, "first", { value: addresses[0].publicIp, description: "The first address" });
    const template = Template.of(stack);
    expect(template.providers("aws")).toMatchObject([{ region: "eu-central-1" }]);
    expect(template.providers("azurerm")).toEqual([]);
    expect(template.output("first").description).toBe("The first address");
    expect(() => template.output("second")).toThrow("stack dev-network has no output second; it has: first");
  });

  it("parses JSON in an attribute, references left in place", () => {
    const { stack, addresses } = network();
    const statement = { Effect: "Allow", Action: "ec2:AssociateAddress", Resource: addresses[0].arn };
    new IamPolicy(stack, "policy", { policy: JSON.stringify({ Statement: [statement] }) });
    const template = Template.of(stack);
    expect(template.json("aws_iam_policy", "policy")).toEqual({
      Statement: [{ Effect: "Allow", Action: "ec2:AssociateAddress", Resource: "${aws_eip.nat-a.arn}" }],
    });
    expect(() => template.json("aws_iam_policy", "description")).toThrow("is no text");
    expect(() => template.json("aws_eip", "domain", { tags: { zone: "a" } })).toThrow(
      "aws_eip.nat-a.domain in stack dev-network is not JSON: vpc",
    );
  });
});

describe("messages", () => {
  it("show the nearest miss, each path with what was expected and found", () => {
    const template = Template.of(network().stack);
    const expected = { domain: "vpc", tags: { zone: "b", role: /^egress/, owner: "me" } };
    expect(() => template.resource("aws_eip", expected)).toThrow(
      [
        "No aws_eip in stack dev-network matches. Nearest is aws_eip.nat-b:",
        '  tags.role: expected /^egress/, found "nat"',
        '  tags.owner: expected "me", found nothing',
      ].join("\n"),
    );
  });

  it("say what the stack holds instead of the type asked for", () => {
    const template = Template.of(network().stack);
    expect(() => template.resource("aws_vpc")).toThrow(
      "stack dev-network holds no resource aws_vpc; it holds: aws_eip, aws_nat_gateway",
    );
    expect(() => template.data("aws_region")).toThrow("holds no data aws_region; it holds: none");
  });

  it("name all that match when one was meant", () => {
    const template = Template.of(network().stack);
    expect(() => template.resource("aws_eip", { domain: "vpc" })).toThrow(
      "2 of type aws_eip match in stack dev-network: aws_eip.nat-a, aws_eip.nat-b",
    );
  });

  it("describe predicates by their text and some() by its content", () => {
    const template = Template.of(network().stack);
    expect(() => template.resource("aws_eip", { domain: (value) => value === "classic" })).toThrow(
      /domain: expected .*value === "classic", found "vpc"/,
    );
    expect(() => template.resource("aws_eip", { domain: some({ port: /^4/ }) })).toThrow(
      'domain: expected a list with {"port":"/^4/"}, found "vpc"',
    );
  });
});

describe("absence", () => {
  it("holds when nothing matches and fails with the names of what does", () => {
    const template = Template.of(network().stack);
    template.expectAbsent("aws_vpc");
    template.expectAbsent("aws_eip", { tags: { zone: "c" } });
    expect(() => {
      template.expectAbsent("aws_eip", { tags: { zone: "a" } });
    }).toThrow("stack dev-network should hold no such aws_eip, but holds aws_eip.nat-a");
  });
});

describe("following references", () => {
  it("leads to the resource and the attribute", () => {
    const template = Template.of(network().stack);
    const gateway = template.resource("aws_nat_gateway").attributes;
    const { block, attribute } = template.follow(gateway.allocation_id);
    expect(block.attributes).toMatchObject({ tags: { zone: "a" } });
    expect(attribute).toBe("allocation_id");
  });

  it("takes the bare addresses of depends_on", () => {
    const template = Template.of(network().stack);
    const { depends_on: dependsOn } = template.resource("aws_nat_gateway").attributes;
    const referents = isList(dependsOn) ? dependsOn.map((address) => template.follow(address)) : [];
    expect(referents).toMatchObject([{ block: { address: "aws_eip.nat-b" }, attribute: "" }]);
  });

  it("crosses stacks through remote state to the right producer", () => {
    // Two producers with the same outputs: only the remote state itself tells which of them is meant.
    network("prod-network");
    const { stack, addresses } = network("dev-network");
    const consumer = stackNamed("dev-consumer");
    new SsmParameter(consumer, "address", { name: "/address", type: "String", value: addresses[1].publicIp });

    const template = Template.of(consumer);
    const { value } = template.resource("aws_ssm_parameter").attributes;
    expect(value).toMatch(/^\$\{data\.terraform_remote_state\./);
    const referent = template.follow(value);
    expect(referent).toMatchObject({ block: { address: "aws_eip.nat-b" }, attribute: "public_ip" });
    expect(referent.template.configuration).toEqual(Template.of(stack).configuration);
  });

  it("sees references that were prepared from either end", () => {
    const { stack, addresses } = network();
    const consumer = stackNamed("dev-consumer");
    new SsmParameter(consumer, "address", { name: "/address", type: "String", value: addresses[0].publicIp });
    const outputs = Template.of(stack).configuration.output;
    expect(Object.values(outputs ?? {})).toMatchObject([{ sensitive: true, value: "${aws_eip.nat-a.public_ip}" }]);
  });

  it.each([
    ["192.0.2.1"],
    ["${aws_eip.nat-a.public_ip}/32"],
    ["${join(aws_eip.nat-a.id)}"],
    ["${aws_eip.nat-a.a + 1}"],
    [undefined],
    [7],
  ])("refuses %s, which is not one reference", (value) => {
    expect(() => Template.of(network().stack).follow(value)).toThrow("is not a single reference");
  });

  it("refuses a reference to what the stack does not hold", () => {
    const template = Template.of(network().stack);
    expect(() => template.follow("${aws_eip.nat-z.id}")).toThrow(
      "stack dev-network refers to aws_eip.nat-z, which it does not hold",
    );
    expect(() => template.follow("${data.terraform_remote_state.elsewhere.outputs.x}")).toThrow(
      "reads remote state elsewhere, which belongs to no stack of this app",
    );
  });
});
