import type { JsonObject } from "../../../lib/policy/terraform-json";
import { objectOf, objectsOf } from "../../support/json";
import { planOf } from "../../support/scan/plan";

function resourcesOf(configuration: JsonObject): readonly JsonObject[] {
  const { root_module } = objectOf(planOf(configuration).json.planned_values);
  return objectsOf(objectOf(root_module).resources);
}

const bucket = { bucket: "b", tags: { owner: "x" } };

describe("a stack in the form of a plan", () => {
  it("has every resource and data source, by its address", () => {
    const configuration = {
      resource: { aws_s3_bucket: { a: bucket, b: bucket }, aws_eip: { a: { domain: "vpc" } } },
      data: { aws_region: { a: {} } },
    };
    expect(resourcesOf(configuration)).toEqual([
      { address: "aws_s3_bucket.a", mode: "managed", type: "aws_s3_bucket", name: "a", values: bucket },
      { address: "aws_s3_bucket.b", mode: "managed", type: "aws_s3_bucket", name: "b", values: bucket },
      { address: "aws_eip.a", mode: "managed", type: "aws_eip", name: "a", values: { domain: "vpc" } },
      { address: "data.aws_region.a", mode: "data", type: "aws_region", name: "a", values: {} },
    ]);
    expect(planOf(configuration).resourceCount).toBe(3);
  });

  it("leaves out what says how Terraform goes about it, which is no use of one resource by another", () => {
    const metadata = { "//": { metadata: {} }, depends_on: ["aws_eip.a"], lifecycle: { prevent_destroy: true } };
    const [resource] = resourcesOf({ resource: { aws_s3_bucket: { a: { ...bucket, ...metadata, provider: "aws" } } } });
    expect(resource?.values).toEqual(bucket);
  });

  it("has the configuration of each provider", () => {
    const { json } = planOf({ provider: { aws: [{ region: "eu-central-1" }, { region: "us-east-1", alias: "us" }] } });
    expect(Object.values(objectOf(objectOf(json.configuration).provider_config))).toEqual([
      { name: "aws", expressions: { region: { constant_value: "eu-central-1" } } },
      { name: "aws", expressions: { region: { constant_value: "us-east-1" }, alias: { constant_value: "us" } } },
    ]);
  });

  it("may be of a stack without anything", () => {
    expect(resourcesOf({})).toEqual([]);
  });

  it.each([
    ["aws_iam_role_policy", "policy"],
    ["aws_iam_role", "assume_role_policy"],
    ["aws_ecs_task_definition", "container_definitions"],
    ["aws_cloudwatch_log_resource_policy", "policy_document"],
  ])("is refused when %s has a %s that nobody could look into", (type, name) => {
    const unread = { resource: { [type]: { x: { [name]: "${jsonencode(local.x)}" } } } };
    expect(() => planOf(unread)).toThrow(`${type}.x: ${name} is no JSON`);
    const read = { [name]: '{"Resource":"${aws_eip.a.arn}"}' };
    expect(resourcesOf({ resource: { [type]: { x: read } } })[0]?.values).toEqual(read);
  });
});
