import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { MOST_SPOKE_RANGES } from "../../lib/environment/rules/inspection";
import { MOST_OPENED_CHARACTERS } from "../../lib/environment/rules/inspection-modes";
import { objectOf, objectsOf, textOf } from "../support/json";
import { grants, grantsOfRole } from "../support/policy-documents";
import { withFolder } from "../support/folder";
import { stackTemplates, synthesizeInto } from "../support/stacks";
import type { Template } from "../support/template";
import { addressesOf, BOTH, INSPECTED, inspectedEnvironment, scriptIn, settingsOf, SPOKED } from "./inspections";

describe("the role", () => {
  const LOGS = ["alerts", "policy", "dns", "tls", "flows", "health", "boot"];

  it.each(BOTH)("of $name may do exactly what is named, and nothing to any network interface", (one) => {
    const { template, environment, zones, region } = one;
    const role = template.resource("aws_iam_role", { name: `${environment.name}-inspection` });
    const groups = (action: string): readonly string[] =>
      zones.map(
        (zone) =>
          `Allow autoscaling:${action} on arn:aws:autoscaling:${region}:111122223333:autoScalingGroup:*:` +
          `autoScalingGroupName/${environment.name}-inspection-${zone}`,
      );
    expect([...grantsOfRole(template, role)].sort()).toEqual(
      [
        ...["s3:GetObject", "s3:GetObjectVersion"].map(
          (action) => `Allow ${action} on \${aws_s3_bucket.files.arn}/appliance.zip`,
        ),
        ...(environment.inspection?.policy === undefined
          ? []
          : ["Allow s3:GetObject on ${aws_s3_bucket.files.arn}/policy.zip"]),
        `Allow kms:Decrypt on \${aws_kms_key.key.arn} if {"StringEquals":{"kms:ViaService":"s3.${region}.amazonaws.com"}}`,
        ...["CreateLogStream", "PutLogEvents"].flatMap((action) =>
          LOGS.map((log) => `Allow logs:${action} on \${aws_cloudwatch_log_group.${log}-log.arn}:*`),
        ),
        ...groups("CompleteLifecycleAction"),
        "Allow ssm:UpdateInstanceInformation on *",
        ...["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"].map(
          (action) => `Allow ssmmessages:${action} on *`,
        ),
      ].sort(),
    );
    expect(template.resources("aws_iam_role_policy_attachment")).toEqual([]);
    expect(role.attributes.managed_policy_arns).toBeUndefined();
    expect(JSON.stringify(template.configuration)).not.toMatch(/"ec2:|ModifyInstanceAttribute/);
  });

  it.each(BOTH)("of $name is for instances, which have it by their profile", ({ template, environment }) => {
    const role = template.resource("aws_iam_role", { name: `${environment.name}-inspection` });
    expect(grants(role.attributes.assume_role_policy)).toEqual([
      'Allow sts:AssumeRole on itself to {"Service":"ec2.amazonaws.com"}',
    ]);
    const profile = template.follow(
      objectOf(template.resource("aws_launch_template").attributes.iam_instance_profile).arn,
    ).block;
    expect(template.follow(profile.attributes.role).block).toEqual(role);
  });
});

describe("the security group", () => {
  const rulesOf = (template: Template, type: "ingress" | "egress"): readonly string[] =>
    template
      .resources(`aws_vpc_security_group_${type}_rule`)
      .map(
        ({ attributes: { ip_protocol, from_port, to_port, cidr_ipv4 } }) =>
          `${textOf(ip_protocol)} ${Number(from_port)}-${Number(to_port)} ${textOf(cidr_ipv4)}`,
      )
      .sort();

  it("admits packets and health checks from the VPC alone", () => {
    expect(rulesOf(INSPECTED, "ingress")).toEqual(["tcp 8080-8080 10.30.0.0/20", "udp 6081-6081 10.30.0.0/20"]);
    expect(rulesOf(SPOKED, "ingress")).toEqual(["tcp 8080-8080 10.70.0.0/22", "udp 6081-6081 10.70.0.0/22"]);
  });

  it("lets inspected packets back to the load balancer, and packages in only where some are installed", () => {
    const always = (vpc: string): readonly string[] => ["tcp 443-443 0.0.0.0/0", `udp 6081-6081 ${vpc}`];
    expect(rulesOf(INSPECTED, "egress")).toEqual([...always("10.30.0.0/20"), "tcp 80-80 0.0.0.0/0"].sort());
    expect(rulesOf(SPOKED, "egress")).toEqual(always("10.70.0.0/22"));
  });
});

describe("what appliances boot from", () => {
  it.each(BOTH)("of $name lies in a bucket that keeps versions, under a key of the stack's own", ({ template }) => {
    const { attributes } = template.resource("aws_s3_object", { key: "appliance.zip" });
    expect(addressesOf(template, attributes.bucket)).toEqual(["aws_s3_bucket.files"]);
    expect(template.follow(attributes.kms_key_id).block.address).toBe("aws_kms_key.key");
    template.resource("aws_s3_bucket_versioning", { versioning_configuration: { status: "Enabled" } });
    const [rule = {}] = objectsOf(template.resource("aws_s3_bucket_lifecycle_configuration").attributes.rule);
    expect(rule.expiration).toBeUndefined();
    expect(rule.noncurrent_version_expiration).toEqual([{ noncurrent_days: 30 }]);
  });

  it("carries no tags: an object takes ten at most, and an environment may have more", () => {
    for (const { attributes } of INSPECTED.resources("aws_s3_object")) {
      expect(attributes.override_provider).toEqual({ default_tags: { tags: {} } });
    }
  });

  it("is what lies in the stack's folder, by its checksum, in the one version that it was uploaded as", () => {
    withFolder((outdir) => {
      synthesizeInto(outdir, [inspectedEnvironment()]);
      const stack = join(outdir, "stacks", "test-inspection");
      const { resource } = JSON.parse(readFileSync(join(stack, "cdk.tf.json"), "utf8")) as {
        resource: {
          aws_s3_object: Record<string, { source: string; source_hash: string }>;
          aws_launch_template: Record<string, { user_data: string }>;
        };
      };
      const { source = "", source_hash } = resource.aws_s3_object["files-object"] ?? {};
      const digest = createHash("sha256")
        .update(readFileSync(join(stack, source)))
        .digest("hex");
      expect(source_hash).toBe(digest);
      const script = scriptIn(resource.aws_launch_template["fleet-template"]?.user_data ?? "");
      expect(script).toContain(digest);
      expect(script).toContain("<version>");
      expect(script).toContain("<bucket>");
      expect(script).not.toMatch(/\{\{\w+\}\}/);
    });
  });

  it("says to the appliance what the environment says", () => {
    expect(settingsOf(SPOKED)).toEqual({
      FLEET: "spoked-inspection",
      REGION: "eu-west-1",
      IMAGE: "baked",
      VPC_CIDR: "10.70.0.0/22",
      HOME_NETWORKS: "10.60.0.0/18,10.80.0.0/16,10.81.0.0/16,10.90.0.0/16",
      GENEVE_PORT: "6081",
      HEALTH_PORT: "8080",
      HEALTH_PATH: "/health",
      TCP_IDLE_SECONDS: "1800",
      AUTO_SCALING_GROUP: "spoked-inspection-{zone}",
      LIFECYCLE_HOOK: "drain",
      HEARTBEAT_SECONDS: "300",
      RULE_SOURCES: "https://rules.example.com/suricata-7.tar.gz",
      RULE_UPDATE_HOURS: "6",
      LOG_DNS: "false",
      LOG_TLS: "true",
      LOG_FLOWS: "true",
      MODE: "one-arm",
      BUMP_SECRET: "",
      BUMP_DOMAINS: "",
      ACTION: "ids",
      ON_FAILURE: "",
      POLICY: "false",
      POLICY_BUCKET: "",
      POLICY_KEY: "",
    });
    expect(settingsOf(INSPECTED)).toMatchObject({
      IMAGE: "plain",
      HOME_NETWORKS: "",
      ACTION: "ips",
      ON_FAILURE: "closed",
      POLICY: "true",
      POLICY_BUCKET: "inspected-inspection-files-111122223333-eu-central-1",
      POLICY_KEY: "policy.zip",
      RULE_SOURCES: "",
      LOG_DNS: "true",
      LOG_TLS: "true",
      LOG_FLOWS: "false",
      GWLBTUN_URL: "https://artifacts.example.com/gwlbtun-3.2-arm64",
      GWLBTUN_SHA256: "0123456789abcdef".repeat(4),
      CLOUDWATCH_AGENT_URL: "https://artifacts.example.com/amazon-cloudwatch-agent-arm64.deb",
      CLOUDWATCH_AGENT_SHA256: "0123456789abcdef".repeat(4),
    });
  });

  const NAME = "n".repeat(63);
  it.each([
    ["one-arm", {}],
    [
      "two-arm",
      {
        policy: { default: "deny", allowDomains: ["*.example.com"] },
        proxy: {
          bump: {
            // Of a name as long as Secrets Manager takes, and what it writes behind that.
            caSecretArn: `arn:aws:secretsmanager:eu-central-1:111122223333:secret:${"s".repeat(512)}-AbCdEf`,
            domains: Array.from(
              { length: 10 },
              (_, index) => `${NAME}.${NAME}.${"m".repeat(index === 0 ? 9 : 8)}${index}.example.com`,
            ),
          },
        },
      },
    ],
  ] as const)("has room for the most that an environment can say with mode %s", (mode, section) => {
    const url = `https://a.example.com/${"b".repeat(278)}`;
    const file = { url, sha256: "0123456789abcdef".repeat(4) };
    const cidrs = Array.from(
      { length: MOST_SPOKE_RANGES[mode] },
      (_, index) => `100.1${pad(index >> 5)}.1${pad(index % 32)}.128/25`,
    );
    const most = inspectedEnvironment(
      {
        ...section,
        mode,
        image: { plain: "ubuntu-24.04", gwlbtun: file, cloudwatchAgent: file },
        rules: { sources: Array.from({ length: 20 }, (_, index) => `${url.slice(0, -2)}${pad(index)}`) },
        spokes: { all: { attachmentId: "tgw-attach-0123456789abcdef0", cidrs } },
        tcpIdleTimeoutSeconds: 3600,
      },
      { name: "abcdefghijklmnop" },
    );
    const template = stackTemplates(most).template("abcdefghijklmnop-inspection");
    const { HOME_NETWORKS = "", BUMP_DOMAINS = "" } = settingsOf(template);
    expect(HOME_NETWORKS.split(",")).toHaveLength(MOST_SPOKE_RANGES[mode] + 1);
    if (mode === "two-arm") expect(BUMP_DOMAINS.length).toBe(MOST_OPENED_CHARACTERS);
  });
});

const pad = (number: number): string => String(number).padStart(2, "0");

test("the key encrypts the disks of instances that Auto Scaling starts, for this account and by way of EC2 alone", () => {
  const granted = grants(INSPECTED.resource("aws_kms_key").attributes.policy).filter((line) =>
    line.includes("ViaService"),
  );
  const condition = JSON.stringify({
    StringEquals: { "kms:CallerAccount": "111122223333", "kms:ViaService": "ec2.eu-central-1.amazonaws.com" },
  });
  expect(granted.map((line) => /kms:\w+/.exec(line)?.[0]).sort()).toEqual([
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
  ]);
  for (const line of granted) expect(line).toMatch(new RegExp(` to \\{"AWS":"\\*"\\} if `));
  for (const line of granted) expect(line.endsWith(` if ${condition}`)).toBe(true);
});
