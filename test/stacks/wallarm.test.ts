import example from "../../environments/example";
import { isObject, type JsonObject } from "../../lib/policy/terraform-json";
import { alarmsOf, chartsOf, watchedBy } from "../lib/aws/cloudwatch";
import { objectOf, objectsOf, parsedObject, textOf, textsIn } from "../support/json";
import { grants } from "../support/policy-documents";
import type { Block, Template } from "../support/template";
import {
  type BuiltEdge,
  containersOf,
  directiveOf,
  edgeNamed,
  EDGES,
  edgesOf,
  followed,
  nginxOf,
  nodeOf,
  roleOf,
  spelledOut,
  variableOf,
  variablesOf,
} from "./edges";

const resourcesOf = ({ configuration }: Template): readonly Block[] =>
  Object.entries(objectOf(configuration.resource)).flatMap(([type, byId]) =>
    Object.entries(objectOf(byId)).map(([logicalId, attributes]) => ({
      type,
      logicalId,
      address: `${type}.${logicalId}`,
      attributes: objectOf(attributes),
    })),
  );

test("the fixtures hold edges of every kind", () => {
  const configs = EDGES.map(({ config }) => config);
  const kinds = (kind: (config: BuiltEdge["config"]) => unknown): number => new Set(configs.map(kind)).size;
  expect(kinds(({ scheme }) => scheme)).toBe(2);
  expect(kinds(({ token }) => "existing" in token)).toBe(2);
  expect(kinds(({ architecture }) => architecture)).toBe(2);
  expect(kinds(({ mode }) => mode)).toBe(3);
  expect(new Set(EDGES.map(({ network }) => network === undefined)).size).toBe(2);
});

/** MiB that a task may have by its CPU units: least, most and step (Amazon ECS Developer Guide, "Task CPU and memory"). */
const FARGATE: Readonly<Record<string, readonly [least: number, most: number, step: number]>> = {
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16_384, 1024],
  4096: [8192, 30_720, 1024],
  8192: [16_384, 61_440, 4096],
  16384: [32_768, 122_880, 8192],
};

/** The lines that Wallarm supports, each from the release on that the edge is built for. */
const FIRST_MINOR: Readonly<Record<number, number>> = { 6: 13, 7: 1 };

/** Actions that take no narrower resource, as the Service Authorization Reference lists them. */
const WITHOUT_RESOURCE = /^(ecr:GetAuthorizationToken|logs:DescribeLogGroups|ssmmessages:(Create|Open)\w+Channel)$/;

