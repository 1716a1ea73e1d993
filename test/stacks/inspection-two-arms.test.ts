import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import type { EnvironmentInput } from "../../lib/environment";
import proxied from "../environments/proxied";
import { dependenciesOf } from "../support/dependencies";
import { objectOf, objectsOf, textOf } from "../support/json";
import { grantsOfRole } from "../support/policy-documents";
import { stackTemplates } from "../support/stacks";
import type { Template } from "../support/template";
import { addressesOf, inspectionWith, LEAST, settingsOf, SPOKED } from "./inspections";

type Section = NonNullable<EnvironmentInput["inspection"]>;
type Bump = NonNullable<NonNullable<Section["proxy"]>["bump"]>;

const APPLIANCE = resolve(__dirname, "../../appliance");
const CA = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:inspection/ca-AbCdEf";
const BUMP: Bump = { caSecretArn: CA, domains: ["api.example.com", "*.example.net"] };

/** An appliance with two arms that says no more than it must. */
const twoArms = (section: Partial<Section> = {}): Template => inspectionWith({ mode: "two-arm", ...section });

const PROXIED = stackTemplates(proxied).template("proxied-inspection");
const LEAST_OF_TWO = twoArms();

/** What the appliances of a stack may, less what those with one arm may as well. */
function besides(template: Template, name = "test"): readonly string[] {
  const role = template.resource("aws_iam_role", { name: `${name}-inspection` });
  const ofOneArm =
    /^Allow (s3|logs|autoscaling|ssm|ssmmessages):|^Allow kms:Decrypt on \$\{aws_kms_key\.key\.arn\} if /;
  return grantsOfRole(template, role).filter((grant) => !ofOneArm.test(grant));
}

describe("the role", () => {
  const sendForOthers = (name: string): string =>
    "Allow ec2:ModifyInstanceAttribute on arn:aws:ec2:eu-central-1:111122223333:instance/* if " +
    `{"StringEquals":{"aws:ResourceTag/ringfence:stack":"${name}-inspection","aws:ResourceTag/Name":"${name}-inspection"}}`;
  const read = `Allow secretsmanager:GetSecretValue on ${CA}`;
  const key = "arn:aws:kms:eu-central-1:111122223333:key/12345678-1234-1234-1234-123456789012";
  const open =
    `Allow kms:Decrypt on ${key} if {"StringEquals":{"kms:ViaService":"secretsmanager.eu-central-1.amazonaws.com",` +
    `"kms:EncryptionContext:SecretARN":"${CA}"}}`;

  it.each<[what: string, template: Template, name: string, grants: readonly string[]]>([
    ["do nothing more with one arm", inspectionWith(), "test", []],
    [
      "send for others, and read no secret where no connection is opened",
      LEAST_OF_TWO,
      "test",
      [sendForOthers("test")],
    ],
    [
      "read the authority, where connections are opened",
      twoArms({ proxy: { bump: BUMP } }),
      "test",
      [sendForOthers("test"), read],
    ],
    ["use its key, where that is the user's own", PROXIED, "proxied", [sendForOthers("proxied"), read, open]],
  ])("may %s", (_, template, name, grants) => {
    expect([...besides(template, name)].sort()).toEqual([...grants].sort());
  });

  it("may change instances of the fleet, by tags that they are started with, and not those that bake its images", () => {
    const built = twoArms({ image: { built: { ...withoutSystem(LEAST.image), os: "ubuntu-24.04" } } });
    const wanted = { "ringfence:stack": "test-inspection", Name: "test-inspection" };
    const started = objectsOf(built.resource("aws_launch_template").attributes.tag_specifications);
    expect(started.find(({ resource_type }) => resource_type === "instance")?.tags).toMatchObject(wanted);
    const { resource_tags } = built.resource("aws_imagebuilder_infrastructure_configuration").attributes;
    expect(resource_tags).not.toMatchObject(wanted);
  });
});

function withoutSystem({ gwlbtun, cloudwatchAgent }: typeof LEAST.image) {
  return { gwlbtun, cloudwatchAgent };
}

describe("the security group", () => {
  const rulesOf = (template: Template, type: "ingress" | "egress"): readonly string[] =>
    template
      .resources(`aws_vpc_security_group_${type}_rule`)
      .map(
        ({ attributes: { ip_protocol, from_port, to_port, cidr_ipv4 } }) =>
          `${textOf(ip_protocol)} ${Number(from_port)}-${Number(to_port)} ${textOf(cidr_ipv4)}`,
      )
      .sort();

  it("lets out what spokes send, of all that a NAT gateway takes, whatever the image", () => {
    const out = [
      "icmp 3-4 0.0.0.0/0",
      "icmp 8-0 0.0.0.0/0",
      "tcp 0-65535 0.0.0.0/0",
      "udp 0-65535 0.0.0.0/0",
      "udp 6081-6081 10.30.0.0/20",
    ];
    expect(rulesOf(PROXIED, "egress")).toEqual(out);
    expect(rulesOf(twoArms({ image: { baked: { amiId: "ami-0123456789abcdef0" }, os: "al2023" } }), "egress")).toEqual(
      out,
    );
  });

  it("admits nothing more than with one arm, but for the news that a packet was too large", () => {
    const one = rulesOf(inspectionWith(), "ingress");
    expect(rulesOf(LEAST_OF_TWO, "ingress")).toEqual([...one, "icmp 3-4 0.0.0.0/0"].sort());
  });
});

