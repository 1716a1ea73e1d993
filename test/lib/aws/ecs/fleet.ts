import { Eip } from "@cdktf/provider-aws/lib/eip";
import { App } from "cdktf";

import { EcsCluster } from "../../../../lib/aws/ecs/cluster";
import { FargateService, type FargateServiceProps } from "../../../../lib/aws/ecs/fargate-service";
import type { JsonObject } from "../../../../lib/policy/terraform-json";
import { parseJson } from "../../../../lib/policy/terraform-json";
import { withFolder } from "../../../support/folder";
import { objectsOf, textOf } from "../../../support/json";
import { Template } from "../../../support/template";
import { prod, TestStack } from "../../terraform/stack";

export const KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
export const OTHER_KEY = "arn:aws:kms:eu-central-1:111122223333:key/abcd1234-12ab-34cd-56ef-1234567890ab";
export const SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:fleet/one-AbCdEf";
export const OTHER_SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:fleet/other-GhIjKl";
export const PLACE = { accountId: "111122223333", region: "eu-central-1" };

/** What is to differ from one container behind a target group. The container's fields are merged one by one. */
export type FleetChanges = Partial<Omit<FargateServiceProps, "container" | "scaling">> & {
  readonly container?: Partial<FargateServiceProps["container"]>;
  readonly scaling?: Partial<FargateServiceProps["scaling"]>;
};

/** Where requests come from by default. */
export const ENTRY = {
  balancer: { arnSuffix: "app/prod/1" },
  targetGroup: { arn: "arn:target-group", arnSuffix: "targetgroup/prod/2" },
  port: 8080,
} as const;

/** A cluster `fleet` and a service `proxy` of it. */
export interface BuiltFleet {
  readonly template: Template;
}

export function buildFleet({ container, scaling, ...changes }: FleetChanges = {}): BuiltFleet {
  return withFolder((outdir) => {
    const stack = new TestStack(new App({ outdir, stackTraces: false }), prod(), "fleet");
    const cluster = new EcsCluster(stack, "cluster", { name: "prod-fleet", kmsKeyArn: KEY });
    const service = new FargateService(stack, "proxy", {
      name: "prod-proxy",
      place: PLACE,
      cluster,
      subnetIds: ["subnet-a", "subnet-b"],
      securityGroupId: "sg-proxy",
      size: { cpu: 1024, memoryMb: 2048 },
      architecture: "x86_64",
      container: {
        name: "proxy",
        image: { uri: "registry.example.com/proxy:1.2.3" },
        ports: [8080],
        readonlyRootFilesystem: true,
        ...container,
      },
      entries: [ENTRY],
      healthCheckGraceSeconds: 60,
      scaling: {
        minTasks: 3,
        maxTasks: 12,
        cpuPercent: 60,
        requestsPerTargetPerMinute: 15_000,
        spotPercent: 0,
        ...scaling,
      },
      exec: false,
      kmsKeyArn: KEY,
      after: [new Eip(stack, "listener", {})],
      ...changes,
    });
    for (const [id, value] of Object.entries({
      name: service.name,
      "cluster-name": service.clusterName,
      "log-group-name": service.logGroupName,
      "task-role-arn": service.taskRoleArn,
      "cluster-arn": cluster.arn,
    })) {
      stack.publish(id, value, `What others learn of the fleet: ${id}`);
    }
    return { template: Template.of(stack) };
  });
}

/** The one container of this name, as Amazon ECS reads it. */
export function containerOf({ template }: BuiltFleet, name = "proxy"): JsonObject {
  const { attributes } = template.resource("aws_ecs_task_definition");
  const containers = objectsOf(parseJson(textOf(attributes.container_definitions)));
  const [found, ...others] = containers.filter((container) => container.name === name);
  if (found === undefined || others.length > 0) throw new Error(`there is not exactly one container ${name}`);
  return found;
}
