import example from "../../environments/example";
import * as contract from "../../lambda/allowlist-sync/contract";
import { isList, type JsonObject } from "../../lib/policy/terraform-json";
import hosted from "../environments/hosted";
import wide from "../environments/wide";
import { environmentWith } from "../support/environment";
import { objectOf, objectsOf, textOf, textsIn } from "../support/json";
import { covers, grants, grantsOfRole } from "../support/policy-documents";
import { stackTemplates } from "../support/stacks";
import type { Block, Template } from "../support/template";

const observing = stackTemplates(example).template("example-allowlist");
const full = stackTemplates(wide).template("wide-allowlist");
const enforcing = stackTemplates(hosted).template("hosted-allowlist");

const SET = "aws_wafv2_ip_set";
const GROUP = "aws_wafv2_rule_group";
const ACL = "aws_wafv2_web_acl";

/** An allowlist that differs from others by its number of IPv4 sets alone. */
const withIpv4Sets = (ipv4Sets: number): Template =>
  stackTemplates(environmentWith({ allowlist: { capacity: { ipv4Sets } } })).template("test-allowlist");

/** Names of the IP sets that a block's rules refer to, in their order. */
const setsIn = (template: Template, { attributes }: Block): readonly string[] =>
  textsIn(attributes.rule)
    .filter((text) => text.startsWith(`\${${SET}.`))
    .map((reference) => nameOf(template.follow(reference).block));

const nameOf = ({ attributes }: Block): string => textOf(attributes.name);
const namesOf = (template: Template, type: string): readonly string[] => template.resources(type).map(nameOf);

/** The rules of the web ACL in the order in which WAF evaluates them. */
function rulesOf(template: Template): readonly { name: string; rule: JsonObject; priority: number }[] {
  return objectsOf(template.resource(ACL).attributes.rule)
    .map((rule) => ({ name: textOf(rule.name), priority: Number(rule.priority), rule }))
    .sort((one, other) => one.priority - other.priority);
}

describe("the sets of clusters", () => {
  const clusterSets = (template: Template): readonly Block[] => template.resources(SET, { name: /-clusters-/ });

  it("are as many as the capacity says, named as the function finds them", () => {
    const prefix = contract.ipSetPrefix("wide");
    const names = (family: contract.Family, count: number): readonly string[] =>
      Array.from({ length: count }, (_, slot) => contract.ipSetName(prefix, family, slot));
    expect(clusterSets(full).map(nameOf).sort()).toEqual([...names("ipv4", 70), ...names("ipv6", 26)]);
  });

  it.each([
    ["IPV4", /-ipv4-\d\d$/, 70],
    ["IPV6", /-ipv6-\d\d$/, 26],
  ])("hold %s alone", (version, name, count) => {
    expect(full.resources(SET, { name, ip_address_version: version, scope: "REGIONAL" })).toHaveLength(count);
  });

  it("belong to the function: Terraform leaves addresses and description alone", () => {
    const kept = { addresses: [], lifecycle: { ignore_changes: ["addresses", "description"] } };
    expect(full.resources(SET, { name: /-clusters-/, ...kept })).toHaveLength(96);
  });

  it("say from the beginning, in the function's own words, that they are empty", () => {
    const said = clusterSets(full).map(({ attributes }) => attributes.description);
    expect(new Set(said)).toEqual(new Set([contract.EMPTY_DESCRIPTION]));
  });

  it("fill the account's quota with those of access, to the last one", () => {
    expect(full.count(SET)).toBe(100);
  });

  it("and no others are what the function may write", () => {
    const role = full.follow(full.resource("aws_lambda_function").attributes.role).block;
    const patterns = grantsOfRole(full, role).flatMap((line) => / wafv2:UpdateIPSet on (\S+)/.exec(line)?.[1] ?? []);
    const arn = (set: Block): string =>
      `arn:aws:wafv2:eu-central-1:111122223333:regional/ipset/${nameOf(set)}/a1b2c3d4-5678-90ab-cdef-111122223333`;
    const writable = full.resources(SET).filter((set) => patterns.some((pattern) => covers(pattern, arn(set))));
    expect(writable.map(nameOf)).toEqual(clusterSets(full).map(nameOf));
  });
});