describe("what appliances are told", () => {
  it("is their arms, the spokes beside a policy, and whose connections they open", () => {
    expect(settingsOf(PROXIED)).toMatchObject({
      MODE: "two-arm",
      ACTION: "ids",
      ON_FAILURE: "",
      POLICY: "true",
      POLICY_KEY: "policy.zip",
      HOME_NETWORKS: "10.20.0.0/16,10.50.0.0/16,10.51.0.0/16,10.52.0.0/16",
      BUMP_SECRET: CA,
      BUMP_DOMAINS: "*.payments.example.com api.example.com",
    });
  });

  it("is the spokes without a policy, too, and no connection to open", () => {
    expect(settingsOf(LEAST_OF_TWO)).toMatchObject({
      MODE: "two-arm",
      POLICY: "false",
      HOME_NETWORKS: "10.20.0.0/16",
      BUMP_SECRET: "",
      BUMP_DOMAINS: "",
    });
  });

  it("has all that install.sh asks of an appliance with two arms", () => {
    const script = readFileSync(join(APPLIANCE, "install.sh"), "utf8");
    const keys = (name: string): readonly string[] =>
      (new RegExp(`^${name}=\\(([^)]*)\\)`, "ms").exec(script)?.[1] ?? "").split(/\s+/).filter(Boolean);
    const wanted = ["KEYS", "KEYS_OF_POLICY", "KEYS_WITHOUT_POLICY", "KEYS_OF_PLAIN"].flatMap(keys);
    expect(wanted).toContain("HOME_NETWORKS");
    const settings = settingsOf(PROXIED);
    expect(wanted.filter((key) => (settings[key] ?? "") === "")).toEqual([]);
  });

  it("bakes the proxy in, where images are baked", () => {
    const image = { built: { ...withoutSystem(LEAST.image), os: "ubuntu-24.04" } } as const;
    const modes = (template: Template): readonly unknown[] =>
      objectsOf(template.resource("aws_imagebuilder_image_recipe").attributes.component).flatMap(({ parameter }) =>
        objectsOf(parameter)
          .filter(({ name }) => name === "Mode")
          .map(({ value }) => value),
      );
    expect(new Set(modes(twoArms({ image })))).toEqual(new Set(["two-arm"]));
    expect(new Set(modes(inspectionWith({ image })))).toEqual(new Set(["one-arm"]));
  });
});

describe("the instances", () => {
  const templateOf = (template: Template) => template.resource("aws_launch_template").attributes;

  it("forget a silent connection when the appliance itself does, and not after days", () => {
    const [script = ""] = /\$\(\(TCP_IDLE_SECONDS \+ \d+\)\)/.exec(
      readFileSync(join(APPLIANCE, "bin/load-firewall"), "utf8"),
    ) ?? [""];
    const later = Number(/\d+/.exec(script)?.[0]);
    for (const idle of [60, 3600]) {
      const template = twoArms({ tcpIdleTimeoutSeconds: idle });
      const [network = {}, ...others] = objectsOf(templateOf(template).network_interfaces);
      expect(others).toEqual([]);
      expect(objectOf(network.connection_tracking_specification)).toEqual({ tcp_established_timeout: idle + later });
    }
  });

  it("have the appliances' group and no public address, as with one arm", () => {
    const attributes = templateOf(LEAST_OF_TWO);
    expect(attributes.vpc_security_group_ids).toBeUndefined();
    const [network = {}] = objectsOf(attributes.network_interfaces);
    expect(addressesOf(LEAST_OF_TWO, network.security_groups)).toEqual(["aws_security_group.group"]);
    expect(network).toMatchObject({ device_index: 0, delete_on_termination: "true" });
    expect(network.associate_public_ip_address).toBeUndefined();
    expect(network.subnet_id).toBeUndefined();
    expect(attributes.metadata_options).toEqual(templateOf(SPOKED).metadata_options);
  });

  it("start once the proxy's log is there", () => {
    const log = PROXIED.resource("aws_cloudwatch_log_group", { name: "/ringfence/proxied-inspection/proxy" });
    for (const group of PROXIED.resources("aws_autoscaling_group")) {
      expect(dependenciesOf(PROXIED, group)).toContain(log.address);
    }
    expect(grantsOfRole(PROXIED, PROXIED.resource("aws_iam_role", { name: "proxied-inspection" }))).toContain(
      `Allow logs:PutLogEvents on \${${log.address}.arn}:*`,
    );
  });
});
