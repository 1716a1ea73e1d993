import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { parse } from "yaml";

import { isList, isObject, type JsonObject } from "../../lib/policy/terraform-json";
import built from "../environments/built";
import { dependenciesOf } from "../support/dependencies";
import { objectOf, objectsOf, parsedObject, textOf } from "../support/json";
import { covers, grantsOfRole } from "../support/policy-documents";
import { stackTemplates } from "../support/stacks";
import type { Block, Template } from "../support/template";
import { INSPECTED, inspectionWith, settingsOf } from "./inspections";

const DOCUMENTS = resolve(__dirname, "../../appliance/image");
const BUILT = stackTemplates(built).template("built-inspection");

const FILE = { url: "https://artifacts.example.com/file", sha256: "0123456789abcdef".repeat(4) };
const LEAST = { os: "ubuntu-24.04", gwlbtun: FILE, cloudwatchAgent: FILE } as const;

const builtWith = (image: object = {}, section: object = {}): Template =>
  inspectionWith({ image: { built: { ...LEAST, ...image } }, ...section });
/** Nothing is said but what must be. */
const NEWEST = builtWith();

const only = (template: Template, type: string): Block => template.resource(`aws_imagebuilder_${type}`);
const versionsOf = (template: Template) => ({
  recipe: only(template, "image_recipe").attributes.version,
  components: template.resources("aws_imagebuilder_component").map(({ attributes }) => attributes.version),
});

/** An image's components in their order, with the values of their parameters. */
const componentsOf = (template: Template) =>
  objectsOf(only(template, "image_recipe").attributes.component).map(({ component_arn, parameter }) => {
    const component = template.follow(component_arn).block;
    const values = objectsOf(parameter ?? []).map(({ name, value }) => [textOf(name), textOf(value)] as const);
    return { component, parameters: Object.fromEntries(values) };
  });

interface Document {
  readonly schemaVersion: unknown;
  readonly parameters?: readonly Readonly<
    Record<string, { readonly type: string; readonly default?: string; readonly description: string }>
  >[];
  readonly phases: readonly {
    readonly name: string;
    readonly steps: readonly { readonly name: string; readonly action: string; readonly inputs: unknown }[];
  }[];
}

