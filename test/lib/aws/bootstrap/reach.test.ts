import type { SetBlock } from "../../../../lib/aws/bootstrap/contract";
import { awsPermissions } from "../../../../lib/aws/bootstrap/permissions";
import { type IamRequest, isAllowed } from "../../../support/iam/evaluate";
import { ACCOUNT, applied, block, BOUNDARY, documents, EVERYTHING, PROD } from "./run";

const everything = awsPermissions(EVERYTHING, PROD);
const byApply = (request: IamRequest): boolean => isAllowed(applied(everything), request);
const byPlan = (request: IamRequest): boolean => isAllowed(documents(everything.plan), request);

const TAG = "ringfence:environment";
const regional = (service: string, resource: string): string =>
  `arn:aws:${service}:eu-central-1:${ACCOUNT}:${resource}`;
const iam = (resource: string): string => `arn:aws:iam::${ACCOUNT}:${resource}`;
const tagged = (environment: string, more: IamRequest["context"] = {}): IamRequest["context"] => ({
  [`aws:ResourceTag/${TAG}`]: environment,
  "aws:RequestedRegion": "eu-central-1",
  ...more,
});
const requesting = (environment: string, more: IamRequest["context"] = {}): IamRequest["context"] => ({
  [`aws:RequestTag/${TAG}`]: environment,
  "aws:TagKeys": [TAG],
  ...more,
});

