import { gzipSync } from "node:zlib";

import { readConfig } from "../../lambda/lattice-proxy/config";
import { ANSWER_MARGIN_MILLISECONDS } from "../../lambda/lattice-proxy/contract";
import { isList } from "../../lib/policy/terraform-json";
import { alarmsOf, chartsOf, unpublished, watchedBy, type Watched } from "../lib/aws/cloudwatch";
import { objectOf, objectsOf, parsedObject, textOf, textsIn } from "../support/json";
import { grantsOfRole } from "../support/policy-documents";
import { stackTemplates } from "../support/stacks";
import type { Template } from "../support/template";
import { spelledOut } from "./edges";
import {
  CERTIFICATE,
  forwardsOf,
  FRONTED,
  functionEnvironment,
  functionWith,
  GATED,
  LATTICED,
  MADE,
  RESTED,
} from "./lattices";

const ALB = { kind: "lambda", front: "alb", certificateArn: CERTIFICATE } as const;
const HTTP_API = { kind: "lambda", front: "httpApi", certificateArn: CERTIFICATE } as const;
const REST_API = { kind: "lambda", front: "restApi", certificateArn: CERTIFICATE } as const;

const plainAlb = functionWith(ALB);
const plainRest = functionWith(REST_API);

const FIXTURES = [
  ["a load balancer", FRONTED, "<aws_lb_target_group.front-targets.arn>"],
  ["an HTTP API", GATED, "<aws_apigatewayv2_api.front.execution_arn>/*/$default"],
  ["a REST API", RESTED, "<aws_api_gateway_rest_api.front.execution_arn>/live/*/*"],
] as const;

const functionOf = (template: Template) => template.resource("aws_lambda_function").attributes;
/** Who may call it. */
const permissionOf = (template: Template) =>
  template.resource("aws_lambda_permission", { function_name: "${aws_lambda_function.proxy-function.function_name}" });
const variables = (template: Template) => objectOf(objectOf(functionOf(template).environment).variables);

