import { LatticeTargetGroup, type LatticeTargets } from "../../../../lib/aws/lattice/target-group";
import type { Block, Template } from "../../../support/template";
import { build } from "../load-balancer/edge";
import { VPC } from "./lattice";

const TYPE = "aws_vpclattice_target_group";
const ATTACHMENT = "aws_vpclattice_target_group_attachment";
const BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/shop/50dc6c495c0c9188";
const FUNCTION = "arn:aws:lambda:eu-central-1:111122223333:function:shop";

const ip = (changes: Partial<Extract<LatticeTargets, { kind: "instance" | "ip" }>> = {}): LatticeTargets => ({
  kind: "ip",
  port: 8080,
  protocol: "http",
  protocolVersion: "http1",
  ids: ["10.20.0.7"],
  ...changes,
});

const template = (targets: LatticeTargets, name = "prod-shop-web"): Template =>
  build((stack) => {
    new LatticeTargetGroup(stack, "targets", { name, targets, vpcId: VPC });
  });
const group = (targets: LatticeTargets): Block => template(targets).resource(TYPE);
const configOf = (targets: LatticeTargets) => group(targets).attributes.config;

describe("a target group of VPC Lattice", () => {
  it("holds addresses or instances that listen on a port in a VPC", () => {
    expect(group(ip()).attributes.type).toBe("IP");
    expect(configOf(ip())).toMatchObject({
      port: 8080,
      protocol: "HTTP",
      protocol_version: "HTTP1",
      vpc_identifier: VPC,
      ip_address_type: "IPV4",
    });
    const instances = ip({ kind: "instance", protocol: "https", protocolVersion: "grpc", ids: ["i-0a"] });
    expect(group(instances).attributes.type).toBe("INSTANCE");
    expect(configOf(instances)).toMatchObject({ protocol: "HTTPS", protocol_version: "GRPC" });
    expect(configOf(instances)).not.toHaveProperty("ip_address_type");
  });

  it("holds addresses of IPv6, and stands in another VPC when its targets do", () => {
    expect(configOf(ip({ ids: ["2001:db8::1"], vpcId: "vpc-1" }))).toMatchObject({
      ip_address_type: "IPV6",
      vpc_identifier: "vpc-1",
    });
  });

  it.each([
    ["http", 80],
    ["https", 443],
  ] as const)("speaks %s on port %i unless told otherwise", (protocol, port) => {
    const built = template(ip({ protocol, port: undefined }));
    built.resource(TYPE, { config: { port } });
    built.resource(ATTACHMENT, { target: { id: "10.20.0.7", port } });
  });

  it("holds a load balancer, which checks its own targets", () => {
    const built = template({ kind: "alb", port: 443, protocol: "https", protocolVersion: "http1", ids: [BALANCER] });
    built.resource(TYPE, {
      type: "ALB",
      config: { port: 443, protocol: "HTTPS", vpc_identifier: VPC, health_check: undefined },
    });
    built.resource(ATTACHMENT, { target: { id: BALANCER, port: 443 } });
  });

  it("holds a function, which has neither port nor VPC nor check", () => {
    const built = template({ kind: "lambda", ids: [FUNCTION] });
    expect(built.resource(TYPE).attributes).toMatchObject({
      type: "LAMBDA",
      config: { lambda_event_structure_version: "V2" },
    });
    expect(Object.keys(built.resource(TYPE).attributes.config as object)).toEqual(["lambda_event_structure_version"]);
    built.resource(ATTACHMENT, { target: { id: FUNCTION, port: undefined } });
  });

  it.each([
    [FUNCTION, FUNCTION, undefined],
    [`${FUNCTION}:live`, FUNCTION, "live"],
    [`${FUNCTION}:7`, FUNCTION, "7"],
  ])("lets VPC Lattice invoke %s for this group alone, before it is registered", (id, name, qualifier) => {
    const built = template({ kind: "lambda", ids: [id] });
    const permission = built.resource("aws_lambda_permission", {
      function_name: name,
      qualifier,
      action: "lambda:InvokeFunction",
      principal: "vpc-lattice.amazonaws.com",
    });
    expect(built.follow(permission.attributes.source_arn).block.type).toBe(TYPE);
    expect(built.resource(ATTACHMENT).attributes.depends_on).toEqual([permission.address]);
  });

  it("asks nobody else for leave", () => {
    template(ip()).expectAbsent("aws_lambda_permission");
  });

  it("registers every target once, each under an id of its own", () => {
    const ids = ["10.20.0.7", "10.2.0.07", "10.20.07"];
    expect(template(ip({ ids })).resources(ATTACHMENT)).toHaveLength(3);
    expect(template(ip({ ids: ["2001:db8::1:1", "2001:db8:1::1"] })).resources(ATTACHMENT)).toHaveLength(2);
    expect(template(ip({ ids: [] })).count(ATTACHMENT)).toBe(0);
  });
});