describe("what applies prod, beside dev in one account", () => {
  // Each with a resource of the environment's name in the place of %.
  test.each<[string, string, IamRequest["context"]?]>([
    ["acm:DeleteCertificate", regional("acm", "certificate/%"), tagged("%")],
    [
      "autoscaling:DeleteAutoScalingGroup",
      regional("autoscaling", "autoScalingGroup:u:autoScalingGroupName/%-inspection-a"),
    ],
    ["cloudwatch:DeleteAlarms", regional("cloudwatch", "alarm:%-allowlist-errors")],
    ["dynamodb:DeleteTable", regional("dynamodb", "table/%-cluster-bootstrapping")],
    ["dynamodb:PutItem", regional("dynamodb", "table/%-cluster-bootstrapping")],
    ["ec2:DeleteVpc", regional("ec2", "vpc/vpc-1"), tagged("%")],
    ["ec2:RevokeSecurityGroupEgress", regional("ec2", "security-group/sg-1"), tagged("%")],
    ["ecr:DeleteRepository", regional("ecr", "repository/%-docker-hub/wallarm/node")],
    ["ecs:DeleteService", regional("ecs", "service/%-lattice/%-lattice")],
    ["elasticloadbalancing:DeleteLoadBalancer", regional("elasticloadbalancing", "loadbalancer/app/%-lattice/1")],
    ["iam:DeleteRole", iam("role/ringfence/%-lattice-task")],
    ["imagebuilder:DeleteImage", regional("imagebuilder", "image/%-inspection/1.0.0/1")],
    ["kms:ScheduleKeyDeletion", regional("kms", "key/1"), tagged("%")],
    ["lambda:UpdateFunctionCode", regional("lambda", "function:%-allowlist-sync")],
    ["logs:DeleteLogGroup", regional("logs", "log-group:/ringfence/%-lattice/exec")],
    ["ram:DeleteResourceShare", regional("ram", "resource-share/1"), tagged("%")],
    ["s3:DeleteBucket", "arn:aws:s3:::%-inspection-files", { "aws:ResourceAccount": ACCOUNT }],
    ["s3:DeleteObject", "arn:aws:s3:::%-inspection-files/a.zip", { "aws:ResourceAccount": ACCOUNT }],
    ["scheduler:DeleteSchedule", regional("scheduler", "schedule/default/%-allowlist-sync")],
    ["secretsmanager:PutSecretValue", regional("secretsmanager", "secret:%-wallarm-api-1-AbCdEf"), tagged("%")],
    ["vpc-lattice:DeleteService", regional("vpc-lattice", "service/svc-1"), tagged("%")],
    ["wafv2:DeleteWebACL", regional("wafv2", "regional/webacl/%-rancher/1")],
  ])("may %s of its own and not of dev", (action, resource, context = {}) => {
    const request = (environment: string): IamRequest => {
      const fill = (text: string): string => text.replaceAll("%", environment);
      return {
        action,
        resource: fill(resource),
        context: Object.fromEntries(Object.entries(context).map(([key, value]) => [key, fill(String(value))])),
      };
    };
    expect(byApply(request("prod"))).toBe(true);
    expect(byApply(request("dev"))).toBe(false);
    // Names of environments hold no hyphen, and this is another one's.
    expect(byApply(request("prod2"))).toBe(false);
    expect(byPlan(request("prod"))).toBe(false);
  });

  it("makes what carries its own tag only, below what is its own", () => {
    const subnet = { action: "ec2:CreateSubnet", resource: regional("ec2", "subnet/*") };
    expect(byApply({ ...subnet, context: requesting("prod") })).toBe(true);
    expect(byApply({ ...subnet, context: requesting("dev") })).toBe(false);
    expect(byApply(subnet)).toBe(false);
    const vpc = { action: "ec2:CreateSubnet", resource: regional("ec2", "vpc/vpc-1") };
    expect(byApply({ ...vpc, context: tagged("prod") })).toBe(true);
    expect(byApply({ ...vpc, context: tagged("dev") })).toBe(false);
  });

  it("takes in what nobody has tagged, and neither takes what is dev's nor gives away what is its own", () => {
    const tag = { action: "ec2:CreateTags", resource: regional("ec2", "security-group/sg-1") };
    expect(byApply({ ...tag, context: requesting("prod") })).toBe(true);
    expect(byApply({ ...tag, context: requesting("prod", tagged("prod")) })).toBe(true);
    expect(byApply({ ...tag, context: requesting("prod", tagged("dev")) })).toBe(false);
    expect(byApply({ ...tag, context: requesting("dev", tagged("prod")) })).toBe(false);
    expect(byApply({ ...tag, context: tagged("prod", { "aws:TagKeys": ["owner"] }) })).toBe(true);
    expect(byApply({ ...tag, action: "ec2:DeleteTags", context: tagged("prod", { "aws:TagKeys": [TAG] }) })).toBe(
      false,
    );
  });

  it("empties the group that AWS makes with a network before its tag counts, and never one of dev's", () => {
    const revoke = { action: "ec2:RevokeSecurityGroupIngress", resource: regional("ec2", "security-group/sg-1") };
    expect(byApply(revoke)).toBe(true);
    expect(byApply({ ...revoke, context: tagged("dev") })).toBe(false);
    expect(byApply({ ...revoke, action: "ec2:AuthorizeSecurityGroupIngress" })).toBe(false);
  });

  it("starts machines from its own launch templates only", () => {
    const template = regional("ec2", "launch-template/lt-1");
    const launch = (resource: string, context: IamRequest["context"]): boolean =>
      byApply({ action: "ec2:RunInstances", resource, context });
    expect(launch(template, tagged("prod"))).toBe(true);
    expect(launch(template, tagged("dev"))).toBe(false);
    expect(launch(regional("ec2", "instance/*"), { "ec2:LaunchTemplate": template })).toBe(true);
    expect(launch(regional("ec2", "instance/*"), {})).toBe(false);
  });

  it("uses keys through the services of its set", () => {
    const decrypt = { action: "kms:Decrypt", resource: regional("kms", "key/1") };
    expect(byApply({ ...decrypt, context: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" } })).toBe(true);
    expect(byApply({ ...decrypt, context: { "kms:ViaService": "rds.eu-central-1.amazonaws.com" } })).toBe(false);
    expect(byApply(decrypt)).toBe(false);
  });

  test.each<[string, (request: IamRequest) => boolean]>([
    ["secretsmanager:GetSecretValue", byPlan],
    ["secretsmanager:PutSecretValue", byApply],
    ["secretsmanager:UpdateSecret", byApply],
    ["secretsmanager:DeleteSecret", byApply],
  ])("may %s of secrets with its tag, and of none that is only named alike", (action, may) => {
    const of = (name: string, context?: IamRequest["context"]): boolean =>
      may({ action, resource: regional("secretsmanager", `secret:${name}-AbCdEf`), context });
    expect(of("prod-edge", tagged("prod"))).toBe(true);
    expect(of("prod-db")).toBe(false);
    expect(of("prod-db", tagged("dev"))).toBe(false);
    expect(of("dev-edge", tagged("dev"))).toBe(false);
  });

  it("tags secrets as it makes them, and takes none of dev's", () => {
    const tag = { action: "secretsmanager:TagResource", resource: regional("secretsmanager", "secret:prod-edge") };
    expect(byApply({ ...tag, context: requesting("prod") })).toBe(true);
    expect(byApply({ ...tag, context: requesting("prod", tagged("dev")) })).toBe(false);
    expect(byApply({ ...tag, context: tagged("prod", { "aws:TagKeys": ["owner"] }) })).toBe(true);
    expect(byApply({ ...tag, context: { "aws:TagKeys": ["owner"] } })).toBe(false);
    expect(byApply({ ...tag, action: "secretsmanager:CreateSecret", context: requesting("prod") })).toBe(true);
  });

  it("takes no bucket of another account for its own, whatever its name", () => {
    const empty = { action: "s3:DeleteObject", resource: "arn:aws:s3:::prod-files/a.zip" };
    expect(byApply({ ...empty, context: { "aws:ResourceAccount": ACCOUNT } })).toBe(true);
    expect(byApply({ ...empty, context: { "aws:ResourceAccount": "999988887777" } })).toBe(false);
  });

  it("stays in its Region", () => {
    const describe = { action: "ec2:DescribeVpcs", resource: "*" };
    expect(byPlan({ ...describe, context: { "aws:RequestedRegion": "eu-central-1" } })).toBe(true);
    expect(byPlan({ ...describe, context: { "aws:RequestedRegion": "us-east-1" } })).toBe(false);
  });
});

describe("roles", () => {
  const role = iam("role/ringfence/prod-lattice-task");
  const bounded = { "iam:PermissionsBoundary": BOUNDARY };

  it("are made with the boundary, and with no other", () => {
    const create = { action: "iam:CreateRole", resource: role };
    expect(byApply({ ...create, context: bounded })).toBe(true);
    expect(byApply({ ...create, context: { "iam:PermissionsBoundary": iam("policy/prod-mine") } })).toBe(false);
    expect(byApply(create)).toBe(false);
    expect(byApply({ ...create, resource: iam("role/ringfence/dev-lattice-task"), context: bounded })).toBe(false);
  });

  test.each(["iam:PutRolePolicy", "iam:AttachRolePolicy"])(
    "get rights by %s while they have the boundary",
    (action) => {
      expect(byApply({ action, resource: role, context: bounded })).toBe(true);
      expect(byApply({ action, resource: role })).toBe(false);
    },
  );

  it("keep the boundary, which nobody changes", () => {
    expect(byApply({ action: "iam:DeleteRolePermissionsBoundary", resource: role, context: bounded })).toBe(false);
    const another = { "iam:PermissionsBoundary": iam("policy/prod-mine") };
    expect(byApply({ action: "iam:PutRolePermissionsBoundary", resource: role, context: another })).toBe(false);
    for (const action of ["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicy"]) {
      expect(byApply({ action, resource: BOUNDARY })).toBe(false);
    }
    expect(
      byApply({ action: "iam:CreatePolicyVersion", resource: iam("policy/ringfence/prod-allowlist-writer") }),
    ).toBe(true);
  });

  test.each([
    ["iam:UpdateAssumeRolePolicy", iam("role/prod-admin")],
    ["iam:DeleteRole", iam("role/prod-admin")],
    ["iam:TagRole", iam("role/prod-admin")],
    ["iam:PutRolePolicy", iam("role/prod-admin")],
    ["iam:CreatePolicyVersion", iam("policy/prod-developers")],
    ["iam:DeletePolicy", iam("policy/prod-developers")],
    ["iam:AddRoleToInstanceProfile", iam("instance-profile/prod-jumphost")],
  ])("of somebody else are out of reach, whatever their names: %s on %s", (action, resource) => {
    expect(byApply({ action, resource, context: bounded })).toBe(false);
    const own = resource.replace("/", "/ringfence/");
    expect(byApply({ action, resource: own, context: bounded })).toBe(true);
  });

  test.each([
    ["iam:PutRolePolicy", iam("role/bootstrap-prod-apply")],
    ["iam:AttachRolePolicy", iam("role/bootstrap-prod-plan")],
    ["iam:UpdateAssumeRolePolicy", iam("role/bootstrap-prod-apply")],
    ["iam:DetachRolePolicy", iam("role/bootstrap-prod-apply")],
    ["iam:CreatePolicyVersion", iam("policy/bootstrap-prod-apply-write-1")],
    ["iam:AddClientIDToOpenIDConnectProvider", iam("oidc-provider/app.terraform.io")],
    ["iam:CreateUser", iam("user/prod-me")],
    ["sts:AssumeRole", iam("role/bootstrap-prod-apply")],
  ])("of the bootstrap are out of reach: %s on %s", (action, resource) => {
    expect(byApply({ action, resource, context: bounded })).toBe(false);
  });

  it("stay out of reach even where something else is too generous", () => {
    const generous = JSON.stringify({ Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] });
    const may = (action: string, resource: string, context?: IamRequest["context"]): boolean =>
      isAllowed([...applied(everything), generous], { action, resource, context });
    expect(may("iam:PutRolePolicy", iam("role/bootstrap-prod-apply"))).toBe(false);
    expect(may("iam:DeleteRolePermissionsBoundary", role)).toBe(false);
    expect(may("iam:CreateRole", iam("role/other"))).toBe(false);
    expect(may("iam:PutRolePolicy", role)).toBe(true);
  });

  it("go to services that the set hands them to, and no others", () => {
    const pass = (set: readonly SetBlock[], resource: string, service: string): boolean =>
      isAllowed(applied(awsPermissions(set, PROD)), {
        action: "iam:PassRole",
        resource,
        context: { "iam:PassedToService": service },
      });
    const withFunction = [block("aws_lambda_function", { function_name: "prod-sync" })];
    expect(pass(withFunction, role, "lambda.amazonaws.com")).toBe(true);
    expect(pass(withFunction, role, "ec2.amazonaws.com")).toBe(false);
    expect(pass(withFunction, iam("role/ringfence/dev-lattice-task"), "lambda.amazonaws.com")).toBe(false);
    expect(pass(withFunction, iam("role/prod-admin"), "lambda.amazonaws.com")).toBe(false);
    expect(pass(withFunction, iam("role/bootstrap-prod-apply"), "lambda.amazonaws.com")).toBe(false);
    expect(pass([block("aws_vpc")], role, "lambda.amazonaws.com")).toBe(false);
  });
});

describe("what a set names of others", () => {
  const may = (set: readonly SetBlock[], action: string, resource: string, context?: IamRequest["context"]): boolean =>
    isAllowed(applied(awsPermissions(set, PROD)), { action, resource, context });

  test.each<[string, SetBlock, string, string]>([
    [
      "a table",
      block("aws_dynamodb_table_item", { table_name: "clusters" }),
      "dynamodb:PutItem",
      regional("dynamodb", "table/clusters"),
    ],
    [
      "a network",
      block("aws_security_group", { vpc_id: "vpc-0123456789abcdef0" }),
      "ec2:CreateSecurityGroup",
      regional("ec2", "vpc/vpc-0123456789abcdef0"),
    ],
    [
      "a hosted zone",
      block("aws_route53_record", { zone_id: "Z0123456789ABCDEFGHIJ" }),
      "route53:ChangeResourceRecordSets",
      "arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ",
    ],
    [
      "a function",
      block("aws_lambda_permission", { function_name: regional("lambda", "function:mail") }),
      "lambda:AddPermission",
      regional("lambda", "function:mail"),
    ],
    [
      "a balancer",
      block("aws_wafv2_web_acl_association", {
        resource_arn: regional("elasticloadbalancing", "loadbalancer/app/rancher/50dc6c495c0c9188"),
      }),
      "wafv2:AssociateWebACL",
      regional("elasticloadbalancing", "loadbalancer/app/rancher/50dc6c495c0c9188"),
    ],
    [
      "a login's secret",
      block("aws_cloudformation_stack", {
        template_body: `{"ClientSecret":"{{resolve:secretsmanager:${regional("secretsmanager", "secret:idp-AbCdEf")}:SecretString:secret::}}"}`,
      }),
      "secretsmanager:GetSecretValue",
      regional("secretsmanager", "secret:idp-AbCdEf"),
    ],
    [
      "an attachment",
      block("aws_ec2_transit_gateway_vpc_attachment_accepter", {
        transit_gateway_attachment_id: "tgw-attach-0123456789abcdef2",
      }),
      "ec2:AcceptTransitGatewayVpcAttachment",
      "arn:aws:ec2:eu-central-1:999988887777:transit-gateway-attachment/tgw-attach-0123456789abcdef2",
    ],
    [
      "a parameter",
      block("data.aws_ssm_parameter", { name: "/shared/image" }),
      "ssm:GetParameter",
      regional("ssm", "parameter/shared/image"),
    ],
  ])("is allowed one by one: %s", (_, named, action, resource) => {
    expect(may([named], action, resource)).toBe(true);
    expect(may([named], action, resource.replace(/.$/, "x"))).toBe(false);
    expect(may([{ ...named, attributes: {} }], action, resource)).toBe(false);
  });

  it("is allowed with what hangs on it: a balancer whose name AWS would not let begin like the environment's", () => {
    const set = [block("aws_lb", { name: "wallarm-api-1234abcd" }), block("aws_lb_listener")];
    const listener = (name: string): string => regional("elasticloadbalancing", `listener/app/${name}/1/2`);
    expect(may(set, "elasticloadbalancing:DeleteListener", listener("wallarm-api-1234abcd"))).toBe(true);
    expect(may(set, "elasticloadbalancing:DeleteListener", listener("wallarm-web-1234abcd"))).toBe(false);
  });

  it("is not taken from references, nor from what other types name", () => {
    const reference = block("aws_dynamodb_table_item", { table_name: "${aws_dynamodb_table.clusters.name}" });
    expect(may([reference], "dynamodb:PutItem", regional("dynamodb", "table/clusters"))).toBe(false);
    expect(applied(awsPermissions([reference], PROD)).join("\n")).not.toContain("${");
    const elsewhere = [block("aws_security_group"), block("aws_lb", { tags: { of: "vpc-0123456789abcdef0" } })];
    expect(may(elsewhere, "ec2:CreateSecurityGroup", regional("ec2", "vpc/vpc-0123456789abcdef0"))).toBe(false);
  });
});