describe.each(FIXTURES)("the function behind %s", (_, template, front) => {
  it("is called by that front and no other, by an alias that moves to what was deployed last", () => {
    const alias = template.resource("aws_lambda_alias");
    expect(template.follow(alias.attributes.function_version).attribute).toBe("version");
    expect(functionOf(template).publish).toBe(true);
    const { attributes } = permissionOf(template);
    expect(attributes.action).toBe("lambda:InvokeFunction");
    expect(template.follow(attributes.qualifier)).toMatchObject({
      block: { address: alias.address },
      attribute: "name",
    });
    expect(spelledOut(template, textOf(attributes.source_arn))).toBe(front);
    const callers = textsIn(template.configuration.resource ?? {}).filter((text) =>
      text.includes("aws_lambda_function.proxy-function.invoke_arn"),
    );
    expect(callers).toEqual([]);
  });

  it("stands in private subnets, and is let out to VPC Lattice alone", () => {
    const vpc = objectOf(functionOf(template).vpc_config);
    expect(isList(vpc.subnet_ids) && vpc.subnet_ids.length).toBe(2);
    const group = textsIn(vpc.security_group_ids);
    expect(group).toEqual(["${aws_security_group.proxy-group.id}"]);
    template.expectAbsent("aws_vpc_security_group_ingress_rule", { security_group_id: group[0] ?? "" });
    const out = template.resources("aws_vpc_security_group_egress_rule", { security_group_id: group[0] ?? "" });
    expect(out.length).toBeGreaterThan(0);
    for (const { attributes } of out) {
      expect(attributes.cidr_ipv4).toBeUndefined();
      expect(attributes.prefix_list_id ?? attributes.referenced_security_group_id).toMatch(
        /aws_ec2_managed_prefix_list|aws_security_group\.endpoint-security-group/,
      );
    }
  });

  it("may call the services that it signs for and write its log, and leaves its interfaces to Lambda", () => {
    const role = template.follow(functionOf(template).role).block;
    const grants = grantsOfRole(template, role).map((line) => spelledOut(template, line));
    const [denied, allowed] = [true, false].map((is) => grants.filter((line) => line.startsWith("Deny") === is));
    expect(allowed?.filter((line) => line.includes("vpc-lattice-svcs"))).toEqual(
      allowed?.filter((line) => line.startsWith("Allow vpc-lattice-svcs:Invoke on ") && line.endsWith("/*")),
    );
    const actions = new Set(allowed?.map((line) => line.split(" ")[1]));
    expect([...actions].sort()).toEqual([
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
      "kms:Decrypt",
      "logs:CreateLogStream",
      "logs:PutLogEvents",
      "vpc-lattice-svcs:Invoke",
    ]);
    const ofNetwork = [...actions].filter((action) => action?.startsWith("ec2:"));
    expect(denied?.map((line) => line.split(" ")[1])).toEqual(ofNetwork.sort());
    const name = textOf(functionOf(template).function_name);
    for (const line of denied ?? []) {
      expect(line).toContain("on * if");
      expect(line).toContain(`"lambda:SourceFunctionArn":["arn:aws:lambda:eu-central-1:111122223333:function:${name}"`);
    }
  });

  it("is the caller that the policies of network and services mean by the proxies", () => {
    const role = functionOf(template).role;
    for (const { attributes } of template.resources("aws_vpclattice_auth_policy")) {
      const text = textOf(attributes.policy);
      if (text.includes("Proxy1")) expect(text).toContain(textOf(role));
    }
    expect(template.output("proxy-role-arn").value).toBe(role);
  });

  it("reads its hosts from one packed variable, and no secret from any", () => {
    const { HOSTS, ...others } = variables(template);
    expect(HOSTS).toMatch(/^\$\{base64gzip\(jsonencode\(\{.*\}\)\)\}$/);
    expect(functionOf(template).kms_key_arn).toBe("${aws_kms_key.key.arn}");
    expect(Object.keys(others).sort()).toEqual(["BEARER_HEADER", "FRONT", "IDENTITY_HEADERS"]);
    expect(textsIn(others).join()).not.toMatch(/secret/);
  });

  it("has alarms and charts of what is published, and tells nobody of health that nobody asks for", () => {
    const counted = template.resources("aws_cloudwatch_log_metric_filter").map(({ attributes }) => {
      const { namespace, name } = objectOf(attributes.metric_transformation);
      expect(attributes.log_group_name).toBe("${aws_cloudwatch_log_group.proxy-function-logs.name}");
      return `${textOf(namespace)} ${textOf(name)}`;
    });
    const unknown = (metrics: readonly Watched[]) =>
      unpublished(metrics.filter(({ namespace, name }) => !counted.includes(`${namespace} ${name}`)));
    const alarms = [...alarmsOf(template)];
    expect(unknown(alarms.flatMap(([, alarm]) => watchedBy(alarm)))).toEqual([]);
    expect(unknown([...chartsOf(template).values()].flat())).toEqual([]);
    const names = alarms.map(([name]) => name.replace(/^\w+-lattice-/, ""));
    expect(names).toEqual(
      expect.arrayContaining(["function-errors", "function-throttles", "function-near-timeout", "unsigned-requests"]),
    );
    expect(names.filter((name) => name.includes("healthy"))).toEqual([]);
    expect(names.some((name) => name.endsWith("5xx"))).toBe(true);
  });

  it("is woken for before it ends a request that takes too long", () => {
    const timeout = Number(functionOf(template).timeout);
    const [alarm] = template.resources("aws_cloudwatch_metric_alarm", { metric_name: "Duration" });
    expect(Number(alarm?.attributes.threshold)).toBeLessThan(timeout * 1000 - ANSWER_MARGIN_MILLISECONDS);
    expect(Number(alarm?.attributes.threshold)).toBeGreaterThan((timeout - 3) * 1000 - 1);
  });
});

describe("the time of the function", () => {
  it("ends when its front gives up, and never long after the longest that a host may wait", () => {
    expect(functionOf(GATED).timeout).toBe(30);
    expect(functionOf(RESTED).timeout).toBe(29);
    expect(functionOf(functionWith({ ...ALB, idleTimeoutSeconds: 40 })).timeout).toBe(40);
    expect(functionOf(functionWith({ ...ALB, idleTimeoutSeconds: 3600 })).timeout).toBe(65);
  });
});