describe.each(EDGES)("$stackId", ({ template, config, environment, stackId }) => {
  const task = template.resource("aws_ecs_task_definition").attributes;
  const service = template.resource("aws_ecs_service").attributes;
  const balancer = template.resource("aws_lb");
  const targets = template.resource("aws_lb_target_group").attributes;
  const node = nodeOf(template);

  it("runs one exact release of each image, and the node's is of a line that Wallarm still supports", () => {
    for (const { image } of containersOf(template)) {
      expect(image).toMatch(/(:v?\d+\.\d+\.\d+(-[\w.]+)?|@sha256:[0-9a-f]{64})$/);
    }
    const [major = 0, minor = 0] = config.image.version.split(".").map(Number);
    expect(minor).toBeGreaterThanOrEqual(FIRST_MINOR[major] ?? Number.POSITIVE_INFINITY);
    const { version, digest } = config.image;
    expect(textOf(node.image).endsWith(digest === undefined ? `:${version}` : `@${digest}`)).toBe(true);
  });

  it("gives its nodes no public address", () => {
    expect(service.network_configuration).toMatchObject({ assign_public_ip: false });
    expect(service.launch_type).toBeUndefined();
    template.expectAbsent("aws_eip");
  });

  it("has one security group for the load balancer, which 443 leads into, and another for the nodes", () => {
    const { security_groups } = objectOf(service.network_configuration);
    const [ofBalancer, ...more] = followed(template, balancer.attributes.security_groups);
    const [ofNodes, ...others] = followed(template, security_groups);
    expect([...more, ...others]).toEqual([]);
    expect(ofBalancer?.address).not.toBe(ofNodes?.address);
    const intoBalancer = { security_group_id: `\${${ofBalancer?.address ?? ""}.id}` };
    const ports = template
      .resources("aws_vpc_security_group_ingress_rule", intoBalancer)
      .flatMap(({ attributes }) => [attributes.from_port, attributes.to_port]);
    expect(new Set(ports)).toEqual(new Set(config.httpRedirect ? [443, 80] : [443]));
  });

  it("grants no role a whole service, nor any resource but its own, and lets only tasks of the account assume them", () => {
    const roles = [roleOf(template, "execution"), roleOf(template, "task")];
    expect(roles.map(({ address }) => address).sort()).toEqual(
      template.resources("aws_iam_role").map(({ address }) => address),
    );
    template.expectAbsent("aws_iam_role_policy_attachment");
    template.expectAbsent("aws_iam_policy");
    const lines = template.resources("aws_iam_role_policy").flatMap(({ attributes }) => grants(attributes.policy));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      const [, action = "", resource = ""] = /^Allow (\S+) on (\S+)/.exec(line) ?? [];
      expect(action).toMatch(/^[a-z-]+:\w+$/);
      if (WITHOUT_RESOURCE.test(action)) expect(resource).toBe("*");
      else expect(spelledOut(template, resource)).toMatch(/^(<[\w.-]+\.arn>|arn:aws:[\w:/.@-]+)(:\*)?$/);
    }
    for (const { attributes } of roles) {
      expect(grants(attributes.assume_role_policy)).toEqual([
        expect.stringContaining(`"aws:SourceAccount":"${environment.aws?.accountId ?? ""}"`),
      ]);
    }
  });

  it("asks for a pair of CPU and memory that Fargate offers, with room for the arena, and parts it no further", () => {
    const [least, most, step] = FARGATE[textOf(task.cpu)] ?? [0, 0, 0];
    const memory = Number(task.memory);
    expect(memory).toBeGreaterThanOrEqual(least);
    expect(memory).toBeLessThanOrEqual(most);
    expect((memory - least) % step).toBe(0);
    expect(Number(variablesOf(node).SLAB_ALLOC_ARENA) * 1024).toBeLessThan(memory);
    for (const container of containersOf(template)) {
      expect(Object.keys(container)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(cpu|memory)/)]));
    }
  });

  it("is named after its stack, load balancer and target group within their 32 characters", () => {
    expect([task.family, service.name]).toEqual([stackId, stackId]);
    const [environmentName = ""] = stackId.split("-");
    for (const name of [balancer.attributes.name, targets.name].map(textOf)) {
      expect(name.length).toBeLessThanOrEqual(32);
      expect(name.startsWith(`${environmentName}-wallarm-`)).toBe(true);
    }
  });

  it("keeps the token where it was made, or in a secret that can be recovered for a month; never in the state", () => {
    if ("existing" in config.token) {
      template.expectAbsent("aws_secretsmanager_secret");
      template.expectAbsent("aws_secretsmanager_secret_version");
      expect(variableOf(template, "node_token")).toBeUndefined();
      return;
    }
    template.resource("aws_secretsmanager_secret", { recovery_window_in_days: 30 });
    const version = template.resource("aws_secretsmanager_secret_version").attributes;
    expect(version.secret_string_wo).toBe("${var.node_token}");
    expect(version.secret_string).toBeUndefined();
    expect(variableOf(template, "node_token")).toMatchObject({ ephemeral: true, sensitive: true });
    const uses = textsIn(template.configuration.resource ?? {}).filter((text) => text.includes("var.node_token"));
    expect(uses).toHaveLength(1);
    expect(textsIn(template.configuration.output ?? {}).join()).not.toMatch(/node_token|secretsmanager/);
  });

  it("asks the node itself for its health, from the load balancer and in the container, and never the upstream", () => {
    const { path } = objectOf(targets.health_check);
    const location = `server > location = ${textOf(path)} >`;
    expect(nginxOf(template)).toEqual(expect.arrayContaining([`${location} wallarm_status on`]));
    expect(nginxOf(template).filter((line) => line.startsWith(location))).not.toEqual(
      expect.arrayContaining([expect.stringContaining("proxy_pass")]),
    );
    const { command } = objectOf(node.healthCheck);
    expect(textsIn(command).join(" ")).toContain(`http://127.0.0.1:${Number(targets.port)}${textOf(path)}`);
  });

  it("lets requests finish before a node goes, and a node register before it is judged", () => {
    expect(Number(targets.deregistration_delay)).toBe(config.drainSeconds);
    expect(service.health_check_grace_period_seconds).toBeGreaterThan(300);
    expect(service.health_check_grace_period_seconds).toBeGreaterThan(Number(objectOf(node.healthCheck).startPeriod));
    expect(node.stopTimeout).toBeGreaterThan(0);
    expect(node.stopTimeout).toBeLessThanOrEqual(120);
    expect(balancer.attributes.idle_timeout).toBe(config.idleTimeoutSeconds);
    const keepAlive = Number(directiveOf(template, "server > keepalive_timeout").replace("s", ""));
    expect(config.idleTimeoutSeconds).toBeLessThan(keepAlive);
    const answer = Number(directiveOf(template, "server > location / > proxy_read_timeout").replace("s", ""));
    expect(answer).toBeLessThan(config.idleTimeoutSeconds);
  });

  it("keeps every log for a year, those of CloudWatch under its own key", () => {
    const groups = template.resources("aws_cloudwatch_log_group");
    const key = template.resource("aws_kms_key", { enable_key_rotation: true });
    for (const { attributes } of groups) {
      expect(attributes.retention_in_days).toBe(365);
      expect(template.follow(attributes.kms_key_id).block).toEqual(key);
    }
    const written = containersOf(template).map(({ logConfiguration }) => objectOf(objectOf(logConfiguration).options));
    for (const options of written) {
      expect(groups).toContainEqual(template.follow(options["awslogs-group"]).block);
    }
    const [rule = {}, ...others] = objectsOf(
      template.resource("aws_s3_bucket_lifecycle_configuration").attributes.rule,
    );
    expect(others).toEqual([]);
    expect(rule.expiration).toEqual([{ days: 365 }]);
  });

  it("knows its clients by their own addresses, serves nothing it cannot filter, and groups its nodes by edge", () => {
    expect(directiveOf(template, "server > real_ip_header")).toBe("X-Forwarded-For");
    expect(directiveOf(template, "server > wallarm_fallback")).toBe("off");
    const { WALLARM_IGNORE_REGISTER_ERROR, WALLARM_FALLBACK, WALLARM_LABELS } = variablesOf(node);
    expect([WALLARM_IGNORE_REGISTER_ERROR, WALLARM_FALLBACK]).toEqual(["false", "false"]);
    const [name = "", , ...edge] = stackId.split("-");
    expect(WALLARM_LABELS).toBe(`group=${config.group ?? [name, ...edge].join("-")}`);
  });
});

