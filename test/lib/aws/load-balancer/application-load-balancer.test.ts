import { Eip } from "@cdktf/provider-aws/lib/eip";
import { App } from "cdktf";

import { existingSecret } from "../../../../lib/aws/secret-token";
import { violations } from "../../../../lib/policy/policy";
import { deletionProtection } from "../../../../lib/policy/rules/deletion-protection";
import { encryptionAtRest } from "../../../../lib/policy/rules/encryption-at-rest";
import { readStack, type SynthesizedStack } from "../../../../lib/policy/synthesized";
import type { JsonObject } from "../../../../lib/policy/terraform-json";
import { withFolder } from "../../../support/folder";
import { objectOf, objectsOf, parsedObject, textOf, textsIn } from "../../../support/json";
import type { Template } from "../../../support/template";
import { prod, TestStack } from "../../terraform/stack";
import { addEdge, build, buildEdge, type EdgeChanges } from "./edge";

const INGRESS = "aws_vpc_security_group_ingress_rule";
const EGRESS = "aws_vpc_security_group_egress_rule";
const PEERS = ["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"] as const;

/** Rules of one type in the balancer's own security group: ports and peer of each. */
function rulesOfBalancer(edge: Template, type: string): readonly string[] {
  const [groupId] = edge.resource("aws_lb").attributes.security_groups as readonly string[];
  return edge.resources(type, { security_group_id: groupId, ip_protocol: "tcp" }).map(({ attributes }) => {
    const peers = PEERS.flatMap((kind) => (kind in attributes ? [`${kind}=${textOf(attributes[kind])}`] : []));
    return `${JSON.stringify(attributes.from_port)}-${JSON.stringify(attributes.to_port)} ${peers.join(" ")}`;
  });
}

/** What the rules of the listener say, in the order in which they are asked. */
function rulesInOrder(edge: Template): readonly JsonObject[] {
  const rules = edge.resources("aws_lb_listener_rule").map(({ attributes }) => attributes);
  expect(new Set(rules.map(({ priority }) => priority)).size).toBe(rules.length);
  return [...rules].sort((one, other) => Number(one.priority) - Number(other.priority));
}

describe("a load balancer", () => {
  const edge = buildEdge();
  const balancer = edge.resource("aws_lb");

  it("is an Application Load Balancer of the internet in the given subnets", () => {
    expect(balancer.attributes).toMatchObject({
      load_balancer_type: "application",
      internal: false,
      ip_address_type: "ipv4",
      subnets: ["subnet-0a", "subnet-0b"],
    });
  });

  it("stays in the VPC when it is internal", () => {
    buildEdge({ balancer: { scheme: "internal" } }).resource("aws_lb", { internal: true });
  });

  it("drops headers that are not valid, and judges requests that can be read in two ways", () => {
    expect(balancer.attributes).toMatchObject({
      drop_invalid_header_fields: true,
      desync_mitigation_mode: "defensive",
    });
    buildEdge({ balancer: { desyncMode: "strictest" } }).resource("aws_lb", { desync_mitigation_mode: "strictest" });
  });

  it("tells the targets the client's address, last and without a port, and the host it asked for", () => {
    expect(balancer.attributes).toMatchObject({
      xff_header_processing_mode: "append",
      enable_xff_client_port: false,
      preserve_host_header: true,
    });
  });

  it("refuses what AWS WAF cannot judge", () => {
    expect(balancer.attributes.enable_waf_fail_open).toBe(false);
  });

  it("keeps idle connections as long as asked", () => {
    buildEdge({ balancer: { idleTimeoutSeconds: 45 } }).resource("aws_lb", { idle_timeout: 45 });
  });

  it("cannot be deleted where the environment is protected", () => {
    expect(balancer.attributes.enable_deletion_protection).toBe(false);
    buildEdge({ protect: true }).resource("aws_lb", { enable_deletion_protection: true });
  });

  it("has a name that AWS takes, and that no other edge has", () => {
    const names = ["internal-api", "production01-wallarm-partners-one", "production01-wallarm-partners-two"].map(
      (name) => buildEdge({ name }).resource("aws_lb").attributes.name,
    );
    for (const name of names) expect(name).toMatch(/^(?!internal-)[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])$/);
    expect(new Set(names).size).toBe(names.length);
    expect(balancer.attributes.name).toBe("prod-api");
  });
});

