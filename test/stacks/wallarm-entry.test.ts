import { objectOf, objectsOf, textOf, textsIn } from "../support/json";
import { grants } from "../support/policy-documents";
import { edgeNamed, EDGES, edgeWith, nginxOf, spelledOut } from "./edges";

const RECORD = "aws_route53_record";

describe.each(EDGES)("the way into $stackId", ({ template, config }) => {
  const balancer = template.resource("aws_lb");
  const listeners = template.resources("aws_lb_listener");
  const https = template.resource("aws_lb_listener", { port: 443 });

  it("is a load balancer as its environment asks for it", () => {
    expect(balancer.attributes).toMatchObject({
      load_balancer_type: "application",
      internal: config.scheme === "internal",
      ip_address_type: config.dualStack ? "dualstack" : "ipv4",
      desync_mitigation_mode: config.desyncMode,
      drop_invalid_header_fields: true,
    });
  });

  it("speaks TLS 1.3 and 1.2 and nothing weaker, with everybody", () => {
    expect(https.attributes).toMatchObject({
      protocol: "HTTPS",
      ssl_policy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    });
  });

  it("leads nowhere by itself: 421 over HTTPS, and on port 80 itself over HTTPS, or nothing", () => {
    expect(listeners.map(({ attributes }) => attributes.port)).toEqual(config.httpRedirect ? [80, 443] : [443]);
    for (const { attributes } of listeners) {
      expect(template.follow(attributes.load_balancer_arn).block).toEqual(balancer);
      const [action = {}, ...others] = objectsOf(attributes.default_action);
      expect(others).toEqual([]);
      if (attributes.port === 443) {
        expect(action).toMatchObject({ type: "fixed-response", fixed_response: { status_code: "421" } });
      } else {
        expect(action).toMatchObject({ type: "redirect", redirect: { protocol: "HTTPS", status_code: "HTTP_301" } });
      }
    }
  });

  it("leads to the nodes whoever asks for the edge's own names, and nobody else", () => {
    const rules = template.resources("aws_lb_listener_rule", { action: [{ type: "forward" }] });
    const asked = rules.flatMap(({ attributes }) => objectsOf(attributes.condition));
    expect(asked.map((condition) => Object.keys(condition))).toEqual(rules.map(() => ["host_header"]));
    expect(asked.flatMap(textsIn)).toEqual([config.domain, ...config.aliases]);
    for (const { attributes } of rules) {
      expect(template.follow(attributes.listener_arn).block).toEqual(https);
      const [action = {}, ...others] = objectsOf(attributes.action);
      expect(others).toEqual([]);
      expect(template.follow(action.target_group_arn).block.type).toBe("aws_lb_target_group");
    }
  });

  it("has no node before everything leads there", () => {
    const forwarding = template.resources("aws_lb_listener_rule", { action: [{ type: "forward" }] });
    expect(textsIn(template.resource("aws_ecs_service").attributes.depends_on)).toEqual(
      expect.arrayContaining([https, ...forwarding].map(({ address }) => address)),
    );
  });

  it("answers 404 on the path that the health check asks, and on whatever else the nodes keep to themselves", () => {
    const [rule = {}, ...later] = template
      .resources("aws_lb_listener_rule")
      .map(({ attributes }) => attributes)
      .sort((one, other) => Number(one.priority) - Number(other.priority));
    expect(later.flatMap(({ action }) => objectsOf(action)).map(({ type }) => type)).toEqual(["forward"]);
    expect(template.follow(rule.listener_arn).block).toEqual(https);
    expect(rule.action).toEqual([
      expect.objectContaining({
        type: "fixed-response",
        fixed_response: expect.objectContaining({ status_code: "404" }) as unknown,
      }),
    ]);
    const [condition = {}, ...others] = objectsOf(rule.condition);
    expect(others).toEqual([]);
    const fenced = textsIn(objectOf(condition.path_pattern).values);
    const { path } = objectOf(template.resource("aws_lb_target_group").attributes.health_check);
    expect(fenced).toContain(`${textOf(path)}*`);
    const [, start, ends = ""] = /"~\*\^outside(\/[\w-]+)\(([\w|]+)\)" 1$/m.exec(nginxOf(template).join("\n")) ?? [];
    expect([...fenced].sort()).toEqual(
      ends
        .split("|")
        .map((end) => `${start ?? ""}${end}*`)
        .sort(),
    );
  });

  it("logs connections and requests to a bucket that ELB can write and that gives nothing without TLS", () => {
    const bucket = template.resource("aws_s3_bucket");
    const written = ["access_logs", "connection_logs"].map((logs) => objectOf(balancer.attributes[logs]));
    for (const logs of written) {
      expect(logs.enabled).toBe(true);
      expect(template.follow(logs.bucket).block).toEqual(bucket);
    }
    const lines = grants(template.resource("aws_s3_bucket_policy").attributes.policy);
    const account = /\d{12}/.exec(textOf(bucket.attributes.bucket))?.[0] ?? "";
    for (const { prefix } of written) {
      const path = `\${${bucket.address}.arn}/${textOf(prefix)}/AWSLogs/${account}/*`;
      expect(lines).toContain(
        `Allow s3:PutObject on ${path} to {"Service":"logdelivery.elasticloadbalancing.amazonaws.com"}`,
      );
    }
    expect(lines).toContainEqual(expect.stringMatching(/^Deny s3:\* on .*aws:SecureTransport/));
    expect(lines.filter((line) => line.startsWith("Allow"))).toHaveLength(written.length);
    const [encryption = {}] = objectsOf(
      template.resource("aws_s3_bucket_server_side_encryption_configuration").attributes.rule,
    );
    expect(encryption.apply_server_side_encryption_by_default).toEqual({ sse_algorithm: "AES256" });
  });

  it("is guarded by a web ACL exactly where one is given, and closed while that cannot judge", () => {
    const associations = template.resources("aws_wafv2_web_acl_association");
    expect(associations.map(({ attributes }) => attributes.web_acl_arn)).toEqual(
      config.webAclArn === undefined ? [] : [config.webAclArn],
    );
    for (const { attributes } of associations) {
      expect(spelledOut(template, textOf(attributes.resource_arn))).toBe(`<${balancer.address}.arn>`);
    }
    expect(balancer.attributes.enable_waf_fail_open).toBe(false);
  });
});