describe.each(EDGES)("what watches $stackId", ({ template, config, environment, stackId }) => {
  const alarms = [...alarmsOf(template).values()];
  const measured = alarms.flatMap(watchedBy);

  it("is an alarm on all that it cannot heal, the slowest answer of a hundred among it", () => {
    expect(measured.map(({ name, statistic }) => (name === "TargetResponseTime" ? statistic : name))).toEqual(
      expect.arrayContaining([
        "HTTPCode_Target_5XX_Count",
        "HTTPCode_ELB_5XX_Count",
        "UnHealthyHostCount",
        "p99",
        "CPUUtilization",
        "MemoryUtilization",
        "DesiredTaskCount",
        "RunningTaskCount",
        "UnHealthyContainerHealthStatus",
      ]),
    );
  });

  it("every alarm tells every topic when it fires and when it ends", () => {
    for (const { alarm_actions, ok_actions } of alarms) {
      expect([alarm_actions, ok_actions]).toEqual([
        environment.notify.alarmTopicArns,
        environment.notify.alarmTopicArns,
      ]);
    }
  });

  it("CPU is alarming only above what autoscaling aims at", () => {
    const [cpu] = alarms.filter(({ metric_name }) => metric_name === "CPUUtilization");
    expect(Number(cpu?.threshold)).toBeGreaterThan(config.scaling.cpuPercent);
    expect(Number(cpu?.threshold)).toBeLessThan(100);
  });

  it("alarms and dashboard look at this edge's balancer, targets, service and node", () => {
    const charts = [...chartsOf(template).values()].flat();
    const looked = [...measured, ...charts].flatMap(({ dimensions }) =>
      Object.entries(dimensions).map(([dimension, value]) => `${dimension} ${spelledOut(template, textOf(value))}`),
    );
    expect(new Set(looked)).toEqual(
      new Set([
        "LoadBalancer <aws_lb.balancer.arn_suffix>",
        "TargetGroup <aws_lb_target_group.targets.arn_suffix>",
        "ClusterName <aws_ecs_cluster.cluster.name>",
        "ServiceName <aws_ecs_service.nodes.name>",
        `ContainerName ${textOf(nodeOf(template).name)}`,
      ]),
    );
  });

  it("one dashboard shows them, in the edge's Region", () => {
    const { dashboard_name, dashboard_body } = template.resource("aws_cloudwatch_dashboard").attributes;
    expect(dashboard_name).toBe(stackId);
    const regions = objectsOf(parsedObject(dashboard_body).widgets).map(
      ({ properties }) => objectOf(properties).region,
    );
    expect(new Set(regions)).toEqual(new Set([environment.aws?.region]));
  });

  it("Container Insights says of each task and container how it is", () => {
    template.resource("aws_ecs_cluster", { setting: [{ name: "containerInsights", value: "enhanced" }] });
  });
});