describe.each(componentsOf(BUILT))("the component $component.address", ({ component, parameters }) => {
  const text = textOf(component.attributes.data);
  const document = parse(text) as Document;

  it("is a file of the appliance's as it stands there, short enough, with nothing in it that Terraform would fill in", () => {
    const name = textOf(component.attributes.name).replace("built-inspection-", "");
    expect(text).toBe(readFileSync(join(DOCUMENTS, `${name}.yaml`), "utf8"));
    expect(text.length).toBeLessThanOrEqual(16_000);
    expect(text).not.toMatch(/[$%]\{/);
  });

  // EC2 Image Builder User Guide, "Use the AWSTOE component document framework" and "Action modules supported by AWSTOE component manager".
  it("has phases, steps and actions that Image Builder knows", () => {
    expect(document.schemaVersion).toBe(1);
    const phases = document.phases.map(({ name }) => name);
    expect(["build", "validate", "test"].filter((phase) => phases.includes(phase))).toEqual(phases);
    const steps = document.phases.flatMap((phase) => phase.steps);
    expect(steps.length).toBeGreaterThan(0);
    for (const { name, action, inputs } of steps) {
      expect(name).toMatch(/^\w+$/);
      if (action === "ExecuteBash") expect(inputs).toEqual({ commands: [expect.any(String)] });
      else expect([action, Array.isArray(inputs)]).toEqual(["S3Download", true]);
    }
  });

  it("has every parameter that it uses, and a value for each", () => {
    const known = (document.parameters ?? []).flatMap((entry) => Object.entries(entry));
    const used = [...text.matchAll(/\{\{ (\w+) \}\}/g)].map(([, name = ""]) => name);
    expect([...new Set(used)].sort()).toEqual(known.map(([name]) => name).sort());
    for (const [name, { type, default: usual }] of known) {
      expect(type).toBe("string");
      expect(parameters[name] ?? usual).toMatch(/./);
    }
    expect(Object.keys(parameters).filter((name) => !used.includes(name))).toEqual([]);
  });
});

describe("what an image is made of", () => {
  it("is the vendor's newest at that hour, for the fleet's architecture, on an encrypted disk that fits every fleet", () => {
    const recipe = only(BUILT, "image_recipe").attributes;
    expect(recipe.parent_image).toMatch(
      /^ssm:\/aws\/service\/canonical\/ubuntu\/server\/24\.04\/stable\/current\/arm64\//,
    );
    const key = `\${${BUILT.resource("aws_kms_key").address}.arn}`;
    expect(objectsOf(recipe.block_device_mapping)).toMatchObject([
      { device_name: "/dev/sda1", ebs: { encrypted: "true", kms_key_id: key, volume_size: 10 } },
    ]);
    expect(recipe.systems_manager_agent).toEqual({ uninstall_after_build: false });
    for (const { component } of componentsOf(BUILT)) expect(component.attributes.kms_key_id).toBe(key);
  });

  it("is the very files that appliances fetch when they boot, the named downloads, and the rules of the named mirrors", () => {
    const [{ parameters } = { parameters: {} }] = componentsOf(BUILT);
    const image = built.inspection?.image;
    if (image === undefined || !("built" in image)) throw new Error("the environment bakes no image");
    const { bucket } = BUILT.resource("aws_s3_bucket").attributes;
    const { key, source_hash } = BUILT.resource("aws_s3_object").attributes;
    expect(parameters).toEqual({
      Bucket: bucket,
      BucketOwner: "111122223333",
      Key: key,
      Sha256: source_hash,
      GwlbtunUrl: image.built.gwlbtun.url,
      GwlbtunSha256: image.built.gwlbtun.sha256,
      CloudwatchAgentUrl: image.built.cloudwatchAgent.url,
      CloudwatchAgentSha256: image.built.cloudwatchAgent.sha256,
      Mode: "one-arm",
      RuleSources: built.inspection?.rules.sources.join(" "),
    });
    expect(componentsOf(NEWEST)[0]?.parameters).not.toHaveProperty("RuleSources");
  });

  it("has a version of its own for each content, and comes before the one it replaces goes", () => {
    expect(versionsOf(builtWith())).toEqual(versionsOf(NEWEST));
    const changed = [
      builtWith({ gwlbtun: { ...FILE, sha256: "f".repeat(64) } }),
      builtWith({}, { rules: { sources: ["https://rules.example.com/own.rules"] } }),
      builtWith({}, { fleet: { architecture: "x86_64" } }),
    ].map((template) => versionsOf(template).recipe);
    expect(new Set([versionsOf(NEWEST).recipe, ...changed]).size).toBe(4);
    for (const type of ["component", "image_recipe", "image"]) {
      for (const { attributes } of BUILT.resources(`aws_imagebuilder_${type}`)) {
        expect(attributes.lifecycle).toEqual({ create_before_destroy: true });
      }
    }
  });

  it("stays the same when only the fleet changes", () => {
    const other = builtWith({ schedule: { weekday: "monday" } }, { fleet: { maxPerZone: 9, maxLifetimeDays: 5 } });
    expect(versionsOf(other)).toEqual(versionsOf(NEWEST));
  });
});

describe("machines that bake", () => {
  const infrastructure = only(BUILT, "infrastructure_configuration").attributes;
  const role = BUILT.resource("aws_iam_role", { name: "built-inspection-imagebuilder" });

  it("have no key, tell their secrets to nobody who forwards, and go when they fail", () => {
    expect(infrastructure).toMatchObject({
      instance_metadata_options: { http_tokens: "required", http_put_response_hop_limit: 1 },
      terminate_instance_on_failure: true,
    });
    expect(infrastructure.key_pair).toBeUndefined();
  });

  it("stand where appliances stand, and reach HTTPS and packages, but nobody reaches them", () => {
    const subnet = BUILT.follow(infrastructure.subnet_id).block;
    expect(objectOf(subnet.attributes.tags).Name).toBe("built-inspection-appliance-a");
    const [group] = infrastructure.security_group_ids as readonly string[];
    const isOfGroup = ({ attributes }: Block): boolean => attributes.security_group_id === group;
    expect(BUILT.resources("aws_vpc_security_group_ingress_rule").filter(isOfGroup)).toEqual([]);
    const out = BUILT.resources("aws_vpc_security_group_egress_rule").filter(isOfGroup);
    expect(out.map(({ attributes }) => attributes.from_port).sort()).toEqual([443, 80]);
  });

  it("may read their components and one object, write one log and be told what to do", () => {
    const grants = grantsOfRole(BUILT, role);
    expect(grants.filter((grant) => grant.includes(" on *"))).toEqual([
      "Allow ssm:UpdateInstanceInformation on *",
      ...["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"].map(
        (action) => `Allow ssmmessages:${action} on *`,
      ),
    ]);
    const [objects] = BUILT.resources("aws_s3_bucket");
    expect(grants).toContain(`Allow s3:GetObject on \${${objects?.address ?? ""}.arn}/appliance.zip`);
    const writing = grants.filter((grant) => /:(Put|Delete|Create|Run|Pass)/.test(grant));
    expect(writing.filter((grant) => !/ (logs|ssmmessages):/.test(grant))).toEqual([]);
    expect(grants.filter((grant) => grant.includes("kms:")).every((grant) => grant.includes(" if "))).toBe(true);
    const readable = grants
      .filter((grant) => grant.includes("imagebuilder:GetComponent"))
      .map((grant) => grant.split(" ").at(-1));
    expect(readable.sort()).toEqual(
      componentsOf(BUILT)
        .map(({ component }) => `\${${component.address}.arn}`)
        .sort(),
    );
  });

  it("start when there is a way out, what they fetch, and a log that forgets", () => {
    const image = only(BUILT, "image");
    const before = dependenciesOf(BUILT, image);
    const zones = ["a", "b"].map((zone) => `aws_route.routes-appliance-${zone}-default-route`);
    const log = BUILT.resource("aws_cloudwatch_log_group", { name: "/aws/imagebuilder/built-inspection" });
    expect(log.attributes).toMatchObject({ retention_in_days: 365, kms_key_id: expect.any(String) as string });
    const rights = BUILT.resource("aws_iam_role_policy", { role: `\${${role.address}.id}` });
    expect(before).toEqual(
      expect.arrayContaining([...zones, BUILT.resource("aws_s3_object").address, log.address, rights.address]),
    );
  });
});

describe("an image that passes its tests", () => {
  const made = ["image", "image_pipeline"].map((type) => only(BUILT, type).attributes);

  it("is tested, by the pipeline as by the apply", () => {
    for (const attributes of made) {
      expect(attributes.image_tests_configuration).toMatchObject({ image_tests_enabled: true });
      expect(attributes.image_recipe_arn).toBe(`\${${only(BUILT, "image_recipe").address}.arn}`);
    }
    const phases = componentsOf(BUILT).flatMap(
      ({ component }) => (parse(textOf(component.attributes.data)) as Document).phases,
    );
    expect(phases.map(({ name }) => name)).toContain("test");
  });

  it("is of this account and Region alone, encrypted with the stack's key", () => {
    const distributions = objectsOf(only(BUILT, "distribution_configuration").attributes.distribution);
    expect(distributions).toHaveLength(1);
    const [{ region, ami_distribution_configuration, ...others } = {}] = distributions;
    expect(region).toBe("eu-central-1");
    expect(Object.keys(others)).toEqual(["ssm_parameter_configuration"]);
    const ami = objectOf(ami_distribution_configuration);
    expect(ami.kms_key_id).toBe(`\${${BUILT.resource("aws_kms_key").address}.arn}`);
    expect(ami.name).toMatch(/^[-\w{][-\w\s:{}.]+[-\w}]$/);
    expect(ami.name).toContain("{{ imagebuilder:buildDate }}");
    expect(ami).not.toHaveProperty("launch_permission");
    expect(ami).not.toHaveProperty("target_account_ids");
  });

  it("stands in a parameter that Image Builder's own role may write, and that is read once the apply's own image is there", () => {
    const [{ ssm_parameter_configuration } = {}] = objectsOf(
      only(NEWEST, "distribution_configuration").attributes.distribution,
    );
    const [written = {}] = objectsOf(ssm_parameter_configuration);
    expect(covers("/imagebuilder/*", textOf(written.parameter_name))).toBe(true);
    expect(written.data_type).toBe("text");
    const read = NEWEST.data("aws_ssm_parameter", { name: textOf(written.parameter_name) });
    expect(read.attributes.depends_on).toEqual([only(NEWEST, "image").address]);
    expect(NEWEST.follow(NEWEST.resource("aws_launch_template").attributes.image_id)).toEqual({
      template: NEWEST,
      block: read,
      attribute: "insecure_value",
    });
  });

  it("is what the fleet starts from, unless one is named", () => {
    expect(BUILT.resource("aws_launch_template").attributes.image_id).toBe("ami-0123456789abcdef2");
    expect(settingsOf(BUILT)).toMatchObject({ IMAGE: "baked" });
    expect(settingsOf(BUILT)).not.toHaveProperty("GWLBTUN_URL");
  });

  it("leaves the fleet without a way to packages, which plain appliances have", () => {
    const httpOut = (template: Template): readonly JsonObject[] =>
      template
        .resources("aws_vpc_security_group_egress_rule", { from_port: 80 })
        .map(({ attributes }) => attributes)
        .filter(({ security_group_id }) => !textOf(security_group_id).includes("image-group"));
    expect(httpOut(BUILT)).toEqual([]);
    expect(httpOut(INSPECTED)).toHaveLength(1);
  });
});

describe("a bake that fails", () => {
  const topic = "arn:aws:sns:eu-central-1:111122223333:alarms";
  const told = inspectionWith({ image: { built: LEAST } }, { notify: { alarmTopicArns: [topic] } });
  const rule = told.resource("aws_cloudwatch_event_rule");
  const pattern = parsedObject(rule.attributes.event_pattern);

  // The example of EC2 Image Builder User Guide, "Amazon EventBridge integration in Image Builder".
  const event = (status: string, image: string, place = "eu-central-1:111122223333"): JsonObject => ({
    "detail-type": "EC2 Image Builder Image State Change",
    source: "aws.imagebuilder",
    resources: [`arn:aws:imagebuilder:${place}:image/${image}/1.0.0/1`],
    detail: { "previous-state": { status: "TESTING" }, state: { status } },
  });

  const recipe = textOf(only(told, "image_recipe").attributes.name);

  it.each([
    ["of this fleet", event("FAILED", recipe), true],
    ["that did not fail", event("AVAILABLE", recipe), false],
    ["of another fleet, whose name begins alike", event("FAILED", `${recipe}-2`), false],
    ["of another account", event("FAILED", recipe, "eu-central-1:444455556666"), false],
    ["that is something else", { ...event("FAILED", recipe), "detail-type": "EC2 Image Builder CVE Detected" }, false],
  ])("is counted: one %s", (_, happened, expected) => {
    expect(matches(pattern, happened)).toBe(expected);
  });

  it("is told to whom alarms are told", () => {
    const alarm = told.resource("aws_cloudwatch_metric_alarm", { metric_name: "MatchedEvents" });
    expect(alarm.attributes).toMatchObject({
      namespace: "AWS/Events",
      dimensions: { RuleName: `\${${rule.address}.name}` },
      statistic: "Sum",
      comparison_operator: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      treat_missing_data: "notBreaching",
      alarm_actions: [topic],
    });
    expect(INSPECTED.resources("aws_cloudwatch_event_rule")).toEqual([]);
  });
});

/** Amazon EventBridge User Guide, "Event patterns": each field of the pattern is one of its values, or begins with its prefix. */
function matches(pattern: JsonObject, happened: JsonObject): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    const found = happened[field];
    if (!isList(wanted)) return isObject(wanted) && isObject(found) && matches(wanted, found);
    const values = isList(found) ? found : [found];
    return wanted.some((one) =>
      values.some((value) => (isObject(one) ? textOf(value).startsWith(textOf(one.prefix)) : one === value)),
    );
  });
}

