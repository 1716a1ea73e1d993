import type { JsonValue } from "../../lib/policy/terraform-json";
import frugal from "../environments/frugal";
import { textOf } from "../support/json";
import { buildNetwork } from "../support/network";
import { stackTemplates } from "../support/stacks";
import type { Block, Template } from "../support/template";

const subnets = (template: Template, name: RegExp): readonly Block[] =>
  template.resources("aws_subnet", { tags: { Name: name } });

/** All routes of each private subnet beside the one within the VPC, by the subnet's zone. */
function privateRoutes(template: Template): Readonly<Record<string, readonly Block[]>> {
  return Object.fromEntries(
    subnets(template, /-private$/).map(({ address, attributes }) => {
      const association = template.resource("aws_route_table_association", { subnet_id: `\${${address}.id}` });
      const routes = template.resources("aws_route", { route_table_id: association.attributes.route_table_id });
      return [textOf(attributes.availability_zone), routes];
    }),
  );
}

/** What a list of references names. */
const addressesOf = (template: Template, references: JsonValue | undefined): readonly string[] =>
  (Array.isArray(references) ? (references as JsonValue[]) : []).map((one) => template.follow(one).block.address);

describe("a single NAT gateway", () => {
  const network = stackTemplates(frugal).template("frugal-aws-network");

  it("stands in the first zone of the list, with the one address there is", () => {
    const nat = network.resource("aws_nat_gateway");
    expect(network.follow(nat.attributes.subnet_id).block.attributes).toMatchObject({
      availability_zone: "eu-west-1c",
      tags: { Name: "frugal-network-c-public" },
    });
    expect(network.follow(nat.attributes.allocation_id).block).toEqual(network.resource("aws_eip"));
    expect(network.output("egress-cidrs").value).toEqual([`\${${network.resource("aws_eip").address}.public_ip}/32`]);
  });

  it("is the only way out of every zone", () => {
    const nat = `\${${network.resource("aws_nat_gateway").address}.id}`;
    const routes = privateRoutes(network);
    expect(Object.keys(routes)).toEqual(["eu-west-1a", "eu-west-1c"]);
    for (const [route, ...others] of Object.values(routes)) {
      expect(others).toEqual([]);
      expect(route?.attributes).toMatchObject({ destination_cidr_block: "0.0.0.0/0", nat_gateway_id: nat });
    }
  });

  it("keeps its address and its place when each zone gets one of its own, and back", () => {
    const single = buildNetwork({ network: { nat: "single" } }).template;
    const perZone = buildNetwork().template;
    for (const type of ["aws_eip", "aws_nat_gateway"]) {
      const { address, attributes } = single.resource(type);
      expect(perZone.resources(type).find((other) => other.address === address)?.attributes).toEqual(attributes);
      expect(perZone.count(type)).toBe(2);
    }
  });

  it("keeps its address from being released under protect", () => {
    const { template } = buildNetwork({ network: { nat: "single" }, protect: true });
    template.resource("aws_eip", { lifecycle: { prevent_destroy: true } });
  });
});

