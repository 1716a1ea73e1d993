import { TargetGroup } from "../../../../lib/aws/load-balancer/target-group";
import { build, buildEdge } from "./edge";

const TYPE = "aws_lb_target_group";

describe("a target group", () => {
  const group = buildEdge().resource(TYPE);

  it("holds targets by address and speaks HTTP/1.1 with them, so that WebSocket passes", () => {
    expect(group.attributes).toMatchObject({
      target_type: "ip",
      protocol: "HTTP",
      protocol_version: "HTTP1",
      port: 8080,
      vpc_id: "vpc-0a1b2c3d",
    });
  });

  it("prefers the target with the fewest requests in hand, which excludes slow start", () => {
    expect(group.attributes).toMatchObject({
      load_balancing_algorithm_type: "least_outstanding_requests",
      slow_start: 0,
    });
  });

  it("asks the given path on the targets' own port", () => {
    buildEdge({ targetGroup: { healthCheck: { path: "/wallarm-status", matcher: "200-299" } } }).resource(TYPE, {
      health_check: {
        enabled: true,
        protocol: "HTTP",
        port: "traffic-port",
        path: "/wallarm-status",
        matcher: "200-299",
      },
    });
  });

  it("asks another port where that one knows", () => {
    buildEdge({ targetGroup: { healthCheck: { path: "/healthz", matcher: "200", port: 8090 } } }).resource(TYPE, {
      port: 8080,
      health_check: { port: "8090" },
    });
  });

  it("asks in a rhythm that AWS takes, and waits less for an answer than until the next question", () => {
    const check = group.attributes.health_check as Record<string, number>;
    const within = (value: number | undefined, low: number, high: number): boolean =>
      value !== undefined && value >= low && value <= high;
    expect(within(check.interval, 5, 300)).toBe(true);
    expect(within(check.timeout, 2, 120)).toBe(true);
    expect(within(check.healthy_threshold, 2, 10)).toBe(true);
    expect(within(check.unhealthy_threshold, 2, 10)).toBe(true);
    expect(check.timeout).toBeLessThan(check.interval ?? 0);
  });

  it("speaks gRPC where it is told to, and judges targets by gRPC's own codes", () => {
    const healthCheck = { path: "/grpc.health.v1.Health/Check", matcher: "0" };
    const grpc = buildEdge({ targetGroup: { protocolVersion: "grpc", port: 8081, healthCheck } }).resource(TYPE, {
      protocol: "HTTP",
      protocol_version: "GRPC",
      port: 8081,
      health_check: { protocol: "HTTP", port: "traffic-port", ...healthCheck },
    });
    expect(grpc.attributes.name).toBe("prod-api-grpc-8081");
  });

  it("has another name under another protocol, which makes it anew", () => {
    const grpc = buildEdge({ targetGroup: { protocolVersion: "grpc" } }).resource(TYPE);
    expect(grpc.attributes.name).not.toBe(group.attributes.name);
  });

  it("lets requests finish for as long as asked", () => {
    buildEdge({ targetGroup: { deregistrationDelaySeconds: 45 } }).resource(TYPE, { deregistration_delay: "45" });
  });

  it("is replaced by one of another name before it goes, since a listener holds it", () => {
    const other = buildEdge({ targetGroup: { port: 9090 } }).resource(TYPE);
    expect(group.attributes.lifecycle).toEqual({ create_before_destroy: true });
    expect(other.attributes.name).not.toBe(group.attributes.name);
    expect(other.address).toBe(group.address);
  });

  it("keeps its name when only what can be changed in place changes", () => {
    const other = buildEdge({
      targetGroup: { deregistrationDelaySeconds: 5, healthCheck: { path: "/", matcher: "204" } },
    });
    expect(other.resource(TYPE).attributes.name).toBe(group.attributes.name);
  });

  it("has a name that AWS takes, whatever it is made of, and that another's port does not share", () => {
    const template = build((stack) => {
      for (const [id, name, port] of [
        ["a", "production01-wallarm-partners-one", 80],
        ["b", "production01-wallarm-partners-two", 80],
        ["c", "production01-wallarm-partners-two", 81],
        ["d", "-prod_api-", 80],
      ] as const) {
        const healthCheck = { path: "/", matcher: "200" };
        new TargetGroup(stack, id, { name, vpcId: "vpc-0", port, healthCheck, deregistrationDelaySeconds: 1 });
      }
    });
    const names = template.resources(TYPE).map(({ attributes }) => attributes.name);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/);
    expect(new Set(names).size).toBe(4);
  });
});