describe("images come and go", () => {
  it.each([
    [{}, "cron(0 3 ? * sun *)"],
    [{ weekday: "wednesday", hour: 0 }, "cron(0 0 ? * wed *)"],
    [{ hour: 23 }, "cron(0 23 ? * sun *)"],
  ])("each week, at the hour that is said in UTC: %j", (schedule, expression) => {
    expect(only(builtWith({ schedule }), "image_pipeline").attributes.schedule).toEqual({
      schedule_expression: expression,
      timezone: "Etc/UTC",
      pipeline_execution_start_condition: "EXPRESSION_MATCH_ONLY",
    });
  });

  const detailOf = (template: Template): JsonObject => {
    const [detail = {}] = objectsOf(only(template, "lifecycle_policy").attributes.policy_detail);
    return detail;
  };

  it("the newest stay, and those of the recipe that is at work alone are looked at", () => {
    const { attributes } = only(BUILT, "lifecycle_policy");
    expect(attributes).toMatchObject({ resource_type: "AMI_IMAGE", status: "ENABLED" });
    const { address } = only(BUILT, "image_recipe");
    expect(objectsOf(attributes.resource_selection)).toEqual([
      { recipe: [{ name: `\${${address}.name}`, semantic_version: `\${${address}.version}` }] },
    ]);
    expect(detailOf(BUILT)).toMatchObject({
      action: [{ type: "DELETE", include_resources: [{ amis: true, snapshots: true }] }],
      filter: [{ type: "COUNT", value: 5 }],
    });
  });

  it.each([1, 14, 365])("none goes that an appliance of %d days may have started from", (maxLifetimeDays) => {
    const [exclusion = {}] = objectsOf(detailOf(builtWith({}, { fleet: { maxLifetimeDays } })).exclusion_rules);
    const [{ last_launched } = {}] = objectsOf(exclusion.amis);
    const [{ unit, value } = {}] = objectsOf(last_launched);
    expect(unit).toBe("WEEKS");
    expect(Number(value) * 7).toBeGreaterThanOrEqual(maxLifetimeDays + 14);
    // What the API takes.
    expect(Number(value)).toBeLessThanOrEqual(365);
  });

  it("Terraform's own stays, or the next plan would bake it again", () => {
    const [exclusion = {}] = objectsOf(detailOf(BUILT).exclusion_rules);
    const { tags } = only(BUILT, "image").attributes;
    expect(isObject(exclusion.tag_map) && Object.keys(exclusion.tag_map).length).toBe(1);
    expect(tags).toMatchObject(objectOf(exclusion.tag_map));
  });

  it("whoever takes them away takes away nothing but what Image Builder made", () => {
    const role = BUILT.follow(only(BUILT, "lifecycle_policy").attributes.execution_role).block;
    const grants = grantsOfRole(BUILT, role);
    for (const action of ["ec2:DeregisterImage", "ec2:DeleteSnapshot"]) {
      const [grant = ""] = grants.filter((line) => line.includes(action));
      expect(grant).toContain('"aws:ResourceTag/CreatedBy":"EC2 Image Builder"');
    }
    expect(grants.filter((line) => line.includes("DeleteImage "))).toEqual([
      "Allow imagebuilder:DeleteImage on arn:aws:imagebuilder:eu-central-1:111122223333:image/built-inspection/*",
    ]);
    const trust = parsedObject(textOf(role.attributes.assume_role_policy));
    expect(objectsOf(trust.Statement)).toMatchObject([{ Principal: { Service: "imagebuilder.amazonaws.com" } }]);
  });
});

it("an environment that bakes no image has none of this", () => {
  expect(JSON.stringify(INSPECTED.configuration)).not.toContain("imagebuilder");
});