describe("the sets of access", () => {
  it("hold each list by family, and Terraform keeps them so", () => {
    const set = (name: string): Block => full.resource(SET, { name, lifecycle: { ignore_changes: undefined } });
    expect(set("wide-access-operators-ipv4").attributes.addresses).toEqual(["198.51.100.0/24"]);
    expect(set("wide-access-operators-ipv6").attributes.addresses).toEqual(["2001:db8:100::/48"]);
    expect(set("wide-access-runners-ipv4").attributes.addresses).toEqual(["203.0.113.64/28"]);
    expect(set("wide-access-runners-ipv6").attributes.addresses).toEqual(["2001:db8:200::/56"]);
  });

  it("are made only for families in use", () => {
    expect(namesOf(enforcing, SET).filter((name) => name.includes("-access-"))).toEqual([
      "hosted-access-operators-ipv4",
      "hosted-access-runners-ipv6",
    ]);
  });

  it("start with nothing that the function looks for", () => {
    const names = namesOf(full, SET).filter((name) => name.includes("access"));
    expect(names.filter((name) => name.startsWith(contract.ipSetPrefix("wide")))).toEqual([]);
  });
});

describe("rule groups", () => {
  it("hold at most 50 references each, of one family, in the order of the slots", () => {
    const groups = full.resources(GROUP).map((group) => setsIn(full, group));
    expect(groups.map((sets) => sets.length)).toEqual([50, 20, 26]);
    expect(groups.flat()).toEqual(namesOf(full, SET).filter((name) => name.includes("-clusters-")));
  });

  it("have one capacity for ever, with room for 50 references of up to two units", () => {
    for (const template of [full, observing, enforcing]) {
      expect(template.resources(GROUP, { capacity: 100, scope: "REGIONAL" })).toHaveLength(template.count(GROUP));
    }
  });

  it("admit who comes from any of their sets", () => {
    expect(enforcing.count(GROUP)).toBe(2);
    for (const { attributes } of enforcing.resources(GROUP)) {
      expect(attributes.rule).toMatchObject([{ action: { allow: {} }, statement: { or_statement: {} } }]);
    }
  });

  it("refer to a single set directly, since an OR takes two", () => {
    for (const { attributes } of observing.resources(GROUP)) {
      expect(attributes.rule).toMatchObject([{ statement: { ip_set_reference_statement: {} } }]);
    }
  });
});

describe("growth", () => {
  it.each([
    [1, 60],
    [2, 3],
    [49, 51],
    [50, 95],
  ])("from %d sets to %d moves no set and no reference to another group", (few, many) => {
    const [before, after] = [withIpv4Sets(few), withIpv4Sets(many)];
    expect(Object.fromEntries(after.resources(SET).map((set) => [set.address, set.attributes]))).toMatchObject(
      Object.fromEntries(before.resources(SET).map((set) => [set.address, set.attributes])),
    );
    for (const group of before.resources(GROUP)) {
      const grown = after.resource(GROUP, { name: nameOf(group), capacity: group.attributes.capacity ?? null });
      expect(grown.address).toBe(group.address);
      expect(setsIn(after, grown).slice(0, setsIn(before, group).length)).toEqual(setsIn(before, group));
    }
    expect(rulesOf(after).map(({ name }) => name)).toEqual(
      expect.arrayContaining(rulesOf(before).map(({ name }) => name)),
    );
  });

  it("and shrinking make before they destroy: WAF refuses to delete what is in use", () => {
    const first = { lifecycle: { create_before_destroy: true } };
    expect(full.resources(SET, first)).toHaveLength(full.count(SET));
    expect(full.resources(GROUP, first)).toHaveLength(full.count(GROUP));
  });
});

