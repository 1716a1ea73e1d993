import { LatticePrefixLists } from "../../../../lib/aws/lattice/prefix-lists";
import { build, PLACE } from "../load-balancer/edge";
import { addLattice, buildLattice, DOMAIN, VPC } from "./lattice";

const LIST = "aws_ec2_managed_prefix_list";
const INGRESS = "aws_vpc_security_group_ingress_rule";
const EGRESS = "aws_vpc_security_group_egress_rule";
const RECORD = "aws_route53_record";

describe("addresses of VPC Lattice", () => {
  const lists = (region: string, dualStack: boolean) => {
    let peers: readonly { readonly name: string }[] = [];
    const template = build((stack) => {
      ({ peers } = new LatticePrefixLists(stack, "lists", { place: { ...PLACE, region }, dualStack }));
    });
    return { template, peers };
  };

  it("are those that AWS keeps for the Region", () => {
    const { template, peers } = lists("eu-west-1", false);
    template.data(LIST, { name: "com.amazonaws.eu-west-1.vpc-lattice" });
    expect(peers).toHaveLength(1);
  });

  it("are also those of IPv6 where clients have it", () => {
    const { template, peers } = lists("eu-west-1", true);
    template.data(LIST, { name: "com.amazonaws.eu-west-1.vpc-lattice" });
    template.data(LIST, { name: "com.amazonaws.eu-west-1.ipv6.vpc-lattice" });
    expect(peers.map(({ name }) => name)).toEqual(["ipv4", "ipv6"]);
  });
});

describe("a VPC associated with a service network", () => {
  const template = buildLattice();
  const association = template.resource("aws_vpclattice_service_network_vpc_association", { vpc_identifier: VPC });
  const groupOf = (value: unknown) => template.follow(value as string).block.address;

  it("lets through its own security group only", () => {
    const [group, ...others] = association.attributes.security_group_ids as readonly string[];
    expect(others).toEqual([]);
    expect(template.follow(group).block.attributes.description).toMatch(/VPC Lattice/);
  });

  it("admits nobody but the clients, each port once", () => {
    const [group] = association.attributes.security_group_ids as readonly string[];
    const rule = template.resource(INGRESS);
    expect(rule.attributes).toMatchObject({ from_port: 443, to_port: 443, ip_protocol: "tcp" });
    expect(groupOf(rule.attributes.security_group_id)).toBe(groupOf(group));
    expect(groupOf(rule.attributes.referenced_security_group_id)).toBe("aws_security_group.proxies");
  });

  it("lets the clients out to VPC Lattice and nowhere else", () => {
    const rule = template.resource(EGRESS);
    expect(rule.attributes).toMatchObject({ from_port: 443, to_port: 443, ip_protocol: "tcp" });
    expect(groupOf(rule.attributes.security_group_id)).toBe("aws_security_group.proxies");
    expect(template.follow(rule.attributes.prefix_list_id).block.attributes.name).toBe(
      "com.amazonaws.eu-central-1.vpc-lattice",
    );
  });

  it("lets them out by IPv6 too where there is any", () => {
    const rules = buildLattice({ dualStack: true }).resources(EGRESS);
    expect(new Set(rules.map(({ attributes }) => attributes.prefix_list_id)).size).toBe(2);
  });

  it("finds a service by the name that VPC Lattice gave it", () => {
    const { name, zone_id: zoneId } = template.resource(RECORD, { name: DOMAIN, type: "A" }).attributes
      .alias as Readonly<Record<string, string>>;
    expect(name).toMatch(/^\$\{aws_vpclattice_service\.shop\.dns_entry\[0\]\.domain_name\}$/);
    expect(zoneId).toMatch(/^\$\{aws_vpclattice_service\.shop\.dns_entry\[0\]\.hosted_zone_id\}$/);
  });
});

describe("a service-network endpoint", () => {
  const template = buildLattice({ reach: "endpoint" });
  const endpoint = template.resource("aws_vpc_endpoint");
  const [group] = endpoint.attributes.security_group_ids as readonly string[];

  it("stands in each of the given subnets and leads into the network", () => {
    expect(endpoint.attributes).toMatchObject({
      vpc_id: VPC,
      vpc_endpoint_type: "ServiceNetwork",
      subnet_ids: ["subnet-0a", "subnet-0b"],
    });
    expect(template.follow(endpoint.attributes.service_network_arn)).toMatchObject({
      attribute: "arn",
      block: { type: "aws_vpclattice_service_network" },
    });
    template.expectAbsent("aws_vpclattice_service_network_vpc_association");
  });

  it("is open to the clients and they to it, by its security group", () => {
    const follow = (value: unknown) => template.follow(value as string).block.address;
    const [ingress, egress] = [template.resource(INGRESS), template.resource(EGRESS)];
    expect(follow(ingress.attributes.security_group_id)).toBe(follow(group));
    expect(follow(ingress.attributes.referenced_security_group_id)).toBe("aws_security_group.proxies");
    expect(follow(egress.attributes.security_group_id)).toBe("aws_security_group.proxies");
    expect(follow(egress.attributes.referenced_security_group_id)).toBe(follow(group));
    for (const { attributes } of [ingress, egress]) expect(attributes).toMatchObject({ from_port: 443, to_port: 443 });
  });

  it("names a service by its own name for it, which exists once the service is in the network", () => {
    const membership = template.resource("aws_vpclattice_service_network_service_association").address;
    const names = template.data("aws_vpc_endpoint_associations");
    expect(template.follow(names.attributes.vpc_endpoint_id).block.address).toBe(endpoint.address);
    expect(names.attributes.depends_on).toEqual([membership]);
    const { name, zone_id: zoneId } = template.resource(RECORD).attributes.alias as Readonly<Record<string, string>>;
    for (const [text, attribute] of [
      [name, "dns_name"],
      [zoneId, "hosted_zone_id"],
    ] as const) {
      expect(text).toContain(`${names.address}.associations`);
      expect(text).toContain(`entry.${attribute} if`);
      expect(text).toContain(`strcontains(entry.dns_name, ${membership}.id)`);
    }
  });

  it("looks a service up once, however often it is asked", () => {
    const asked = build((stack) => {
      const { service, reach } = addLattice(stack, { reach: "endpoint" });
      expect(reach.dnsEntryOf(service)).toEqual(reach.dnsEntryOf(service));
    });
    asked.data("aws_vpc_endpoint_associations", { depends_on: [/association/] });
  });
});
