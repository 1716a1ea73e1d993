import example from "../../environments/example";
import { cidr, contains, overlaps } from "../../lib/addresses";
import { environmentWith } from "../support/environment";
import { textOf } from "../support/json";
import { grants, grantsOfRole } from "../support/policy-documents";
import { stackTemplates } from "../support/stacks";
import type { Block, Template } from "../support/template";
import hosted from "../environments/hosted";
import wide from "../environments/wide";
import { existingNetwork } from "../../stacks/aws-network";

// Without what edges and proxies ask of it.
const network = stackTemplates({ ...example, wallarm: undefined, lattice: undefined }).template("example-aws-network");

function networkOf(zones: readonly string[]): Template {
  const environment = environmentWith({
    aws: { accountId: "111122223333", region: "eu-central-1", network: { cidr: "10.20.0.0/16", zones } },
    allowlist: undefined,
  });
  return stackTemplates(environment).template("test-aws-network");
}

const tier = (template: Template, name: "public" | "private"): readonly Block[] =>
  template.resources("aws_subnet", { tags: { Name: new RegExp(`-${name}$`) } });

/** The route table that a subnet uses. */
function routeTableOf(template: Template, subnet: Block): Block {
  const association = template.resource("aws_route_table_association", { subnet_id: `\${${subnet.address}.id}` });
  return template.follow(association.attributes.route_table_id).block;
}

/** All that a subnet's route table says besides the route within the VPC. */
const routesOf = (template: Template, subnet: Block): readonly Block[] =>
  template.resources("aws_route", { route_table_id: `\${${routeTableOf(template, subnet).address}.id}` });

const zoneOf = ({ attributes }: Block) => attributes.availability_zone;

describe("private subnets", () => {
  it("exist once in each zone", () => {
    expect(tier(network, "private").map(zoneOf)).toEqual(["eu-central-1a", "eu-central-1b", "eu-central-1c"]);
  });

  it.each(tier(network, "private"))(
    "$logicalId leaves through the NAT gateway of its own zone, and only there",
    (subnet) => {
      const [route, ...others] = routesOf(network, subnet);
      expect(others).toEqual([]);
      expect(route?.attributes).toMatchObject({ destination_cidr_block: "0.0.0.0/0" });
      const nat = network.follow(route?.attributes.nat_gateway_id).block;
      expect(nat.type).toBe("aws_nat_gateway");
      const home = network.follow(nat.attributes.subnet_id).block;
      expect(zoneOf(home)).toBe(zoneOf(subnet));
      expect(tier(network, "public")).toContainEqual(home);
    },
  );

  it("share no route table", () => {
    const tables = tier(network, "private").map((subnet) => routeTableOf(network, subnet).address);
    expect(new Set(tables).size).toBe(tables.length);
  });
});

describe("public subnets", () => {
  it("exist once in each zone", () => {
    expect(tier(network, "public").map(zoneOf)).toEqual(tier(network, "private").map(zoneOf));
  });

  it.each(tier(network, "public"))("$logicalId leaves through the internet gateway", (subnet) => {
    const [route, ...others] = routesOf(network, subnet);
    expect(others).toEqual([]);
    expect(route?.attributes).toMatchObject({ destination_cidr_block: "0.0.0.0/0" });
    expect(network.follow(route?.attributes.gateway_id).block.type).toBe("aws_internet_gateway");
  });
});

describe("egress addresses", () => {
  it("are Elastic IPs of their own, one for each NAT gateway", () => {
    const addresses = network
      .resources("aws_nat_gateway")
      .map(({ attributes }) => network.follow(attributes.allocation_id));
    expect(addresses.map(({ block }) => block.type)).toEqual(["aws_eip", "aws_eip", "aws_eip"]);
    expect(addresses.map(({ attribute }) => attribute)).toEqual(Array(3).fill("allocation_id"));
    expect(new Set(addresses.map(({ block }) => block.address)).size).toBe(3);
    expect(network.count("aws_eip")).toBe(3);
  });

  it("wait for the way out of the VPC", () => {
    for (const { attributes } of network.resources("aws_nat_gateway")) {
      expect(attributes.depends_on).toEqual([network.resource("aws_internet_gateway").address]);
    }
  });

  it("are published as ranges of one address", () => {
    const addresses = network.resources("aws_eip").map(({ address }) => `\${${address}.public_ip}/32`);
    expect(network.output("egress-cidrs").value).toEqual(addresses);
  });
});