describe("the web ACL", () => {
  it.each([
    ["example", observing],
    ["wide", full],
    ["hosted", enforcing],
  ])("and its groups refer to every set of %s exactly once", (_name, template) => {
    const references = [...template.resources(GROUP), template.resource(ACL)].flatMap((block) =>
      setsIn(template, block),
    );
    expect([...references].sort()).toEqual([...namesOf(template, SET)].sort());
  });

  it("takes every group as it is", () => {
    const groups = rulesOf(full).filter(({ name }) => name.startsWith("clusters-"));
    const arns = groups.flatMap(({ rule }) => textsIn(rule).filter((text) => text.startsWith(`\${${GROUP}.`)));
    expect(arns.map((arn) => full.follow(arn).block.address)).toEqual(
      full.resources(GROUP).map(({ address }) => address),
    );
    for (const { rule } of groups) expect(rule).toMatchObject({ override_action: { none: {} } });
    for (const { rule } of groups) expect(rule).not.toHaveProperty("action");
  });

  it("looks at people and machines first, then at clusters, and last at the rest", () => {
    expect(rulesOf(full).map(({ name }) => name)).toEqual([
      "operators",
      "runners",
      "clusters-ipv4-group-0",
      "clusters-ipv4-group-1",
      "clusters-ipv6-group-0",
      "not-listed",
    ]);
    const priorities = rulesOf(full).map(({ priority }) => priority);
    expect(new Set(priorities).size).toBe(priorities.length);
  });

  it("admits each list of access with one rule over its families", () => {
    const [operators, runners] = rulesOf(full);
    expect(operators?.rule).toMatchObject({ action: { allow: {} } });
    expect(runners?.rule).toMatchObject({ action: { allow: {} } });
    expect(
      rulesOf(enforcing)
        .map(({ name }) => name)
        .slice(0, 2),
    ).toEqual(["operators", "runners"]);
    expect(rulesOf(enforcing)[0]?.rule).toMatchObject({ statement: { ip_set_reference_statement: {} } });
  });

  it("has no rule for an empty list", () => {
    const names = rulesOf(withIpv4Sets(1)).map(({ name }) => name);
    expect(names).toContain("operators");
    expect(names).not.toContain("runners");
  });

  it("costs no more than the 1,500 units that are free of charge", () => {
    const groups = full.resources(GROUP).reduce((sum, { attributes }) => sum + Number(attributes.capacity), 0);
    expect(groups + setsIn(full, full.resource(ACL)).length + 1).toBeLessThanOrEqual(1500);
  });
});

describe("observe", () => {
  it("lets everybody in", () => {
    observing.resource(ACL, { default_action: { allow: {}, block: undefined } });
  });

  it("counts and labels who is on no list", () => {
    const last = rulesOf(observing).at(-1);
    expect(last?.name).toBe("not-listed");
    expect(last?.rule).toMatchObject({ action: { count: {} }, rule_label: [{ name: "ringfence:not-listed" }] });
    expect(last?.rule).toMatchObject({
      statement: {
        size_constraint_statement: { comparison_operator: "GE", size: 0, field_to_match: { uri_path: {} } },
      },
    });
  });

  it("blocks nowhere", () => {
    expect(JSON.stringify(rulesOf(observing))).not.toContain("block");
  });
});