test("one of the fixtures has aliases, with a wildcard and without", () => {
  const [aliases = [], ...others] = EDGES.map(({ config }) => config.aliases).filter(({ length }) => length > 0);
  expect(others).toEqual([]);
  expect(aliases.map((alias) => alias.startsWith("*.")).sort()).toEqual([false, true]);
});

test("an edge with more names than a rule compares has several rules, and its nodes wait for all", () => {
  const aliases = Array.from({ length: 20 }, (_, index) => `alias-${index}.example.com`);
  const template = edgeWith({ aliases });
  const rules = template.resources("aws_lb_listener_rule", { action: [{ type: "forward" }] });
  const named = rules.map(({ attributes }) => objectsOf(attributes.condition).flatMap(textsIn));
  expect(named.flat()).toEqual(["api.example.com", ...aliases]);
  expect(Math.max(...named.map(({ length }) => length))).toBeLessThanOrEqual(5);
  expect(textsIn(template.resource("aws_ecs_service").attributes.depends_on)).toEqual(
    expect.arrayContaining(rules.map(({ address }) => address)),
  );
});

test("one of the fixtures has a web ACL", () => {
  expect(EDGES.filter(({ config }) => config.webAclArn !== undefined)).toHaveLength(1);
});

describe("the certificate", () => {
  it.each(["example-wallarm-api", "wide-wallarm-full"])("is made where only a zone is given: %s", (stackId) => {
    const { template, config } = edgeNamed(stackId);
    const certificate = template.resource("aws_acm_certificate");
    expect(certificate.attributes).toMatchObject({ domain_name: config.domain, validation_method: "DNS" });
    const proof = template.resource(RECORD, { ttl: 300 }).attributes;
    expect(proof.zone_id).toBe(config.zoneId);
    expect(proof.name).toContain(certificate.address);
  });

  it("is used only once it is validated by its record", () => {
    const { template } = edgeNamed("example-wallarm-api");
    const { certificate_arn } = template.resource("aws_lb_listener", { port: 443 }).attributes;
    const validation = template.follow(certificate_arn).block;
    expect(validation.type).toBe("aws_acm_certificate_validation");
    expect(template.follow(validation.attributes.certificate_arn).block.type).toBe("aws_acm_certificate");
    expect(validation.attributes.validation_record_fqdns).toEqual([
      `\${${template.resource(RECORD, { ttl: 300 }).address}.fqdn}`,
    ]);
  });

  it.each(["example-wallarm-partners", "hosted-wallarm-api", "frugal-wallarm-try"])(
    "is the one that is given: %s",
    (stackId) => {
      const { template, config } = edgeNamed(stackId);
      template.expectAbsent("aws_acm_certificate");
      template.resource("aws_lb_listener", { port: 443, certificate_arn: config.certificateArn });
    },
  );
});

describe("the domain", () => {
  it.each([
    ["example-wallarm-api", ["A"]],
    ["wide-wallarm-full", ["A"]],
    ["hosted-wallarm-api", ["A", "AAAA"]],
    ["example-wallarm-partners", []],
    ["frugal-wallarm-try", []],
  ])("of %s leads to its load balancer by records of type %j", (stackId, types) => {
    const { template, config } = edgeNamed(stackId);
    const records = template.resources(RECORD, { name: config.domain });
    expect(records.map(({ attributes }) => attributes.type).sort()).toEqual(types);
    for (const { attributes } of records) {
      expect(attributes.zone_id).toBe(config.zoneId);
      const { name, zone_id } = objectOf(attributes.alias);
      expect([name, zone_id].map((part) => spelledOut(template, textOf(part)))).toEqual([
        "<aws_lb.balancer.dns_name>",
        "<aws_lb.balancer.zone_id>",
      ]);
    }
  });
});

describe("the upstream's record", () => {
  const zoneId = "Z1123456789ABCDEFGHIJ";

  it.each([
    ["internal-kong-123.eu-central-1.elb.amazonaws.com", "CNAME"],
    ["10.20.30.40", "A"],
  ])("leads to %s by %s", (target, type) => {
    const template = edgeWith({ upstreamRecord: { zoneId, target } });
    expect(template.resource(RECORD).attributes).toMatchObject({
      zone_id: zoneId,
      name: "kong.internal.example.com",
      type,
      records: [target],
    });
  });

  it("is made where it is asked for", () => {
    const withRecord = EDGES.filter(({ template }) => template.resources(RECORD, { zone_id: zoneId }).length > 0);
    expect(withRecord.map(({ stackId }) => stackId)).toEqual(["wide-wallarm-full"]);
  });
});