describe("what the function knows", () => {
  it("is each host with the domain and port of its service, also of those that are named after apply", () => {
    expect(variables(GATED).HOSTS).toContain("aws_vpclattice_service.service-shop.dns_entry");
    const known = textOf(variables(FRONTED).HOSTS);
    expect(known).toMatch(/"billing\.example\.com" = \{[^}]*"domain" = "billing\.internal\.example\.com"/);
    expect(known).toMatch(/"status\.internal\.example\.com", "tls" = false, "port" = 8080/);
  });

  it("is what the function takes, once Terraform has packed it", () => {
    const { HOSTS, ...others } = variables(FRONTED);
    // Terraform writes a map with equal signs where JSON has colons.
    const json = textOf(HOSTS)
      .replace(/^\$\{base64gzip\(jsonencode\((.*)\)\)\}$/, "$1")
      .replaceAll('" = ', '":');
    const packed = gzipSync(json).toString("base64");
    const texts = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, textOf(value)]));
    const config = readConfig({ ...texts, AWS_REGION: "eu-central-1", HOSTS: packed });
    expect(config.hosts["status.example.com"]).toEqual({
      upstream: { domain: "status.internal.example.com", port: 8080, tls: false },
      paths: ["/"],
      methods: ["GET", "HEAD"],
      sign: false,
      timeoutSeconds: 15,
      retries: 1,
    });
  });

  it("is its front, and whether that says who has logged in", () => {
    expect(variables(FRONTED)).toMatchObject({ FRONT: "alb", IDENTITY_HEADERS: "true" });
    expect(variables(GATED)).toMatchObject({ FRONT: "httpApi", IDENTITY_HEADERS: "false" });
    const jwt = { issuer: "https://login.example.com", jwksUrl: "https://login.example.com/jwks" };
    expect(variables(functionWith({ ...ALB, login: { jwt } })).IDENTITY_HEADERS).toBe("false");
    expect(variables(RESTED)).toMatchObject({ FRONT: "restApi", BEARER_HEADER: "x-client-authorization" });
  });
});

describe("concurrency", () => {
  it("is what the file says", () => {
    expect(functionOf(RESTED)).toMatchObject({ reserved_concurrent_executions: 50, memory_size: 1769 });
    const { attributes } = RESTED.resource("aws_lambda_provisioned_concurrency_config");
    expect(attributes.provisioned_concurrent_executions).toBe(2);
    expect(RESTED.follow(attributes.qualifier).block.type).toBe("aws_lambda_alias");
  });

  it("is the account's where the file says nothing", () => {
    expect(functionOf(GATED).reserved_concurrent_executions).toBeUndefined();
    GATED.expectAbsent("aws_lambda_provisioned_concurrency_config");
  });
});

describe("a load balancer before the function", () => {
  it("hands every value of a header over, and asks nobody for health", () => {
    const group = FRONTED.resource("aws_lb_target_group");
    expect(group.attributes).toMatchObject({
      target_type: "lambda",
      lambda_multi_value_headers_enabled: true,
      health_check: { enabled: false },
    });
    const { attributes } = FRONTED.resource("aws_lb_target_group_attachment");
    expect(FRONTED.follow(attributes.target_id).block.type).toBe("aws_lambda_alias");
    expect(textsIn(attributes.depends_on)).toContain(permissionOf(FRONTED).address);
  });

  it("forwards what is asked of the hosts, wildcards last, and answers all else 421", () => {
    const mixed = functionWith(ALB, {
      lattice: { hosts: { "*.example.com": { service: "shop" }, "shop.example.com": { service: "shop" } } },
    });
    expect(forwardsOf(mixed).map(([hosts]) => hosts)).toEqual(["shop.example.com", "*.example.com"]);
    const [answer] = objectsOf(mixed.resource("aws_lb_listener", { port: 443 }).attributes.default_action);
    expect(objectOf(answer?.fixed_response).status_code).toBe("421");
  });

  it("reaches nothing in the VPC: Lambda is called, and not connected to", () => {
    const id = "${aws_security_group.front-balancer-security-group.id}";
    plainAlb.expectAbsent("aws_vpc_security_group_egress_rule", { security_group_id: id });
    // The identity provider.
    expect(FRONTED.resources("aws_vpc_security_group_egress_rule", { security_group_id: id })).toHaveLength(1);
  });

  it("has the fields of the one before a fleet", () => {
    const of = functionWith({ ...ALB, scheme: "internal", desyncMode: "strictest", httpRedirect: false });
    of.resource("aws_lb", { internal: true, desync_mitigation_mode: "strictest" });
    expect(of.resources("aws_lb_listener").map(({ attributes }) => attributes.port)).toEqual([443]);
    FRONTED.resource("aws_lb", { enable_deletion_protection: true });
    expect(FRONTED.resource("aws_cloudformation_stack").attributes.template_body).toContain(
      "{{resolve:secretsmanager:",
    );
  });
});