describe("its HTTPS listener", () => {
  const edge = buildEdge();
  const listener = edge.resource("aws_lb_listener", { port: 443 });

  it("speaks TLS 1.3 and 1.2, by a policy that is named", () => {
    expect(listener.attributes).toMatchObject({
      protocol: "HTTPS",
      ssl_policy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    });
  });

  it("waits for the certificate to be issued", () => {
    const { block, attribute } = edge.follow(listener.attributes.certificate_arn);
    expect([block.type, attribute]).toEqual(["aws_acm_certificate_validation", "certificate_arn"]);
  });

  it("takes a certificate that is given as it is", () => {
    const arn = "arn:aws:acm:eu-central-1:111122223333:certificate/0";
    const given = buildEdge({ certificateArn: arn });
    given.resource("aws_lb_listener", { port: 443, certificate_arn: arn });
    given.expectAbsent("aws_acm_certificate");
  });

  it("has further certificates for names of their own before anything is forwarded to", () => {
    const furtherCertificates = new Map([["shop", "arn:shop"]]);
    const waiting = build((stack) => {
      new Eip(stack, "waiting", { dependsOn: [...addEdge(stack, { balancer: { furtherCertificates } }).listening] });
    });
    const further = waiting.resource("aws_lb_listener_certificate", { certificate_arn: "arn:shop" });
    expect(further.address).toBe("aws_lb_listener_certificate.balancer-certificate-shop");
    expect(waiting.follow(further.attributes.listener_arn).block.attributes.port).toBe(443);
    expect(textsIn(waiting.resource("aws_eip").attributes.depends_on)).toContain(further.address);
    edge.expectAbsent("aws_lb_listener_certificate");
  });

  it("has no more certificates than AWS takes", () => {
    const furtherCertificates = new Map(Array.from({ length: 26 }, (_, index) => [`c${index}`, `arn:${index}`]));
    expect(() => buildEdge({ balancer: { furtherCertificates } })).toThrow(
      new RangeError("balancer: a listener has 25 certificates at most besides its first, not 26"),
    );
  });

  it("answers 421 to whoever asks for a host that is not its own", () => {
    expect(objectsOf(listener.attributes.default_action)).toEqual([
      {
        type: "fixed-response",
        fixed_response: { status_code: "421", content_type: "text/plain", message_body: "Misdirected Request" },
      },
    ]);
  });

  it("forwards to the target group what is asked of its own hosts", () => {
    const rule = edge.resource("aws_lb_listener_rule", { action: [{ type: "forward" }] });
    expect(rule.attributes.condition).toEqual([{ host_header: { values: ["api.example.com"] } }]);
    expect(edge.follow(rule.attributes.listener_arn).block.address).toBe(listener.address);
    const [action = {}, ...others] = objectsOf(rule.attributes.action);
    expect(others).toEqual([]);
    expect(edge.follow(action.target_group_arn).block.type).toBe("aws_lb_target_group");
  });

  it.each([
    [1, [1]],
    [5, [5]],
    [6, [5, 1]],
    [21, [5, 5, 5, 5, 1]],
  ])("compares %d hosts by rules of %j, as many as AWS takes in one", (count, sizes) => {
    const hosts = Array.from({ length: count }, (_, index) => `host-${index}.example.com`);
    const rules = rulesInOrder(buildEdge({ hosts })).slice(1);
    const compared = rules.map(({ condition }) => textsIn(condition));
    expect(compared.map(({ length }) => length)).toEqual(sizes);
    expect(compared.flat()).toEqual(hosts);
    for (const { action } of rules) expect(objectsOf(action)).toMatchObject([{ type: "forward" }]);
  });

  it("listens for targets only with all that forwards to them", () => {
    const hosts = Array.from({ length: 6 }, (_, index) => `host-${index}.example.com`);
    const waiting = build((stack) => {
      new Eip(stack, "waiting", { dependsOn: [...addEdge(stack, { hosts }).listening] });
    });
    const needed = [
      waiting.resource("aws_lb_listener", { port: 443 }),
      ...waiting.resources("aws_lb_listener_rule", { action: [{ type: "forward" }] }),
    ];
    expect(needed).toHaveLength(3);
    expect(textsIn(waiting.resource("aws_eip").attributes.depends_on)).toEqual(needed.map(({ address }) => address));
  });

  it("is not made without a host: nothing would be forwarded", () => {
    expect(() => buildEdge({ hosts: [] })).toThrow(
      new RangeError("balancer: a load balancer without hosts forwards nothing"),
    );
  });

  it("belongs to the load balancer", () => {
    expect(edge.follow(listener.attributes.load_balancer_arn).block.type).toBe("aws_lb");
  });

  it("answers 404 on paths that are nobody's business", () => {
    const rule = edge.resource("aws_lb_listener_rule", {
      priority: 1,
      condition: [{ path_pattern: { values: ["/status*"] } }],
      action: [{ type: "fixed-response", fixed_response: { status_code: "404", content_type: "text/plain" } }],
    });
    expect(edge.follow(rule.attributes.listener_arn).block.address).toBe(listener.address);
  });

  it("asks its rules one after the other, and forwards last", () => {
    const two = build((stack) => {
      addEdge(stack).answerNotFound("others", ["/a", "/b"]);
    });
    const asked = rulesInOrder(two).map(({ condition }) => textsIn(condition));
    expect(asked).toEqual([["/status*"], ["/a", "/b"], ["api.example.com"]]);
  });

  it.each([[[]], [["/1", "/2", "/3", "/4", "/5", "/6"]]])("refuses a rule of %j, as AWS would", (patterns) => {
    const add = (): unknown =>
      build((stack) => {
        addEdge(stack).answerNotFound("wrong", patterns);
      });
    expect(add).toThrow(new RangeError(`wrong: a listener rule has 1 to 5 path patterns, not ${patterns.length}`));
  });
});

