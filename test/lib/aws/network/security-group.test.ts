import fc from "fast-check";

import { peerId, SecurityGroup } from "../../../../lib/aws/network/security-group";
import type { Block, Template } from "../../../support/template";
import { build } from "../load-balancer/edge";

const INGRESS = "aws_vpc_security_group_ingress_rule";

const group = (description: string, fill: (group: SecurityGroup) => void = () => undefined): Template =>
  build((stack) => {
    fill(new SecurityGroup(stack, "group", { name: "prod-nodes", description, vpcId: "vpc-0" }));
  });
const only = (description: string): Block => group(description).resource("aws_security_group");

describe("a security group", () => {
  it("lets nothing in or out by itself", () => {
    const template = group("Nodes");
    expect([INGRESS, "aws_vpc_security_group_egress_rule"].map((type) => template.count(type))).toEqual([0, 0]);
    template.resource("aws_security_group", { ingress: undefined, egress: undefined, vpc_id: "vpc-0" });
  });

  it("has another name when it must be another group, so that both fit into one VPC", () => {
    expect(only("Nodes").attributes.name).not.toBe(only("Filtering nodes").attributes.name);
    expect(only("Nodes").attributes.name).toBe(only("Nodes").attributes.name);
    group("Nodes").resource("aws_security_group", { tags: { Name: "prod-nodes" }, name: /^prod-nodes-/ });
  });

  it("speaks of one port, of every port, or of one kind of ICMP", () => {
    const peer = { cidr: "0.0.0.0/0" };
    const template = group("Nodes", (nodes) => {
      nodes.allowOut("port", peer, 53, "One port", "udp");
      nodes.allowOutEverywhere("ports", peer, "tcp", "Every port");
      nodes.allowOutIcmp("echo", peer, { type: 8, code: 0 }, "Echo requests");
      nodes.admitIcmp("too-large", peer, { type: 3, code: 4 }, "Too large");
    });
    const spans = [INGRESS, "aws_vpc_security_group_egress_rule"].flatMap((type) =>
      template
        .resources(type)
        .map(({ attributes }) => [attributes.ip_protocol, attributes.from_port, attributes.to_port]),
    );
    expect(spans).toEqual([
      ["icmp", 3, 4],
      ["icmp", 8, 0],
      ["udp", 53, 53],
      ["tcp", 0, 65_535],
    ]);
  });

  it.each([
    [{ cidr: "10.0.0.0/8" }, { cidr_ipv4: "10.0.0.0/8" }],
    [{ cidr: "2001:db8::/32" }, { cidr_ipv6: "2001:db8::/32" }],
    [{ prefixListId: "pl-0a" }, { prefix_list_id: "pl-0a" }],
    [{ groupId: "sg-0a" }, { referenced_security_group_id: "sg-0a" }],
  ] as const)("names a peer %j by %j and by nothing else", (peer, named) => {
    const template = group("Nodes", (nodes) => {
      nodes.admit("peer", peer, 443, "The peer under test");
    });
    const nothing = {
      cidr_ipv4: undefined,
      cidr_ipv6: undefined,
      prefix_list_id: undefined,
      referenced_security_group_id: undefined,
    };
    template.resource(INGRESS, { ...nothing, ...named, ip_protocol: "tcp", from_port: 443, to_port: 443 });
  });
});

test("peers that differ have ids that differ, and that fit into an address", () => {
  const octet = fc.integer({ min: 0, max: 255 });
  const ipv4 = fc
    .tuple(octet, octet, octet, octet, fc.integer({ min: 0, max: 32 }))
    .map(([a, b, c, d, length]) => `${a}.${b}.${c}.${d}/${length}`);
  const ipv6 = fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })).map(([address, length]) => `${address}/${length}`);
  const cidr = fc.oneof(
    ipv4,
    ipv6.filter((text) => !text.includes(".")),
    fc.constantFrom("0.0.0.0/0", "::/0"),
  );
  fc.assert(
    fc.property(cidr, cidr, (one, other) => {
      expect(peerId({ cidr: one })).toMatch(/^[\w-]+$/);
      expect(peerId({ cidr: one }) === peerId({ cidr: other })).toBe(one === other);
    }),
  );
});
