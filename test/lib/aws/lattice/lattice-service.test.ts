import type { LatticeServiceProps } from "../../../../lib/aws/lattice/lattice-service";
import type { LatticeRoute } from "../../../../lib/aws/lattice/routing";
import { isList, isObject, type JsonValue, parseJson } from "../../../../lib/policy/terraform-json";
import type { Template } from "../../../support/template";
import { build } from "../load-balancer/edge";
import { addLattice, buildLattice, DOMAIN, PROXY_ROLE } from "./lattice";

const SERVICE = "aws_vpclattice_service";
const LISTENER = "aws_vpclattice_listener";
const RULE = "aws_vpclattice_listener_rule";
const MEMBERSHIP = "aws_vpclattice_service_network_service_association";
const ATTACHMENT = "aws_vpclattice_target_group_attachment";

const withService = (service: Partial<LatticeServiceProps>): Template => buildLattice({ service });
const withRoutes = (...routes: readonly LatticeRoute[]): Template => withService({ routes });

const standard = buildLattice();

/** Shares by the names of the groups, in the order in which they are written. */
function sharesOf(
  template: Template,
  action: JsonValue | undefined,
): readonly (readonly [string, JsonValue | undefined])[] {
  const forward = isObject(action) ? action.forward : undefined;
  const first = isList(forward) ? forward[0] : forward;
  const groups = isObject(first) && isList(first.target_groups) ? first.target_groups.filter(isObject) : [];
  return groups.map(({ target_group_identifier: id, weight }) => [
    template.follow(id).block.logicalId.replace("shop-targets-", ""),
    weight,
  ]);
}