describe("several target groups", () => {
  const both = build((stack) => {
    addEdge(stack, {
      balancer: {
        forwardings: [
          { id: "hosts", hosts: ["shop.example.com"], targetGroup: { arn: "arn:http" } },
          { id: "grpc-hosts", hosts: ["api.example.com"], targetGroup: { arn: "arn:grpc" } },
          { id: "wildcards", hosts: ["*.example.com"], targetGroup: { arn: "arn:http" } },
        ],
      },
    });
  });

  it("each get what is asked of their own hosts, the first that holds a host before the others", () => {
    const forwarded = rulesInOrder(both)
      .slice(1)
      .map(({ condition, action }) => [textsIn(condition), objectsOf(action)]);
    expect(forwarded).toEqual([
      [["shop.example.com"], [{ type: "forward", target_group_arn: "arn:http" }]],
      [["api.example.com"], [{ type: "forward", target_group_arn: "arn:grpc" }]],
      [["*.example.com"], [{ type: "forward", target_group_arn: "arn:http" }]],
    ]);
  });
});

describe("a login of machines", () => {
  const jwt = { issuer: "https://login.example.com", jwksUrl: "https://login.example.com/keys" } as const;
  const hosts = Array.from({ length: 6 }, (_, index) => `host-${index}.example.com`);
  const claims = [{ name: "scope", format: "space-separated-values", values: ["shop.read"] }] as const;
  const edge = buildEdge({ hosts, balancer: { login: { jwt: { ...jwt, claims } } } });

  it("is asked for before any request is forwarded", () => {
    const forwarding = rulesInOrder(edge).slice(1);
    expect(forwarding).toHaveLength(2);
    for (const { action } of forwarding) {
      expect(action).toMatchObject([
        {
          order: 1,
          type: "jwt-validation",
          jwt_validation: {
            issuer: jwt.issuer,
            jwks_endpoint: jwt.jwksUrl,
            additional_claim: [{ name: "scope", format: "space-separated-values", values: ["shop.read"] }],
          },
        },
        { order: 2, type: "forward" },
      ]);
    }
  });

  it("lets the load balancer ask for the issuer's keys", () => {
    expect(rulesOfBalancer(edge, EGRESS)).toContain("443-443 cidr_ipv4=0.0.0.0/0");
    expect(rulesOfBalancer(buildEdge(), EGRESS)).not.toContain("443-443 cidr_ipv4=0.0.0.0/0");
  });
});