describe("subnets", () => {
  const ranges = (template: Template): ReadonlyMap<string, string> =>
    new Map(template.resources("aws_subnet").map((subnet) => [subnet.logicalId, textOf(subnet.attributes.cidr_block)]));

  it("map no public addresses", () => {
    expect(network.count("aws_subnet")).toBe(6);
    expect(network.resources("aws_subnet", { map_public_ip_on_launch: false })).toHaveLength(6);
  });

  it("lie inside the VPC and apart from each other", () => {
    const vpc = cidr(textOf(network.resource("aws_vpc").attributes.cidr_block));
    const subnets = [...ranges(network).values()].map(cidr);
    expect(subnets.filter((subnet) => !contains(vpc, subnet))).toEqual([]);
    const clashes = subnets.flatMap((one, index) => subnets.slice(index + 1).filter((other) => overlaps(one, other)));
    expect(clashes).toEqual([]);
  });

  it("stay where they are when zones are added", () => {
    const before = ranges(networkOf(["b", "a"]));
    const after = ranges(networkOf(["b", "a", "c", "f"]));
    expect(after.size).toBe(before.size * 2);
    expect(Object.fromEntries(after)).toMatchObject(Object.fromEntries(before));
  });
});

test("the default security group has no rule, and loses those that somebody adds", () => {
  const { attributes } = network.resource("aws_default_security_group", { ingress: [], egress: [] });
  expect(network.follow(attributes.vpc_id).block.type).toBe("aws_vpc");
  network.expectAbsent("aws_vpc_security_group_ingress_rule");
  network.expectAbsent("aws_vpc_security_group_egress_rule");
  network.expectAbsent("aws_security_group_rule");
});

describe("flow logs", () => {
  const flowLog = network.resource("aws_flow_log");

  it("record all traffic of the VPC in an encrypted log group that forgets", () => {
    expect(flowLog.attributes).toMatchObject({ traffic_type: "ALL", log_destination_type: "cloud-watch-logs" });
    expect(network.follow(flowLog.attributes.vpc_id).block.type).toBe("aws_vpc");
    const group = network.follow(flowLog.attributes.log_destination).block;
    expect(group.type).toBe("aws_cloudwatch_log_group");
    expect(group.attributes.retention_in_days).toBeGreaterThan(0);
    expect(network.follow(group.attributes.kms_key_id).block.type).toBe("aws_kms_key");
  });

  it("wait for their permission: one that finds none may never try again", () => {
    const role = network.follow(flowLog.attributes.iam_role_arn).block;
    const permission = network.resource("aws_iam_role_policy", { role: `\${${role.address}.id}` });
    expect(flowLog.attributes.depends_on).toEqual([permission.address]);
  });

  it("are written by a role that can do nothing else, for this account's flow logs only", () => {
    const role = network.follow(flowLog.attributes.iam_role_arn).block;
    const group = "${aws_cloudwatch_log_group.flow-logs-group.arn}:*";
    expect(grantsOfRole(network, role)).toEqual([
      `Allow logs:CreateLogStream on ${group}`,
      "Allow logs:DescribeLogGroups on *",
      `Allow logs:DescribeLogStreams on ${group}`,
      `Allow logs:PutLogEvents on ${group}`,
    ]);
    expect(grants(role.attributes.assume_role_policy)).toEqual([
      'Allow sts:AssumeRole on itself to {"Service":"vpc-flow-logs.amazonaws.com"} if ' +
        '{"StringEquals":{"aws:SourceAccount":"111122223333"},' +
        '"ArnLike":{"aws:SourceArn":"arn:aws:ec2:eu-central-1:111122223333:vpc-flow-log/*"}}',
    ]);
    expect(network.count("aws_iam_role")).toBe(1);
  });
});

describe("protect", () => {
  it("keeps Elastic IPs and the key from being destroyed", () => {
    const guarded = stackTemplates(wide).template("wide-aws-network");
    expect(guarded.resources("aws_eip", { lifecycle: { prevent_destroy: true } })).toHaveLength(3);
    guarded.resource("aws_kms_key", { lifecycle: { prevent_destroy: true } });
  });

  it("leaves everything removable where it is off", () => {
    for (const type of ["aws_eip", "aws_kms_key"]) network.expectAbsent(type, { lifecycle: { prevent_destroy: true } });
  });
});

test("the VPC's id is published", () => {
  expect(network.follow(network.output("vpc-id").value).block.type).toBe("aws_vpc");
});

describe("an existing network", () => {
  it("needs no stack", () => {
    expect(stackTemplates(hosted).stackIds).not.toContain("hosted-aws-network");
  });

  it("looks to other stacks like one that was made here", () => {
    const existing = {
      vpcId: "vpc-0123456789abcdef0",
      cidr: "10.60.0.0/16",
      publicSubnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
      privateSubnetIds: ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"],
    };
    const outputs = existingNetwork({ existing: { ...existing, egress: ["203.0.113.7/32"] } });
    expect(outputs).toEqual({ ...existing, egressCidrs: ["203.0.113.7/32"] });
  });
});
