import { objectOf, objectsOf, textOf } from "../../../support/json";
import { evaluate, type Period } from "../metric-math";
import { type BuiltFleet, buildFleet, containerOf, ENTRY, KEY } from "./fleet";

const OTHER_ENTRY = {
  balancer: ENTRY.balancer,
  targetGroup: { arn: "arn:other-group", arnSuffix: "targetgroup/prod/3" },
  port: 8081,
} as const;

const serviceOf = ({ template }: BuiltFleet) => template.resource("aws_ecs_service").attributes;

describe("the service", () => {
  const fleet = buildFleet();
  const service = serviceOf(fleet);

  it("runs in the given subnets under the given group, with no public address", () => {
    expect(service.network_configuration).toEqual({
      subnets: ["subnet-a", "subnet-b"],
      security_groups: ["sg-proxy"],
      assign_public_ip: false,
    });
  });

  it("is reached through the target group at the port of the container that serves", () => {
    expect(service.load_balancer).toEqual([
      { target_group_arn: "arn:target-group", container_name: "proxy", container_port: 8080 },
    ]);
    expect(service.health_check_grace_period_seconds).toBe(60);
  });

  it("has each task in every target group, at the port that is the group's", () => {
    const both = buildFleet({ container: { ports: [8080, 8081] }, entries: [ENTRY, OTHER_ENTRY] });
    expect(serviceOf(both).load_balancer).toEqual([
      { target_group_arn: "arn:target-group", container_name: "proxy", container_port: 8080 },
      { target_group_arn: "arn:other-group", container_name: "proxy", container_port: 8081 },
    ]);
    expect(containerOf(both).portMappings).toEqual([
      { containerPort: 8080, hostPort: 8080, protocol: "tcp" },
      { containerPort: 8081, hostPort: 8081, protocol: "tcp" },
    ]);
  });

  it("starts all new tasks before it stops old ones, and goes back when they do not become healthy", () => {
    expect(service).toMatchObject({
      deployment_minimum_healthy_percent: 100,
      deployment_maximum_percent: 200,
      deployment_circuit_breaker: { enable: true, rollback: true },
    });
  });

  it("lets an apply end only when the deployment has, however long targets drain", () => {
    expect(service).toMatchObject({ wait_for_steady_state: true });
    const minutes = Object.values(service.timeouts ?? {}).map((text) => Number(/^(\d+)m$/.exec(String(text))?.[1]));
    expect(minutes).toHaveLength(3);
    for (const patience of minutes) expect(patience).toBeGreaterThan(60);
  });

  it("keeps its tasks spread over the zones", () => {
    expect(service.availability_zone_rebalancing).toBe("ENABLED");
  });

  it("starts with the fewest tasks, and leaves their number to autoscaling from then on", () => {
    expect(service).toMatchObject({ desired_count: 3, lifecycle: { ignore_changes: ["desired_count"] } });
  });

  it("hands its tags to its tasks, for the bill", () => {
    expect(service).toMatchObject({ enable_ecs_managed_tags: true, propagate_tags: "SERVICE" });
  });

  it("comes after all that its tasks need to start, and goes before it", () => {
    const { template } = fleet;
    expect([...(service.depends_on as string[])].sort()).toEqual(
      [
        template.resource("aws_iam_role_policy", { role: /execution/ }).address,
        template.resource("aws_iam_role", { name: /-task$/ }).address,
        template.resource("aws_ecs_cluster_capacity_providers").address,
        template.resource("aws_eip").address,
      ].sort(),
    );
  });

  it("comes after the permissions of its containers, where they have any", () => {
    const open = buildFleet({ exec: true });
    const policies = open.template.resources("aws_iam_role_policy").map(({ address }) => address);
    expect(policies).toHaveLength(2);
    expect(serviceOf(open).depends_on).toEqual(expect.arrayContaining(policies));
  });

  it("lets nobody into its containers unless it is told to", () => {
    expect(service.enable_execute_command).toBe(false);
    expect(serviceOf(buildFleet({ exec: true })).enable_execute_command).toBe(true);
  });
});

describe("the task definition", () => {
  const { template } = buildFleet({ architecture: "arm64", size: { cpu: 2048, memoryMb: 5120 } });
  const { attributes } = template.resource("aws_ecs_task_definition");

  it("asks Fargate for its size and architecture", () => {
    expect(attributes).toMatchObject({
      requires_compatibilities: ["FARGATE"],
      network_mode: "awsvpc",
      cpu: "2048",
      memory: "5120",
      runtime_platform: { operating_system_family: "LINUX", cpu_architecture: "ARM64" },
    });
    expect(buildFleet().template.resource("aws_ecs_task_definition").attributes.runtime_platform).toMatchObject({
      cpu_architecture: "X86_64",
    });
  });

  it("keeps its earlier revisions, for whoever has to go back", () => {
    expect(attributes.skip_destroy).toBe(true);
  });

  it("logs to an encrypted group for a year", () => {
    template.resource("aws_cloudwatch_log_group", {
      name: "/ringfence/prod-proxy/containers",
      kms_key_id: KEY,
      retention_in_days: 365,
    });
  });
});