describe("a login of people", () => {
  const secretArn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:login/client-AbCdEf";
  const oidc = {
    issuer: "https://login.example.com",
    authorizationEndpoint: "https://login.example.com/authorize",
    tokenEndpoint: "https://login.example.com/token",
    userInfoEndpoint: "https://login.example.com/userinfo",
    clientId: "shop",
    clientSecret: existingSecret({ secretArn, jsonKey: "client" }),
  };
  const hosts = Array.from({ length: 6 }, (_, index) => `host-${index}.example.com`);
  const waiting = build((stack) => {
    new Eip(stack, "waiting", { dependsOn: [...addEdge(stack, { hosts, balancer: { login: { oidc } } }).listening] });
  });
  const { address, attributes } = waiting.resource("aws_cloudformation_stack");
  const rules = Object.values(objectOf(parsedObject(attributes.template_body).Resources)).map((rule) => objectOf(rule));

  it("is asked for before any request is forwarded, for every host", () => {
    const compared = rules.map(({ Type, Properties }) => {
      expect(Type).toBe("AWS::ElasticLoadBalancingV2::ListenerRule");
      const { Actions, Conditions, ListenerArn, Priority } = objectOf(Properties);
      expect(waiting.follow(ListenerArn).block.address).toBe("aws_lb_listener.balancer-https");
      const [login, forward, ...others] = objectsOf(Actions);
      expect(others).toEqual([]);
      expect(login).toMatchObject({
        Type: "authenticate-oidc",
        Order: 1,
        AuthenticateOidcConfig: {
          Issuer: oidc.issuer,
          AuthorizationEndpoint: oidc.authorizationEndpoint,
          TokenEndpoint: oidc.tokenEndpoint,
          UserInfoEndpoint: oidc.userInfoEndpoint,
          ClientId: "shop",
          OnUnauthenticatedRequest: "authenticate",
        },
      });
      expect(forward).toMatchObject({ Type: "forward", Order: 2 });
      expect(waiting.follow(forward?.TargetGroupArn).block.type).toBe("aws_lb_target_group");
      expect(objectsOf(Conditions)).toEqual([{ Field: "host-header", HostHeaderConfig: expect.anything() as unknown }]);
      return [Priority, textsIn(objectOf(objectsOf(Conditions)[0]?.HostHeaderConfig).Values)];
    });
    expect(compared.map(([, asked]) => asked)).toEqual([hosts.slice(0, 5), hosts.slice(5)]);
    const priorities = compared.map(([priority]) => Number(priority));
    expect(priorities[0]).toBeLessThan(priorities[1] ?? 0);
  });

  it("can be put in the place of rules without it, which go at the same time: no two have one number", () => {
    const before = rulesInOrder(buildEdge({ hosts })).map(({ priority }) => priority);
    for (const { Properties } of rules) expect(before).not.toContain(objectOf(Properties).Priority);
  });

  it("has no other way to the targets, and none but these come first", () => {
    waiting.expectAbsent("aws_lb_listener_rule", { action: [{ type: "forward" }] });
    expect(textsIn(waiting.resource("aws_eip").attributes.depends_on)).toContain(address);
  });

  it("has its secret read by CloudFormation, so that Terraform never holds it", () => {
    const secrets = rules.map(({ Properties }) => {
      const [login] = objectsOf(objectOf(Properties).Actions);
      return objectOf(login?.AuthenticateOidcConfig).ClientSecret;
    });
    expect(new Set(secrets)).toEqual(new Set([`{{resolve:secretsmanager:${secretArn}:SecretString:client::}}`]));
    expect(textsIn(waiting.configuration).filter((text) => text.includes("client_secret"))).toEqual([]);
  });

  it("has names that CloudFormation takes", () => {
    expect(attributes.name).toBe("prod-api-login");
    const ids = Object.keys(objectOf(parsedObject(attributes.template_body).Resources));
    expect(ids).toEqual(["Hosts1", "Hosts2"]);
  });

  it("lets the load balancer speak to the identity provider", () => {
    expect(rulesOfBalancer(waiting, EGRESS)).toContain("443-443 cidr_ipv4=0.0.0.0/0");
  });
});

describe("plain HTTP", () => {
  it("is answered with the same address over HTTPS, for good", () => {
    const edge = buildEdge();
    edge.resource("aws_lb_listener", {
      port: 80,
      protocol: "HTTP",
      default_action: [
        {
          type: "redirect",
          target_group_arn: undefined,
          redirect: {
            status_code: "HTTP_301",
            protocol: "HTTPS",
            port: "443",
            host: "#{host}",
            path: "/#{path}",
            query: "#{query}",
          },
        },
      ],
    });
    expect(edge.count("aws_lb_listener")).toBe(2);
  });

  it("has no listener and nobody admitted when it is not wanted", () => {
    const edge = buildEdge({ balancer: { httpRedirect: false } });
    edge.expectAbsent("aws_lb_listener", { port: 80 });
    expect(rulesOfBalancer(edge, INGRESS)).toEqual(["443-443 cidr_ipv4=0.0.0.0/0"]);
  });
});