describe.each([
  ["an HTTP API", GATED, ["*.tenants.example.com", "mail.example.com", "shop.example.com"]],
  ["a REST API", RESTED, ["admin.example.com", "shop.example.com"]],
] as const)("%s before the function", (_, template, hosts) => {
  const domains = template.resources("aws_apigatewayv2_domain_name");

  it("answers for each host by a domain of its own, over TLS 1.2 and later, and for its own name no more", () => {
    expect(domains.map(({ attributes }) => textOf(attributes.domain_name)).sort()).toEqual(hosts);
    for (const { attributes } of domains) {
      expect(attributes.domain_name_configuration).toMatchObject({
        endpoint_type: "REGIONAL",
        security_policy: "TLS_1_2",
      });
    }
    const [api] = [...template.resources("aws_apigatewayv2_api"), ...template.resources("aws_api_gateway_rest_api")];
    expect(api?.attributes.disable_execute_api_endpoint).toBe(true);
  });

  it("is mapped at the root of each domain, when the function may be called", () => {
    const mappings = template.resources("aws_apigatewayv2_api_mapping");
    expect(mappings).toHaveLength(hosts.length);
    for (const { attributes } of mappings) {
      expect(attributes.api_mapping_key).toBeUndefined();
      expect(template.follow(attributes.stage).block.type).toMatch(/_stage$/);
      expect(textsIn(attributes.depends_on)).toContain(permissionOf(template).address);
    }
  });

  it("logs each request in a group of its own, without anything that a client could break its lines with", () => {
    const [stage] = [...template.resources("aws_apigatewayv2_stage"), ...template.resources("aws_api_gateway_stage")];
    const { destination_arn, format } = objectOf(stage?.attributes.access_log_settings);
    const { attributes } = template.follow(destination_arn).block;
    expect(attributes.kms_key_id).toBe("${aws_kms_key.key.arn}");
    const fields = parsedObject(format);
    expect(fields).toMatchObject({ host: "$context.domainName", status: "$context.status" });
    for (const value of textsIn(fields))
      expect(value).toMatch(/^\$context\.(?!.*(header|query|path|agent|messageString))[\w.]+$/i);
  });
});

describe("an HTTP API", () => {
  it("calls the function for whatever is asked, by events of the form that the function reads", () => {
    GATED.resource("aws_apigatewayv2_route", { route_key: "$default", authorization_type: "NONE" });
    const { attributes } = GATED.resource("aws_apigatewayv2_integration");
    expect(attributes).toMatchObject({ payload_format_version: "2.0", timeout_milliseconds: 30_000 });
    expect(GATED.follow(attributes.integration_uri).block.type).toBe("aws_lambda_alias");
    GATED.resource("aws_apigatewayv2_stage", { name: "$default", auto_deploy: true });
  });

  it("turns away what exceeds the throttle, whose default holds where none is written", () => {
    const settings = { throttling_rate_limit: 200, throttling_burst_limit: 400 };
    GATED.resource("aws_apigatewayv2_stage", { default_route_settings: settings });
    const slow = functionWith({ ...HTTP_API, throttle: { ratePerSecond: 3, burst: 7 } });
    slow.resource("aws_apigatewayv2_stage", {
      default_route_settings: { throttling_rate_limit: 3, throttling_burst_limit: 7 },
    });
  });

  it("has certificates and records of the hosts made in the zone, or takes the one that is given for all", () => {
    const certificates = GATED.resources("aws_apigatewayv2_domain_name").map(({ attributes }) => {
      const { certificate_arn } = objectOf(attributes.domain_name_configuration);
      const issued = GATED.follow(GATED.follow(certificate_arn).block.attributes.certificate_arn).block.attributes;
      return [attributes.domain_name, issued.domain_name];
    });
    expect(certificates).toEqual([
      ["*.tenants.example.com", "tenants.example.com"],
      ["mail.example.com", "mail.example.com"],
      ["shop.example.com", "shop.example.com"],
    ]);
    const records = GATED.resources("aws_route53_record", { type: "A" });
    expect(records.map(({ attributes }) => attributes.name)).toEqual([
      "*.tenants.example.com",
      "mail.example.com",
      "shop.example.com",
    ]);
    for (const { attributes } of records) {
      const { name } = objectOf(attributes.alias);
      expect(textOf(name)).toMatch(/^\$\{aws_apigatewayv2_domain_name\.[^}]+target_domain_name\}$/);
    }
    const given = functionWith(HTTP_API);
    given.expectAbsent("aws_route53_record");
    given.resource("aws_apigatewayv2_domain_name", { domain_name_configuration: { certificate_arn: CERTIFICATE } });
    expect(textsIn(given.output("dns-names").value).join()).toContain("shop.example.com ${");
  });
});