/** Named within something that is of one edge alone: a role, a scalable target, a hosted zone. */
const NAMED_WITHIN = ["aws_iam_role_policy", "aws_appautoscaling_policy", "aws_route53_record"];
const NAMES = ["name", "name_prefix", "family", "bucket", "alarm_name", "dashboard_name"];

test("no two edges give anything the same name", () => {
  const names = EDGES.flatMap(({ template }) =>
    resourcesOf(template)
      .filter(({ type }) => !NAMED_WITHIN.includes(type))
      .flatMap(({ type, attributes }) =>
        NAMES.flatMap((argument) => {
          const name = attributes[argument];
          return typeof name === "string" && !name.startsWith("${") ? [`${type} ${name}`] : [];
        }),
      ),
  );
  expect(names.length).toBeGreaterThan(EDGES.length * 20);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

describe("the edges of one environment", () => {
  it("know nothing of each other: without its neighbour each is the same", () => {
    const { wallarm: { partners } = {} } = example;
    if (partners === undefined) throw new Error("the example has no edge partners");
    const [alone] = edgesOf({ ...example, wallarm: { partners } });
    expect(alone?.template.configuration).toEqual(edgeNamed("example-wallarm-partners").template.configuration);
  });

  it.each(EDGES)("$stackId waits for the network where it is made here, and for nothing else", (edge) => {
    const { dependencies, environment, template } = edge;
    const isMade = edge.network !== undefined;
    const network = `${environment.name}-aws-network`;
    expect(dependencies).toEqual(isMade ? [network] : []);
    const { terraform_remote_state: read = {} } = objectOf(template.configuration.data ?? {});
    expect(Object.keys(read as JsonObject)).toEqual(isMade ? [`cross-stack-reference-input-${network}`] : []);
  });
});

test.each(EDGES)("$stackId publishes what people need, and no more", ({ template }) => {
  const outputs = Object.entries(objectOf(template.configuration.output)).map(([name, output]) => [
    name,
    spelledOut(template, textOf(objectOf(output).value)),
  ]);
  expect(Object.fromEntries(outputs)).toEqual({
    "dns-name": "<aws_lb.balancer.dns_name>",
    "load-balancer-arn": "<aws_lb.balancer.arn>",
    "node-security-group-id": "<aws_security_group.node-group.id>",
    "access-log-bucket": "<aws_s3_bucket.access-logs.bucket>",
    "cluster-name": "<aws_ecs_cluster.cluster.name>",
  });
});

test.each([
  ["wide-wallarm-full", true],
  ["example-wallarm-api", false],
])("what %s may not lose is guarded: %s", (stackId, isGuarded) => {
  const { template } = edgeNamed(stackId);
  expect(template.resource("aws_lb").attributes.enable_deletion_protection).toBe(isGuarded);
  for (const type of ["aws_kms_key", "aws_s3_bucket"]) {
    const { lifecycle } = template.resource(type).attributes;
    expect(isObject(lifecycle) && lifecycle.prevent_destroy === true).toBe(isGuarded);
  }
});