describe("its security group", () => {
  it("admits those who are named, on the two ports of the web", () => {
    const edge = buildEdge({
      balancer: {
        ingress: {
          cidrs: ["198.51.100.0/24", "2001:db8::/32", "::/0", "198.51.100.0/24"],
          prefixListIds: ["pl-0a1b2c3d"],
        },
      },
    });
    const peers = [
      "cidr_ipv4=198.51.100.0/24",
      "cidr_ipv6=2001:db8::/32",
      "cidr_ipv6=::/0",
      "prefix_list_id=pl-0a1b2c3d",
    ];
    const expected = peers.flatMap((peer) => [`443-443 ${peer}`, `80-80 ${peer}`]);
    expect([...rulesOfBalancer(edge, INGRESS)].sort()).toEqual(expected.sort());
  });

  it("keeps the address of each rule when another leaves the list", () => {
    const admitted = (cidrs: readonly string[]): ReadonlyMap<string, unknown> => {
      const edge = buildEdge({ balancer: { ingress: { cidrs, prefixListIds: [] } } });
      return new Map(
        edge.resources(INGRESS, { from_port: 443 }).map((rule) => [rule.address, rule.attributes.cidr_ipv4]),
      );
    };
    const all = admitted(["1.11.1.0/24", "11.1.1.0/24", "203.0.113.0/24"]);
    expect(new Set(all.values())).toEqual(new Set(["1.11.1.0/24", "11.1.1.0/24", "203.0.113.0/24"]));
    for (const [address, cidr] of admitted(["11.1.1.0/24", "203.0.113.0/24"])) expect(all.get(address)).toBe(cidr);
  });

  it("lets out only to the targets, on their port", () => {
    const edge = buildEdge();
    expect(rulesOfBalancer(edge, EGRESS)).toEqual([
      "8080-8080 referenced_security_group_id=${aws_security_group.targets-group.id}",
    ]);
  });

  it("admits clients before there is a load balancer to reach", () => {
    const edge = buildEdge();
    const [groupId] = edge.resource("aws_lb").attributes.security_groups as readonly string[];
    const rules = edge.resources(INGRESS, { security_group_id: groupId }).map(({ address }) => address);
    expect(rules.length).toBeGreaterThan(0);
    expect(edge.resource("aws_lb").attributes.depends_on).toEqual(expect.arrayContaining([...rules]));
  });

  it("says of itself and of each rule what it is for, opens single TCP ports and replaces before it deletes", () => {
    const edge = buildEdge();
    const blocks = ["aws_security_group", INGRESS, EGRESS].flatMap((type) => edge.resources(type));
    for (const { attributes } of blocks) {
      expect(attributes.description).toMatch(/^[\w .:/()#,@[\]+=&;{}!$*-]{8,255}$/);
      expect(attributes.lifecycle).toEqual({ create_before_destroy: true });
    }
    for (const { attributes } of [INGRESS, EGRESS].flatMap((type) => edge.resources(type))) {
      expect(attributes.ip_protocol).toBe("tcp");
      expect(attributes.from_port).toBe(attributes.to_port);
    }
  });
});

describe("IPv6", () => {
  it("comes with its own addresses and an AAAA record", () => {
    const edge = buildEdge({ balancer: { dualStack: true } });
    edge.resource("aws_lb", { ip_address_type: "dualstack" });
    edge.resource("aws_route53_record", { type: "AAAA" });
  });
});

describe("a web ACL", () => {
  it("guards the load balancer when one is given", () => {
    const webAclArn = "arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/edge/0";
    const edge = buildEdge({ balancer: { webAclArn } });
    const association = edge.resource("aws_wafv2_web_acl_association", { web_acl_arn: webAclArn });
    expect(edge.follow(association.attributes.resource_arn).block.type).toBe("aws_lb");
  });

  it("is not made up", () => {
    buildEdge().expectAbsent("aws_wafv2_web_acl_association");
  });
});

describe("the project's rules", () => {
  const synthesized = (changes: EdgeChanges): SynthesizedStack =>
    withFolder((outdir) => {
      const stack = new TestStack(new App({ outdir, stackTraces: false }), prod(), "edge");
      addEdge(stack, changes);
      stack.prepareStack();
      return readStack(stack);
    });

  it("are kept by an edge: encrypted, and guarded where that is asked for", () => {
    const rules = [encryptionAtRest, deletionProtection({ isProtected: () => true })];
    expect(violations([synthesized({ protect: true })], { rules })).toEqual([]);
    expect(violations([synthesized({ protect: false })], { rules })).not.toEqual([]);
  });
});