describe("a REST API", () => {
  it("calls the function for every method of every path, with bodies as they were sent", () => {
    RESTED.resource("aws_api_gateway_rest_api", {
      binary_media_types: ["*/*"],
      endpoint_configuration: { types: ["REGIONAL"] },
    });
    RESTED.resource("aws_api_gateway_resource", { path_part: "{proxy+}" });
    const integrations = RESTED.resources("aws_api_gateway_integration");
    expect(integrations.map(({ attributes }) => RESTED.follow(attributes.resource_id).attribute).sort()).toEqual([
      "id",
      "root_resource_id",
    ]);
    for (const { attributes } of integrations) {
      expect(attributes).toMatchObject({
        type: "AWS_PROXY",
        integration_http_method: "POST",
        timeout_milliseconds: 29_000,
      });
      expect(RESTED.follow(attributes.uri).block.type).toBe("aws_lambda_alias");
    }
    for (const { attributes } of RESTED.resources("aws_api_gateway_method")) expect(attributes.http_method).toBe("ANY");
  });

  it("is deployed anew when what it does changes, without a gap", () => {
    const { attributes } = RESTED.resource("aws_api_gateway_deployment");
    const { content } = objectOf(attributes.triggers);
    for (const part of ["root-integration.uri", "paths-integration.uri", "binary_media_types"]) {
      expect(content).toContain(part);
    }
    expect(attributes.lifecycle).toMatchObject({ create_before_destroy: true });
    expect(textsIn(attributes.depends_on)).toHaveLength(2);
  });

  it("has a web ACL and a throttle on its stage, and nothing in a log that nobody empties", () => {
    RESTED.resource("aws_wafv2_web_acl_association", { resource_arn: "${aws_api_gateway_stage.front-stage.arn}" });
    plainRest.expectAbsent("aws_wafv2_web_acl_association");
    RESTED.resource("aws_api_gateway_method_settings", {
      method_path: "*/*",
      settings: {
        throttling_rate_limit: 50,
        throttling_burst_limit: 100,
        logging_level: "OFF",
        data_trace_enabled: false,
      },
    });
  });

  it("sets the account's role for logs only where the file says so, and before it logs", () => {
    const account = RESTED.resource("aws_api_gateway_account");
    expect(textsIn(RESTED.resource("aws_api_gateway_stage").attributes.depends_on)).toContain(account.address);
    plainRest.expectAbsent("aws_api_gateway_account");
    plainRest.expectAbsent("aws_iam_role_policy_attachment");
  });
});

describe("the network and the order of stacks", () => {
  const network = (ingress: Parameters<typeof functionEnvironment>[0]) =>
    stackTemplates(functionEnvironment(ingress, { aws: MADE })).template("test-aws-network");

  it("brings nothing for a function but IPv6 ranges for a load balancer that needs them", () => {
    network(HTTP_API).expectAbsent("aws_vpc_endpoint", { vpc_endpoint_type: "Interface" });
    const ranges = (template: Template) =>
      template.resources("aws_subnet").filter(({ attributes }) => attributes.ipv6_cidr_block !== undefined).length;
    expect(ranges(network({ ...ALB, dualStack: true }))).toBe(2);
    expect(ranges(network(ALB))).toBe(0);
  });

  it("has a function wait for no inspection, through which none of its requests leave", () => {
    const waits = stackTemplates(
      functionEnvironment(HTTP_API, {
        aws: { network: { ...MADE.network, egress: "inspection" } },
        sections: {
          inspection: {
            network: { cidr: "10.30.0.0/20" },
            image: {
              plain: "ubuntu-24.04",
              amiId: "ami-0123456789abcdef0",
              gwlbtun: { url: "https://artifacts.example.com/gwlbtun", sha256: "0".repeat(64) },
              cloudwatchAgent: { url: "https://artifacts.example.com/agent.deb", sha256: "0".repeat(64) },
            },
          },
        },
      }),
    ).dependencies("test-lattice");
    expect([...waits]).toEqual(["test-aws-network"]);
  });
});

test("a fleet and a function are never both there", () => {
  for (const [, template] of FIXTURES) template.expectAbsent("aws_ecs_service");
  LATTICED.expectAbsent("aws_lambda_function");
});
