import { objectOf } from "../support/json";
import type { Template } from "../support/template";
import { addressesOf, BOTH, INSPECTED, inspectionWith, SPOKED, tierOf } from "./inspections";

const groupOf = (template: Template) => template.resource("aws_lb_target_group").attributes;

describe.each(BOTH)("the load balancer of $name", ({ template, environment, zones, region }) => {
  const balancer = template.resource("aws_lb");

  it("is a gateway in front of the appliances, in every zone, and keeps each zone's packets to itself", () => {
    expect(balancer.attributes).toMatchObject({
      load_balancer_type: "gateway",
      enable_cross_zone_load_balancing: false,
      enable_deletion_protection: environment.protect,
    });
    const subnets = tierOf(template, "appliance", zones);
    expect(addressesOf(template, balancer.attributes.subnets)).toEqual(subnets.map(({ address }) => address));
    expect(subnets.map(({ attributes }) => attributes.availability_zone)).toEqual(
      zones.map((zone) => `${region}${zone}`),
    );
  });

  it("hands packets to instances by GENEVE, all of a connection to one, by its five parts", () => {
    expect(groupOf(template)).toMatchObject({ protocol: "GENEVE", port: 6081, target_type: "instance" });
    expect(groupOf(template).stickiness).toBeUndefined();
    expect(template.follow(groupOf(template).vpc_id).block.type).toBe("aws_vpc");
  });

  it("asks on a port and by a protocol that are said, for an answer that means one thing", () => {
    expect(groupOf(template).health_check).toMatchObject({
      protocol: "HTTP",
      port: "8080",
      path: "/health",
      matcher: "200",
    });
  });

  it("asks in a rhythm that AWS takes, and waits less for an answer than until the next question", () => {
    const { interval, timeout, healthy_threshold, unhealthy_threshold } = objectOf(groupOf(template).health_check);
    const isWithin = (value: unknown, low: number, high: number): boolean =>
      Number(value) >= low && Number(value) <= high;
    expect(isWithin(interval, 5, 300)).toBe(true);
    expect(isWithin(timeout, 2, 120)).toBe(true);
    expect(isWithin(healthy_threshold, 2, 10)).toBe(true);
    expect(isWithin(unhealthy_threshold, 2, 10)).toBe(true);
    expect(Number(timeout)).toBeLessThan(Number(interval));
  });

  it("listens to everything, and forwards it to the one group", () => {
    const { attributes } = template.resource("aws_lb_listener");
    expect(template.follow(attributes.load_balancer_arn).block).toEqual(balancer);
    expect(attributes).toMatchObject({ default_action: [{ type: "forward" }] });
    expect([attributes.port, attributes.protocol]).toEqual([undefined, undefined]);
    const [action = {}] = attributes.default_action as { target_group_arn?: string }[];
    expect(addressesOf(template, action.target_group_arn)).toEqual([template.resource("aws_lb_target_group").address]);
  });

  it("is offered as a service of IPv4, at whose name endpoints are made", () => {
    const service = template.resource("aws_vpc_endpoint_service");
    expect(addressesOf(template, service.attributes.gateway_load_balancer_arns)).toEqual([balancer.address]);
    expect(service.attributes.supported_ip_address_types).toEqual(["ipv4"]);
    const named = template.follow(template.output("endpoint-service-name").value);
    expect([named.block, named.attribute]).toEqual([service, "service_name"]);
  });

  it("has an endpoint of its own in each zone, which it accepts itself", () => {
    const endpoints = template.resources("aws_vpc_endpoint");
    for (const { attributes } of endpoints) {
      expect(attributes).toMatchObject({ vpc_endpoint_type: "GatewayLoadBalancer", auto_accept: true });
      expect(template.follow(attributes.service_name).block.type).toBe("aws_vpc_endpoint_service");
    }
    const subnets = endpoints.flatMap(({ attributes }) => addressesOf(template, attributes.subnet_ids));
    const tier = tierOf(template, "endpoint", zones);
    expect([...subnets].sort()).toEqual(tier.map(({ address }) => address).sort());
  });
});

test("whoever else makes an endpoint is let in at once, unless an operator is to accept it", () => {
  const service = (template: Template) => template.resource("aws_vpc_endpoint_service").attributes;
  expect(service(INSPECTED)).toMatchObject({ acceptance_required: false, allowed_principals: [] });
  expect(service(SPOKED)).toMatchObject({
    acceptance_required: true,
    allowed_principals: ["arn:aws:iam::444455556666:root"],
  });
});

test("connections of an appliance that goes are kept as long as they may be silent, or as long as is said", () => {
  const delays = (template: Template) => [
    groupOf(template).deregistration_delay,
    template.resource("aws_lb_listener").attributes.tcp_idle_timeout_seconds,
  ];
  expect(delays(INSPECTED)).toEqual(["350", 350]);
  expect(delays(SPOKED)).toEqual(["2000", 1800]);
  expect(delays(inspectionWith({ tcpIdleTimeoutSeconds: 900 }))).toEqual(["900", 900]);
});

test("connections of an appliance that fails share the fate of those of one that goes, as AWS demands", () => {
  expect(groupOf(INSPECTED).target_failover).toEqual([{ on_deregistration: "rebalance", on_unhealthy: "rebalance" }]);
  expect(groupOf(SPOKED).target_failover).toEqual([
    { on_deregistration: "no_rebalance", on_unhealthy: "no_rebalance" },
  ]);
});