describe("egress through inspection", () => {
  const { template: network, outputs } = buildNetwork({ network: { egress: "inspection", zones: ["a", "b", "c"] } });
  const gateway = network.resource("aws_ec2_transit_gateway");
  const attachment = network.resource("aws_ec2_transit_gateway_vpc_attachment");

  it("has a transit gateway that joins nothing by itself", () => {
    expect(gateway.attributes).toMatchObject({
      default_route_table_association: "disable",
      default_route_table_propagation: "disable",
      auto_accept_shared_attachments: "disable",
      dns_support: "enable",
      tags: { Name: "test-network" },
    });
  });

  it("attaches the VPC to it in every zone, and leaves the gateway's route tables alone", () => {
    expect(attachment.attributes).toMatchObject({
      transit_gateway_id: `\${${gateway.address}.id}`,
      transit_gateway_default_route_table_association: false,
      transit_gateway_default_route_table_propagation: false,
      appliance_mode_support: "disable",
    });
    expect(network.follow(attachment.attributes.vpc_id).block.type).toBe("aws_vpc");
    expect(addressesOf(network, attachment.attributes.subnet_ids)).toEqual(
      subnets(network, /-transit-[abc]$/).map(({ address }) => address),
    );
    for (const type of ["", "_association", "_propagation"]) {
      network.expectAbsent(`aws_ec2_transit_gateway_route_table${type}`);
    }
    network.expectAbsent("aws_ec2_transit_gateway_route");
  });

  it("attaches in the /28 that the plan keeps for it, from which nothing leaves the VPC", () => {
    const tier = subnets(network, /-transit-[abc]$/);
    expect(tier.map(({ attributes }) => [attributes.availability_zone, attributes.cidr_block])).toEqual([
      ["eu-central-1a", "10.20.56.0/28"],
      ["eu-central-1b", "10.20.120.0/28"],
      ["eu-central-1c", "10.20.184.0/28"],
    ]);
    for (const { address } of tier) {
      const association = network.resource("aws_route_table_association", { subnet_id: `\${${address}.id}` });
      expect(network.follow(association.attributes.route_table_id).block.type).toBe("aws_route_table");
      network.expectAbsent("aws_route", { route_table_id: association.attributes.route_table_id });
    }
  });

  it("sends what leaves the private subnets to the transit gateway, once the VPC is attached", () => {
    const routes = Object.values(privateRoutes(network));
    expect(routes).toHaveLength(3);
    for (const [route, ...others] of routes) {
      expect(others).toEqual([]);
      expect(route?.attributes).toMatchObject({
        destination_cidr_block: "0.0.0.0/0",
        transit_gateway_id: `\${${gateway.address}.id}`,
        depends_on: [attachment.address],
      });
    }
  });

  it("has no NAT gateway, and the addresses for those of the inspection VPC", () => {
    network.expectAbsent("aws_nat_gateway");
    expect(network.count("aws_eip")).toBe(3);
    expect(network.output("egress-cidrs").value).toEqual(
      network.resources("aws_eip").map(({ address }) => `\${${address}.public_ip}/32`),
    );
  });

  it("keeps the addresses, and the gateway that other VPCs may leave through, from being destroyed under protect", () => {
    const { template } = buildNetwork({ network: { egress: "inspection" }, protect: true });
    template.resource("aws_ec2_transit_gateway", { lifecycle: { prevent_destroy: true } });
    expect(gateway.attributes.lifecycle).toBeUndefined();
    expect(template.resources("aws_eip", { lifecycle: { prevent_destroy: true } })).toHaveLength(2);
  });

  it("leaves the addresses what they were when a network with NAT gateways changes over", () => {
    const before = buildNetwork({ network: { zones: ["a", "b", "c"] } }).template;
    expect(network.resources("aws_eip")).toEqual(before.resources("aws_eip"));
    expect(subnets(network, /-(public|private)$/)).toEqual(subnets(before, /-(public|private)$/));
  });

  it("tells the inspection stack of the gateway, the attachment and each zone's address", () => {
    expect(Object.keys(outputs.transit?.egressAllocationIds ?? {})).toEqual(["a", "b", "c"]);
    expect(network.follow(network.output("transit-gateway-id").value).block).toEqual(gateway);
  });

  it("tells it nothing where there is none", () => {
    expect(buildNetwork().outputs.transit).toBeUndefined();
  });
});

describe("an existing transit gateway", () => {
  const id = "tgw-0123456789abcdef0";
  const { template: network, outputs } = buildNetwork({ network: { egress: "inspection", transitGatewayId: id } });

  it("takes the place of one that would be made", () => {
    network.expectAbsent("aws_ec2_transit_gateway");
    network.resource("aws_ec2_transit_gateway_vpc_attachment", { transit_gateway_id: id });
    expect(outputs.transit?.transitGatewayId).toBe(id);
    for (const [route] of Object.values(privateRoutes(network))) {
      expect(route?.attributes.transit_gateway_id).toBe(id);
    }
  });

  it("does not take the attachment into its default tables, past inspection", () => {
    network.resource("aws_ec2_transit_gateway_vpc_attachment", {
      transit_gateway_default_route_table_association: false,
      transit_gateway_default_route_table_propagation: false,
    });
  });
});

test("with NAT gateways there is nothing of a transit gateway", () => {
  const { template } = buildNetwork();
  template.expectAbsent("aws_ec2_transit_gateway");
  template.expectAbsent("aws_ec2_transit_gateway_vpc_attachment");
  expect(subnets(template, /-transit-/)).toEqual([]);
});