describe("the health check of a target group", () => {
  const checkOf = (targets: LatticeTargets) => (configOf(targets) as { readonly health_check: unknown }).health_check;

  it("asks HTTP/1.1 targets for / when nothing else is said", () => {
    expect(checkOf(ip())).toMatchObject({
      enabled: true,
      path: "/",
      matcher: { value: "200" },
      port: 8080,
      protocol: "HTTP",
      protocol_version: "HTTP1",
    });
  });

  it.each(["http2", "grpc"] as const)("is off for %s when nothing is said", (protocolVersion) => {
    expect(checkOf(ip({ protocolVersion }))).toEqual({ enabled: false });
  });

  it("asks as told", () => {
    const healthCheck = { path: "/health", matcher: "200-299", port: 9000, protocolVersion: "http2" } as const;
    expect(checkOf(ip({ protocol: "https", protocolVersion: "grpc", healthCheck }))).toMatchObject({
      enabled: true,
      path: "/health",
      matcher: { value: "200-299" },
      port: 9000,
      protocol: "HTTPS",
      protocol_version: "HTTP2",
    });
  });

  it("keeps to what VPC Lattice takes, and waits less for an answer than until the next question", () => {
    const check = checkOf(ip()) as Readonly<Record<string, number>>;
    const inside = (value: number | undefined, low: number, high: number): boolean =>
      value !== undefined && value >= low && value <= high;
    expect(inside(check.health_check_interval_seconds, 5, 300)).toBe(true);
    expect(inside(check.health_check_timeout_seconds, 1, 120)).toBe(true);
    expect(inside(check.healthy_threshold_count, 2, 10)).toBe(true);
    expect(inside(check.unhealthy_threshold_count, 2, 10)).toBe(true);
    expect(check.health_check_timeout_seconds).toBeLessThan(check.health_check_interval_seconds ?? 0);
  });
});

describe("the replacement of a target group", () => {
  const nameOf = (targets: LatticeTargets) => group(targets).attributes.name;

  it.each<[string, LatticeTargets]>([
    ["port", ip({ port: 9090 })],
    ["protocol", ip({ protocol: "https" })],
    ["protocol version", ip({ protocolVersion: "http2" })],
    ["kind", ip({ kind: "instance" })],
    ["VPC", ip({ vpcId: "vpc-1" })],
    ["address family", ip({ ids: ["2001:db8::7"] })],
  ])("has another name for another %s, so that both fit into the account", (_what, targets) => {
    expect(nameOf(targets)).not.toBe(nameOf(ip()));
    expect(group(targets).address).toBe(group(ip()).address);
  });

  it("does not happen for what changes in place", () => {
    expect(nameOf(ip({ ids: ["10.20.9.9"], healthCheck: { path: "/other", matcher: "204" } }))).toBe(nameOf(ip()));
  });

  it("comes before the old one goes, with all its targets and leave to call them", () => {
    const built = [template(ip()), template({ kind: "lambda", ids: [FUNCTION] })];
    for (const type of [TYPE, ATTACHMENT, "aws_lambda_permission"]) {
      for (const { attributes } of built.flatMap((each) => each.resources(type))) {
        expect(attributes.lifecycle).toEqual({ create_before_destroy: true });
      }
    }
  });

  it("has names that VPC Lattice takes", () => {
    for (const name of ["prod-shop-web", "tg-shop", "x".repeat(200)]) {
      expect(template(ip(), name).resource(TYPE).attributes.name).toMatch(
        /^(?!tg-)(?!.*--)[a-z0-9][a-z0-9-]{1,126}[a-z0-9]$/,
      );
    }
  });
});
