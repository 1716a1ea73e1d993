import { App } from "cdktf";

import { EcsCluster } from "../../../../lib/aws/ecs/cluster";
import { withFolder } from "../../../support/folder";
import { textOf } from "../../../support/json";
import { Template } from "../../../support/template";
import { prod, TestStack } from "../../terraform/stack";
import { buildFleet, KEY } from "./fleet";

describe("a cluster", () => {
  const { template } = buildFleet();
  const { attributes } = template.resource("aws_ecs_cluster");

  it("measures each task and container", () => {
    expect(attributes.setting).toEqual([{ name: "containerInsights", value: "enhanced" }]);
  });

  it("has the log group of its measurements before it has any: it would be made without key, and for ever", () => {
    const insights = template.resource("aws_cloudwatch_log_group", {
      name: "/aws/ecs/containerinsights/prod-fleet/performance",
      kms_key_id: KEY,
      retention_in_days: 365,
    });
    expect(attributes.depends_on).toEqual([insights.address]);
  });

  it("encrypts and logs whatever people run in its containers", () => {
    expect(attributes).toMatchObject({
      configuration: {
        execute_command_configuration: {
          kms_key_id: KEY,
          logging: "OVERRIDE",
          log_configuration: { cloud_watch_encryption_enabled: true },
        },
      },
    });
    const logs = template.resource("aws_cloudwatch_log_group", { name: "/ringfence/prod-fleet/exec", kms_key_id: KEY });
    expect(JSON.stringify(attributes)).toContain(`"cloud_watch_log_group_name":"\${${logs.address}.name}"`);
  });

  it("runs on Fargate, by choice on Spot, and on demand when nothing is said", () => {
    expect(template.resource("aws_ecs_cluster_capacity_providers").attributes).toMatchObject({
      capacity_providers: ["FARGATE", "FARGATE_SPOT"],
      default_capacity_provider_strategy: [{ capacity_provider: "FARGATE", weight: 1 }],
    });
  });

  it("has one name in all places, within what Amazon ECS takes", () => {
    const named = withFolder((outdir) => {
      const stack = new TestStack(new App({ outdir, stackTraces: false }), prod(), "fleet");
      new EcsCluster(stack, "cluster", { name: `edge.${"x".repeat(300)}`, kmsKeyArn: KEY });
      return Template.of(stack);
    });
    const { name } = named.resource("aws_ecs_cluster").attributes;
    expect(name).toMatch(/^edge-x+-[0-9a-f]{8}$/);
    expect(name).toHaveLength(255);
    named.resource("aws_cloudwatch_log_group", { name: `/aws/ecs/containerinsights/${textOf(name)}/performance` });
  });
});
