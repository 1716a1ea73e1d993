import example from "../../environments/example";
import { isObject, type JsonObject, type JsonValue } from "../../lib/policy/terraform-json";
import built from "../environments/built";
import clouds from "../environments/clouds";
import elsewhere from "../environments/elsewhere";
import fronted from "../environments/fronted";
import frugal from "../environments/frugal";
import gated from "../environments/gated";
import guest from "../environments/guest";
import hosted from "../environments/hosted";
import inspected from "../environments/inspected";
import latticed from "../environments/latticed";
import lent from "../environments/lent";
import premium from "../environments/premium";
import proxied from "../environments/proxied";
import rested from "../environments/rested";
import spoked from "../environments/spoked";
import wide from "../environments/wide";
import { environmentWith } from "../support/environment";
import { objectsOf } from "../support/json";
import { ASKED_FOR_EVERYTHING, buildNetwork } from "../support/network";
import { stackTemplates } from "../support/stacks";
import type { Template } from "../support/template";

/** The longest names that an environment can lead to. */
const longest = environmentWith({
  name: "abcdefghijklmnop",
  access: { operators: ["198.18.7.0/24"], runners: ["2001:db8::/32"] },
  aws: {
    accountId: "111122223333",
    region: "ap-southeast-2",
    network: { cidr: "10.0.0.0/16", zones: ["a", "b", "c", "d"], egress: "inspection" },
  },
  inspection: {
    network: { cidr: "10.30.0.0/22" },
    spokes: { [`s${"-p".repeat(15)}1`]: { attachmentId: "tgw-attach-0123456789abcdef0", cidrs: ["10.50.0.0/16"] } },
    image: { baked: { parameter: "/ringfence/appliance" }, os: "ubuntu-24.04" },
    share: { principals: ["444455556666"] },
  },
  // Alike up to their last character, behind which nothing of a load balancer's name is left.
  wallarm: Object.fromEntries(
    ["abcdefghijklmno1", "abcdefghijklmno2"].map((edge) => [
      edge,
      {
        domain: `${edge}.example.com`,
        upstream: "https://kong.internal.example.com",
        cloud: "eu",
        token: { revision: 1 },
        zoneId: "Z0123456789ABCDEFGHIJ",
      },
    ]),
  ),
  lattice: {
    share: { principals: ["444455556666"] },
    services: {
      [`s${"-v".repeat(11)}`]: {
        targets: { [`t${"-g".repeat(15)}`]: { kind: "ip", ids: ["10.0.0.9"] } },
        defaultTo: { [`t${"-g".repeat(15)}`]: 1 },
      },
    },
    ingress: {
      kind: "fleet",
      zoneId: "Z0123456789ABCDEFGHIJ",
      login: {
        oidc: {
          issuer: "https://login.example.com",
          authorizationEndpoint: "https://login.example.com/authorize",
          tokenEndpoint: "https://login.example.com/token",
          userInfoEndpoint: "https://login.example.com/userinfo",
          clientId: "lattice",
          clientSecret: { revision: 1 },
        },
      },
    },
    hosts: Object.fromEntries(
      Array.from({ length: 26 }, (_, index) => [
        `${"h".repeat(48)}${index}.example.com`,
        { service: `s${"-v".repeat(11)}` },
      ]),
    ),
  },
  allowlist: { contact: "x".repeat(200), clusters: { ["c".repeat(63)]: ["203.0.113.1/32"] } },
});

const sets = stackTemplates(
  example,
  wide,
  hosted,
  frugal,
  longest,
  premium,
  guest,
  clouds,
  elsewhere,
  inspected,
  spoked,
  latticed,
  lent,
  fronted,
  gated,
  rested,
  built,
  proxied,
);
const asked = buildNetwork({ ...ASKED_FOR_EVERYTHING, name: "bcdefghijklmnopq" });
const templates = [
  ...sets.stackIds.map((stackId) => [stackId, sets.template(stackId)] as const),
  ["bcdefghijklmnopq-aws-network", asked.template] as const,
];

const DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
const WAF_NAME = /^[\w-]{1,128}$/;
const RULE_DESCRIPTION = /^[\w .:/()#,@[\]+=&;{}!$*-]{1,255}$/;
const isWithin = (value: JsonValue, least: number, most: number): boolean =>
  typeof value === "number" && value >= least && value <= most;
/** What is less than all that is taken makes an ARN that the provider's own checks take, too: they know no capitals. */
const IMAGE_BUILDER_NAME = /^[a-z0-9][-_a-z0-9]{1,124}[a-z0-9]$/;
const IMAGE_BUILDER_VERSION = (version: JsonValue): boolean =>
  typeof version === "string" &&
  /^\d+\.\d+\.\d+$/.test(version) &&
  version.split(".").every((number) => Number(number) < 2 ** 30);
const IAM_DESCRIPTION = /^[\t\n\r\x20-\x7e\xa1-\xff]{0,1000}$/;

/** What the service behind an argument takes, from its API reference; the provider checks only a part of it before apply. */
const ACCEPTED: Readonly<Record<string, RegExp | ((value: JsonValue) => boolean)>> = {
  // Amazon S3 User Guide, "General purpose bucket naming rules".
  "aws_s3_bucket.bucket": /^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$(?<!-s3alias|--ol-s3)/,
  // Amazon CloudWatch API References.
  "aws_cloudwatch_dashboard.dashboard_name": /^[\w-]{1,255}$/,
  "aws_cloudwatch_log_group.name": /^(?!aws\/)[\w./#-]{1,512}$/,
  "aws_cloudwatch_log_group.retention_in_days": (days) => typeof days === "number" && DAYS.includes(days),
  "aws_cloudwatch_log_resource_policy.policy_document": (text) => typeof text === "string" && text.length <= 5120,
  "aws_cloudwatch_metric_alarm.alarm_name": /^(?!:)[\x20-\x7e]{1,255}$/,
  "aws_cloudwatch_metric_alarm.alarm_description": /^.{1,1024}$/,
  "aws_cloudwatch_query_definition.name": /^([^:*/]+\/?)*[^:*/]+$/,
  // Amazon API Gateway Version 2 API Reference, "Apis" and "DomainNames".
  "aws_apigatewayv2_api.name": /^.{1,128}$/,
  "aws_apigatewayv2_domain_name.domain_name": /^(\*\.)?[a-z0-9.-]{1,510}$/,
  // AWS Lambda API Reference, "CreateAlias".
  "aws_lambda_alias.name": /^(?!\d+$)[\w-]{1,128}$/,
  "aws_lambda_alias.description": /^.{0,256}$/,
  // Amazon DynamoDB API Reference, "CreateTable".
  "aws_dynamodb_table.name": /^[\w.-]{3,255}$/,
  // Amazon EC2 API Reference, "CreateSecurityGroup" and "CreateTransitGateway".
  "aws_security_group.name": /^(?!sg-)[\w .:/()#,@[\]+=&;{}!$*-]{1,255}$/,
  "aws_security_group.description": /^[\w .:/()#,@[\]+=&;{}!$*-]{1,255}$/,
  "aws_ec2_transit_gateway.description": /^.{1,255}$/,
  // Amazon EC2 API Reference, "CreateLaunchTemplate", "CreateLaunchTemplateVersion" and "IpPermission".
  "aws_launch_template.name": /^[\w()./-]{3,128}$/,
  "aws_launch_template.description": /^.{1,255}$/,
  "aws_vpc_security_group_ingress_rule.description": RULE_DESCRIPTION,
  "aws_vpc_security_group_egress_rule.description": RULE_DESCRIPTION,
  // Amazon EC2 Auto Scaling API Reference, "CreateAutoScalingGroup", "PutLifecycleHook" and "PutScalingPolicy".
  "aws_autoscaling_group.name": /^(?!.*:)[\x21-\x7e]{1,255}$/,
  "aws_autoscaling_group.max_instance_lifetime": (seconds) => isWithin(seconds, 86_400, 31_536_000),
  "aws_autoscaling_lifecycle_hook.name": /^[\w/-]{1,255}$/,
  "aws_autoscaling_lifecycle_hook.heartbeat_timeout": (seconds) => isWithin(seconds, 30, 7200),
  "aws_autoscaling_policy.name": /^[\x20-\x7e]{1,255}$/,
  // Elastic Load Balancing API Reference, "CreateLoadBalancer" and "CreateTargetGroup".
  "aws_lb.name": /^(?!internal-)[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$/,
  "aws_lb_target_group.name": /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$/,
  "aws_lb_target_group.deregistration_delay": (seconds) => Number(seconds) >= 0 && Number(seconds) <= 3600,
  // Amazon ECS API Reference, "CreateCluster", "CreateService" and "RegisterTaskDefinition"; 64 KiB are all of a task definition.
  "aws_ecs_cluster.name": /^[\w-]{1,255}$/,
  "aws_ecs_service.name": /^[\w-]{1,255}$/,
  "aws_ecs_task_definition.family": /^[\w-]{1,255}$/,
  "aws_ecs_task_definition.container_definitions": (text) => typeof text === "string" && text.length < 60_000,
  // Amazon VPC Lattice API Reference, "CreateServiceNetwork", "CreateService", "CreateTargetGroup", "CreateListener" and "CreateRule".
  "aws_vpclattice_service_network.name": /^(?!servicenetwork-|.*--)[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9]$/,
  "aws_vpclattice_service.name": /^(?!svc-|.*--)[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]$/,
  "aws_vpclattice_target_group.name": /^(?!tg-|.*--)[a-z0-9](?:[a-z0-9-]{1,126})[a-z0-9]$/,
  "aws_vpclattice_listener.name": /^(?!listener-|.*--)[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9]$/,
  "aws_vpclattice_listener_rule.name": /^(?!rule-|.*--)[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9]$/,
  "aws_vpclattice_auth_policy.policy": (text) =>
    typeof text === "string" && !text.includes("\n") && text.length <= 10_000,
  // AWS CloudFormation API Reference, "CreateStack".
  "aws_cloudformation_stack.name": /^[A-Za-z][A-Za-z0-9-]{0,127}$/,
  "aws_cloudformation_stack.template_body": (text) => typeof text === "string" && text.length <= 51_200,
  // AWS Secrets Manager API Reference, "CreateSecret"; the provider adds 26 characters to a prefix.
  "aws_secretsmanager_secret.name_prefix": /^[\w/+=.@-]{1,486}$/,
  // Amazon ECR API Reference, "CreateRepository" and "CreatePullThroughCacheRule".
  "aws_ecr_repository.name": /^(?=.{2,256}$)([a-z0-9]+([._-][a-z0-9]+)*\/)*[a-z0-9]+([._-][a-z0-9]+)*$/,
  "aws_ecr_pull_through_cache_rule.ecr_repository_prefix": /^(?=.{2,30}$)[a-z0-9]+([._-][a-z0-9]+)*$/,
  // AWS Identity and Access Management API Reference, "CreateRole" and "CreatePolicy".
  "aws_iam_instance_profile.name": /^[\w+=,.@-]{1,128}$/,
  "aws_iam_policy.name": /^[\w+=,.@-]{1,128}$/,
  "aws_iam_policy.description": IAM_DESCRIPTION,
  "aws_iam_policy.policy": (text) => typeof text === "string" && text.length <= 6144,
  "aws_iam_role.name": /^[\w+=,.@-]{1,64}$/,
  "aws_iam_role.description": IAM_DESCRIPTION,
  "aws_iam_role_policy.policy": (text) => typeof text === "string" && text.length <= 10_240,
  // EC2 Image Builder API Reference, "CreateComponent", "CreateImageRecipe" and the like.
  "aws_imagebuilder_component.name": IMAGE_BUILDER_NAME,
  "aws_imagebuilder_component.version": IMAGE_BUILDER_VERSION,
  "aws_imagebuilder_component.data": (text) => typeof text === "string" && text.length <= 16_000,
  "aws_imagebuilder_image_recipe.name": IMAGE_BUILDER_NAME,
  "aws_imagebuilder_image_recipe.version": IMAGE_BUILDER_VERSION,
  "aws_imagebuilder_image_pipeline.name": IMAGE_BUILDER_NAME,
  "aws_imagebuilder_distribution_configuration.name": IMAGE_BUILDER_NAME,
  "aws_imagebuilder_infrastructure_configuration.name": IMAGE_BUILDER_NAME,
  "aws_imagebuilder_lifecycle_policy.name": IMAGE_BUILDER_NAME,
  // AWS Key Management Service API Reference, "CreateAlias".
  "aws_kms_alias.name": /^alias\/(?!aws\/)[\w/-]{1,250}$/,
  "aws_kms_key.deletion_window_in_days": (days) => typeof days === "number" && days >= 7 && days <= 30,
  // AWS Lambda API Reference, "CreateFunction" and "PutFunctionEventInvokeConfig".
  "aws_lambda_function.function_name": /^[\w-]{1,64}$/,
  "aws_lambda_function.description": /^.{0,256}$/,
  "aws_lambda_function.timeout": (seconds) => typeof seconds === "number" && seconds <= 900,
  "aws_lambda_function.memory_size": (megabytes) =>
    typeof megabytes === "number" && megabytes >= 128 && megabytes <= 10_240,
  "aws_lambda_function_event_invoke_config.maximum_event_age_in_seconds": (seconds) =>
    typeof seconds === "number" && seconds >= 60 && seconds <= 21_600,
  // EventBridge Scheduler API Reference, "CreateSchedule".
  "aws_scheduler_schedule.name": /^[\w.-]{1,64}$/,
  // AWS WAF API Reference, "CreateIPSet", "CreateRuleGroup", "CreateWebACL".
  "aws_wafv2_ip_set.name": WAF_NAME,
  "aws_wafv2_ip_set.description": /^[\w+=:#@/\-,.][\w+=:#@/\-,.\s]+[\w+=:#@/\-,.]$/,
  "aws_wafv2_rule_group.name": WAF_NAME,
  "aws_wafv2_web_acl.name": WAF_NAME,
};

test.each(Object.entries(ACCEPTED))("%s", (argument, accepted) => {
  const [type = "", name = ""] = argument.split(".");
  const values = templates.flatMap(([stackId, template]) =>
    template
      .resources(type)
      .map(({ address, attributes }) => [`${stackId} ${address}`, attributes[name] ?? null] as const),
  );
  expect(values.length).toBeGreaterThan(0);
  const isAccepted = (value: JsonValue): boolean =>
    accepted instanceof RegExp ? typeof value === "string" && accepted.test(value) : accepted(value);
  expect(values.filter(([, value]) => !isAccepted(value))).toEqual([]);
});

test.each([
  ["aws_cloudwatch_metric_alarm", "alarm_name"],
  ["aws_cloudwatch_log_group", "name"],
  ["aws_iam_role", "name"],
  ["aws_kms_alias", "name"],
  ["aws_iam_instance_profile", "name"],
  ["aws_autoscaling_group", "name"],
  ["aws_launch_template", "name"],
  ["aws_lb", "name"],
  ["aws_lb_target_group", "name"],
  ["aws_ecs_cluster", "name"],
  ["aws_s3_bucket", "bucket"],
  ["aws_wafv2_ip_set", "name"],
  ["aws_wafv2_rule_group", "name"],
  ["aws_wafv2_web_acl", "name"],
])("no two of %s have one name, in all sets together", (type, argument) => {
  const names = templates.flatMap(([, template]) =>
    template.resources(type).map(({ attributes }) => attributes[argument]),
  );
  expect(new Set(names).size).toBe(names.length);
});

test("alarms look at whole minutes, at one metric or at queries, and no further back than a day", () => {
  const alarms = templates.flatMap(([, template]) => template.resources("aws_cloudwatch_metric_alarm"));
  expect(alarms.length).toBeGreaterThan(0);
  for (const { address, attributes } of alarms) {
    const { metric_name, metric_query, evaluation_periods } = attributes;
    expect([address, metric_name === undefined]).toEqual([address, metric_query !== undefined]);
    const periods = metric_query === undefined ? [attributes.period] : objectsOf(metric_query).flatMap(periodsOf);
    expect(periods.length).toBeGreaterThan(0);
    for (const period of periods) {
      expect([address, Number(period) > 0, Number(period) % 60]).toEqual([address, true, 0]);
      expect(Number(period) * Number(evaluation_periods)).toBeLessThanOrEqual(24 * 60 * 60);
    }
  }
});

test("rules and metrics of WAF have names that WAF takes, and no reserved ones", () => {
  for (const [, template] of templates) {
    for (const [name, metric] of wafNames(template)) {
      expect(name).toMatch(WAF_NAME);
      expect(metric).toMatch(/^[\w#:.\-/]{1,128}$/);
      expect(["All", "Default_Action"]).not.toContain(metric);
    }
  }
});

/** Of a query of Metrics Insights, or of a metric that an expression uses; an expression has none of its own. */
function periodsOf({ period, metric }: JsonObject): readonly JsonValue[] {
  return [period, isObject(metric) ? metric.period : undefined].filter((value) => value !== undefined);
}

/** Names of the rules and of their metrics, wherever they stand. */
function wafNames(template: Template): readonly (readonly [string, string])[] {
  const blocks = [...template.resources("aws_wafv2_web_acl"), ...template.resources("aws_wafv2_rule_group")];
  return blocks.flatMap(({ attributes }) =>
    (attributes.rule as readonly { name: string; visibility_config: { metric_name: string } }[]).map(
      ({ name, visibility_config }) => [name, visibility_config.metric_name] as const,
    ),
  );
}