describe("capacity", () => {
  const strategyAt = (spotPercent: number, minTasks = 3) =>
    serviceOf(buildFleet({ scaling: { spotPercent, minTasks } })).capacity_provider_strategy;

  it("is on demand unless asked otherwise, by a strategy that can be changed in place", () => {
    expect(strategyAt(0)).toEqual([{ capacity_provider: "FARGATE", weight: 1 }]);
    const { launch_type, force_new_deployment } = serviceOf(buildFleet());
    expect(launch_type).toBeUndefined();
    expect(force_new_deployment).toBe(true);
  });

  it.each([
    [50, 3, 2],
    [50, 4, 2],
    [90, 3, 1],
    [10, 3, 3],
  ])("at %d %% Spot of %d tasks has %d on demand before any is on Spot", (spotPercent, minTasks, base) => {
    expect(strategyAt(spotPercent, minTasks)).toEqual([
      { capacity_provider: "FARGATE", base, weight: 100 - spotPercent },
      { capacity_provider: "FARGATE_SPOT", weight: spotPercent },
    ]);
  });

  it("can be Spot alone", () => {
    expect(strategyAt(100)).toEqual([{ capacity_provider: "FARGATE_SPOT", weight: 100 }]);
  });
});

describe("autoscaling", () => {
  const { template } = buildFleet();
  const target = template.resource("aws_appautoscaling_target");

  it("moves between the fewest and the most tasks", () => {
    expect(target.attributes).toMatchObject({
      service_namespace: "ecs",
      scalable_dimension: "ecs:service:DesiredCount",
      min_capacity: 3,
      max_capacity: 12,
    });
    expect(target.attributes.resource_id).toBe(
      `service/\${${template.resource("aws_ecs_cluster").address}.name}/\${${template.resource("aws_ecs_service").address}.name}`,
    );
  });

  it.each([
    ["ECSServiceAverageCPUUtilization", undefined, 60],
    ["ALBRequestCountPerTarget", "app/prod/1/targetgroup/prod/2", 15_000],
  ])("follows %s, out at once and in slowly", (predefined_metric_type, resource_label, target_value) => {
    const { attributes } = template.resource("aws_appautoscaling_policy", {
      resource_id: `\${${target.address}.resource_id}`,
      policy_type: "TargetTrackingScaling",
      target_tracking_scaling_policy_configuration: {
        predefined_metric_specification: { predefined_metric_type, resource_label },
        target_value,
        disable_scale_in: undefined,
      },
    });
    expect(attributes.target_tracking_scaling_policy_configuration).toMatchObject({
      scale_out_cooldown: 60,
      scale_in_cooldown: 300,
    });
  });

  it("adds up what a task gets from all of its target groups, and aims at that", () => {
    const both = buildFleet({ entries: [ENTRY, OTHER_ENTRY] }).template;
    const { attributes } = both.resource("aws_appautoscaling_policy", { name: "requests" });
    const { customized_metric_specification, target_value } = objectOf(
      attributes.target_tracking_scaling_policy_configuration,
    );
    const queries = objectsOf(objectOf(customized_metric_specification).metrics);
    const [total, ...others] = queries.filter(({ return_data }) => return_data === true);
    expect(others).toEqual([]);
    const counted = queries.filter((query) => query !== total);
    expect(counted.map(({ metric_stat }) => metric_stat)).toEqual(
      ["targetgroup/prod/2", "targetgroup/prod/3"].map((value) => ({
        stat: "Sum",
        metric: {
          namespace: "AWS/ApplicationELB",
          metric_name: "RequestCountPerTarget",
          dimensions: [
            { name: "LoadBalancer", value: "app/prod/1" },
            { name: "TargetGroup", value },
          ],
        },
      })),
    );
    const [one = "", other = ""] = counted.map(({ id }) => textOf(id));
    const at = (period: Period) => evaluate(textOf(total?.expression), period);
    expect(at({ [one]: 9000, [other]: 8000 })).toBe(17_000);
    expect(at({ [one]: 9000, [other]: undefined })).toBe(9000);
    expect(target_value).toBe(15_000);
    expect(both.count("aws_appautoscaling_policy")).toBe(2);
  });

  it("has two policies of different names", () => {
    const names = template.resources("aws_appautoscaling_policy").map(({ attributes }) => attributes.name);
    expect(new Set(names).size).toBe(2);
  });
});

test("long names fit, and one name goes for service, family and log group", () => {
  const { template } = buildFleet({ name: `edge.${"x".repeat(300)}` });
  const { name } = template.resource("aws_ecs_service").attributes;
  expect(name).toMatch(/^edge-x+-[0-9a-f]{8}$/);
  expect(name).toHaveLength(255);
  expect(template.resource("aws_ecs_task_definition").attributes.family).toBe(name);
  template.resource("aws_cloudwatch_log_group", { name: `/ringfence/${textOf(name)}/containers` });
});

test.each([
  ["name", "aws_ecs_service.proxy", "name"],
  ["cluster-name", "aws_ecs_cluster.cluster", "name"],
  ["log-group-name", "aws_cloudwatch_log_group.proxy-logs", "name"],
  ["task-role-arn", "aws_iam_role.proxy-task-role", "arn"],
  ["cluster-arn", "aws_ecs_cluster.cluster", "arn"],
])("others learn its %s from Terraform, and so come after it", (output, address, attribute) => {
  const { template } = buildFleet();
  expect(template.follow(template.output(output).value)).toMatchObject({ block: { address }, attribute });
});