describe("enforce", () => {
  it("refuses by default, and says whom to ask", () => {
    const refused = { custom_response: { response_code: 403, custom_response_body_key: "refused" } };
    enforcing.resource(ACL, {
      default_action: { block: refused, allow: undefined },
      custom_response_body: [{ key: "refused", content_type: "TEXT_PLAIN" }],
    });
    const contacted = stackTemplates(
      environmentWith({
        rancher: { url: "https://rancher.example.com" },
        allowlist: { mode: "enforce", contact: "#platform" },
      }),
    ).template("test-allowlist");
    contacted.resource(ACL, {
      custom_response_body: [{ content: /https:\/\/rancher\.example\.com.*#platform/ }],
    });
  });

  it("differs from observe in the default action and the counting rule, and in nothing else", () => {
    const of = (mode: "observe" | "enforce"): Template =>
      stackTemplates(environmentWith({ allowlist: { mode } })).template("test-allowlist");
    const [before, after] = [of("observe"), of("enforce")];
    expect(rulesOf(after)).toEqual(rulesOf(before).filter(({ name }) => name !== "not-listed"));
    const rest = (template: Template) => ({ ...template.resource(ACL).attributes, rule: null, default_action: null });
    expect(rest(after)).toEqual(rest(before));
    const others = (template: Template) => ({ ...(template.configuration.resource as object), [ACL]: null });
    expect(others(after)).toEqual(others(before));
  });
});

describe("load balancers", () => {
  it("are each associated with the web ACL", () => {
    const associations = full.resources("aws_wafv2_web_acl_association");
    expect(associations.map(({ attributes }) => attributes.resource_arn).sort()).toEqual(
      [...(wide.rancher?.loadBalancerArns ?? [])].sort(),
    );
    for (const { attributes } of associations) {
      expect(full.follow(attributes.web_acl_arn)).toMatchObject({ block: { type: ACL }, attribute: "arn" });
    }
  });

  it("may be none: the web ACL is only exported", () => {
    enforcing.expectAbsent("aws_wafv2_web_acl_association");
    expect(enforcing.follow(enforcing.output("web-acl-arn").value)).toMatchObject({
      block: { type: ACL },
      attribute: "arn",
    });
  });
});

describe("the log", () => {
  it("of the web ACL goes to an encrypted group with the prefix that WAF demands", () => {
    const { attributes } = observing.resource("aws_wafv2_web_acl_logging_configuration");
    expect(observing.follow(attributes.resource_arn).block.type).toBe(ACL);
    const [destination] = isList(attributes.log_destination_configs) ? attributes.log_destination_configs : [];
    expect(observing.follow(destination).block.attributes).toMatchObject({
      name: expect.stringMatching(/^aws-waf-logs-/) as unknown,
      kms_key_id: "${aws_kms_key.key.arn}",
      retention_in_days: 365,
    });
    expect(attributes.depends_on).toEqual([observing.resource("aws_cloudwatch_log_resource_policy").address]);
  });

  it("keeps whom the web ACL refuses or would refuse, and drops the rest", () => {
    const { attributes } = observing.resource("aws_wafv2_web_acl_logging_configuration", {
      logging_filter: { default_behavior: "DROP", filter: [{ behavior: "KEEP", requirement: "MEETS_ANY" }] },
    });
    const label = textsIn(rulesOf(observing).at(-1)?.rule).find((text) => text.includes(":")) ?? "none";
    const acl = observing.resource(ACL);
    expect(textsIn(attributes.logging_filter)).toEqual(
      expect.arrayContaining([
        "BLOCK",
        `awswaf:${example.aws?.accountId ?? ""}:webacl:\${${acl.address}.name}:${label}`,
      ]),
    );
  });

  it("takes what the delivery service brings for this account, and nothing else", () => {
    const { attributes } = observing.resource("aws_cloudwatch_log_resource_policy");
    const condition =
      'to {"Service":"delivery.logs.amazonaws.com"} if {"StringEquals":{"aws:SourceAccount":"111122223333"},' +
      '"ArnLike":{"aws:SourceArn":"arn:aws:logs:eu-central-1:111122223333:*"}}';
    expect(grants(attributes.policy_document)).toEqual([
      `Allow logs:CreateLogStream on \${aws_cloudwatch_log_group.waf-logs-group.arn}:* ${condition}`,
      `Allow logs:PutLogEvents on \${aws_cloudwatch_log_group.waf-logs-group.arn}:* ${condition}`,
    ]);
  });

  it("and the samples never show what carries credentials", () => {
    const { attributes } = observing.resource(ACL, { data_protection_config: () => true });
    const config = attributes.data_protection_config;
    const protections = objectsOf(objectOf(config).data_protection);
    for (const protection of protections) expect(protection).toMatchObject({ action: "SUBSTITUTION" });
    expect(textsIn(protections)).toEqual(
      expect.arrayContaining([
        "authorization",
        "cookie",
        "sec-websocket-protocol",
        "x-api-tunnel-token",
        "QUERY_STRING",
      ]),
    );
    expect(observing.resource(ACL).attributes).toMatchObject({ visibility_config: { sampled_requests_enabled: true } });
  });

  it("has a saved query for who would be blocked, in both modes", () => {
    const { attributes } = observing.resource("aws_cloudwatch_query_definition");
    expect(attributes.log_group_names).toEqual(["${aws_cloudwatch_log_group.waf-logs-group.name}"]);
    const label = textsIn(rulesOf(observing).at(-1)?.rule).find((text) => text.includes(":")) ?? "none";
    // The label itself: a client could write the same text into its path.
    expect(attributes.query_string).toContain(`labels.0.name like /:${label}$/`);
    expect(attributes.query_string).toContain('action = "BLOCK"');
    expect(attributes.query_string).toMatch(/\| stats .* by httpRequest\.clientIp/);
  });
});