describe("a service of VPC Lattice", () => {
  it("has its own domain, certificate and name", () => {
    standard.resource(SERVICE, {
      name: "prod-shop",
      auth_type: "AWS_IAM",
      custom_domain_name: DOMAIN,
      certificate_arn: /:certificate\//,
    });
  });

  it("has a name that VPC Lattice takes, whatever it is made of", () => {
    for (const name of ["svc-shop", "production-with-a-long-name-of-a-service-in-it", "Shop--x"]) {
      expect(withService({ name }).resource(SERVICE).attributes.name).toMatch(
        /^(?!svc-)(?!.*--)[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$/,
      );
    }
  });

  it.each([
    [DOMAIN, DOMAIN],
    [undefined, "${aws_vpclattice_service.shop.dns_entry[0].domain_name}"],
  ])("of the domain %s is called by %s", (domain, name) => {
    const template = build((stack) => {
      const { service } = addLattice(stack, { service: { domain } });
      stack.publish("domain", service.domainName, "What callers use");
    });
    expect(template.output("domain").value).toBe(name);
    template.resource(SERVICE, { custom_domain_name: domain });
  });

  it("lets only those call whom its policy names", () => {
    const template = standard;
    const policy = template.resource("aws_vpclattice_auth_policy", { policy: /RequestPath/ });
    expect(template.follow(policy.attributes.resource_identifier)).toMatchObject({
      attribute: "arn",
      block: { type: SERVICE },
    });
    expect(parseJson(policy.attributes.policy as string)).toMatchObject({
      Statement: [{ Principal: { AWS: PROXY_ROLE } }],
    });
  });

  it("refuses everybody without a policy", () => {
    const template = withService({ authPolicy: undefined });
    template.resource(SERVICE, { auth_type: "AWS_IAM" });
    expect(template.count("aws_vpclattice_auth_policy")).toBe(1);
  });

  it("leaves it to the network when it asks for nothing", () => {
    const template = withService({ auth: "none" });
    template.resource(SERVICE, { auth_type: "NONE" });
    template.expectAbsent("aws_vpclattice_auth_policy", { policy: /RequestPath/ });
  });

  it("joins the network only when policy, listener and rules stand", () => {
    const template = standard;
    const before = template.resource(MEMBERSHIP).attributes.depends_on;
    expect(before).toEqual(
      expect.arrayContaining([
        template.resource("aws_vpclattice_auth_policy", { policy: /RequestPath/ }).address,
        template.resource(LISTENER).address,
        ...template.resources(RULE).map(({ address }) => address),
      ]),
    );
  });
});

describe("the listener of a service", () => {
  it("speaks what it is asked to", () => {
    standard.resource(LISTENER, { protocol: "HTTPS", port: 443 });
    withService({ listener: { protocol: "http", port: 8080 } }).resource(LISTENER, { protocol: "HTTP", port: 8080 });
  });

  it("goes with the service that it belongs to, which the provider does not see by itself", () => {
    const template = standard;
    const { address } = template.resource(SERVICE);
    const listener = template.resource(LISTENER, { lifecycle: { replace_triggered_by: [`${address}.id`] } });
    expect(template.follow(listener.attributes.service_identifier)).toMatchObject({
      attribute: "id",
      block: { address },
    });
  });

  it("sends what fits no route to the groups of its default", () => {
    const template = withService({ defaultTo: { web: 3, balancer: 1 } });
    expect(sharesOf(template, template.resource(LISTENER).attributes.default_action)).toEqual([
      ["balancer", 1],
      ["web", 3],
    ]);
  });

  it("or answers by itself", () => {
    withService({ defaultTo: { status: 404 } }).resource(LISTENER, {
      default_action: { fixed_response: { status_code: 404 }, forward: undefined },
    });
  });

  it("sends nothing anywhere before the targets are registered", () => {
    const template = standard;
    const registered = template.resources(ATTACHMENT).map(({ address }) => address);
    expect(registered).toHaveLength(5);
    for (const { attributes } of [template.resource(LISTENER), ...template.resources(RULE)]) {
      expect(attributes.depends_on).toEqual(expect.arrayContaining([...registered]));
    }
  });
});

describe("the routes of a service", () => {
  it("are rules in their order", () => {
    const template = standard;
    const rules = [...template.resources(RULE)].sort(
      (left, right) => Number(left.attributes.priority) - Number(right.attributes.priority),
    );
    expect(rules.map(({ attributes }) => sharesOf(template, attributes.action))).toEqual([
      [
        ["fleet", 10],
        ["web", 90],
      ],
      [["balancer", 1]],
      [["function", 1]],
    ]);
    for (const { attributes } of rules) {
      expect(template.follow(attributes.listener_identifier)).toMatchObject({ attribute: "listener_id" });
      expect(template.follow(attributes.service_identifier)).toMatchObject({ attribute: "id" });
    }
  });

  it("tell requests apart by path, method and headers, upper and lower case too", () => {
    const template = withRoutes({
      path: { prefix: "/v2" },
      method: "GET",
      headers: [
        { name: "x-canary", exact: "yes" },
        { name: "user-agent", contains: "curl" },
        { name: "x-team", prefix: "shop-" },
      ],
      to: { web: 1 },
    });
    template.resource(RULE, {
      match: {
        http_match: {
          method: "GET",
          path_match: { case_sensitive: true, match: { prefix: "/v2", exact: undefined } },
          header_matches: [
            { name: "x-canary", case_sensitive: true, match: { exact: "yes", prefix: undefined, contains: undefined } },
            { name: "user-agent", case_sensitive: true, match: { contains: "curl" } },
            { name: "x-team", case_sensitive: true, match: { prefix: "shop-" } },
          ],
        },
      },
    });
  });

  it("say nothing about what they do not ask for", () => {
    withRoutes({ method: "POST", to: { web: 1 } }).resource(RULE, {
      match: { http_match: { method: "POST", path_match: undefined, header_matches: undefined } },
    });
    withRoutes({ path: { exact: "/health" }, to: { web: 1 } }).resource(RULE, {
      match: { http_match: { method: undefined, path_match: { match: { exact: "/health", prefix: undefined } } } },
    });
  });

  it("keep their place and name when one comes before them, so that rules change in place", () => {
    const route = (prefix: string): LatticeRoute => ({ path: { prefix }, to: { web: 1 } });
    const places = (template: Template) =>
      template.resources(RULE).map(({ address, attributes: { name, priority } }) => [address, name, priority]);
    const before = places(withRoutes(route("/a"), route("/b")));
    expect(places(withRoutes(route("/new"), route("/a"), route("/b"))).slice(0, 2)).toEqual(before);
  });

  it("are other rules with headers and without, since the provider does not see the last header go", () => {
    const nameOf = (route: LatticeRoute) => withRoutes(route).resource(RULE).attributes.name;
    const path = { prefix: "/a" };
    const bare = nameOf({ path, to: { web: 1 } });
    expect(nameOf({ path, headers: [{ name: "x", exact: "y" }], to: { web: 1 } })).not.toBe(bare);
    expect(nameOf({ path, headers: [], to: { web: 1 } })).toBe(bare);
    expect(nameOf({ path: { prefix: "/b" }, to: { web: 1 } })).toBe(bare);
  });

  it("share requests in the same way however the weights are written", () => {
    const shares = (to: LatticeRoute["to"]) => {
      const template = withRoutes({ method: "GET", to });
      return sharesOf(template, template.resource(RULE).attributes.action);
    };
    expect(shares({ web: 90, fleet: 10 })).toEqual(shares({ fleet: 10, web: 90 }));
    expect(shares({ web: 0, fleet: 1 })).toEqual([
      ["fleet", 1],
      ["web", 0],
    ]);
  });

  it("are ten at most, each to groups that exist", () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ path: { prefix: `/${index}` }, to: { web: 1 } }));
    expect(withRoutes(...many(10)).count(RULE)).toBe(10);
    expect(() => withRoutes(...many(11))).toThrow(/10 rules at most, not 11/);
    expect(() => withRoutes({ method: "GET", to: { nowhere: 1 } })).toThrow(/no target group nowhere, but web, fleet/);
    expect(() => withService({ defaultTo: { nowhere: 1 } })).toThrow(RangeError);
  });
});
