import { rootCertificates } from "node:tls";

import { isList } from "../../lib/policy/terraform-json";
import { objectOf, objectsOf, textOf, textsIn } from "../support/json";
import { grants, grantsOfRole } from "../support/policy-documents";
import type { Template } from "../support/template";
import {
  CACHED,
  containersOf,
  directiveOf,
  edgeNamed,
  EDGES,
  edgeWith,
  nginxOf,
  nodeOf,
  roleOf,
  spelledOut,
  variableOf,
  variablesOf,
} from "./edges";

const REGISTRY = "444455556666.dkr.ecr.eu-west-1.amazonaws.com/mirror/wallarm-node";
const CACHE = "<aws_ecr_repository.docker-hub-wallarm-node.repository_url>";

/** An edge of which nothing is asked. */
const least = edgeWith({});

const imageOf = (template: Template): string => spelledOut(template, textOf(nodeOf(template).image));
const grantedTo = (template: Template, kind: "execution" | "task"): readonly string[] =>
  grantsOfRole(template, roleOf(template, kind)).map((line) => spelledOut(template, line));

describe("the image", () => {
  it.each([
    ["example-wallarm-api", `${CACHE}:7.1.0`],
    ["example-wallarm-partners", `${CACHE}:7.1.0`],
    ["wide-wallarm-full", `${CACHE}@sha256:${"0123456789abcdef".repeat(4)}`],
    ["wide-wallarm-partners-and-all", `${CACHE}:6.13.0`],
    ["hosted-wallarm-api", `${REGISTRY}:7.1.0`],
    ["frugal-wallarm-try", "docker.io/wallarm/node:7.1.0"],
  ])("of %s is %s", (stackId, uri) => {
    expect(imageOf(edgeNamed(stackId).template)).toBe(uri);
  });

  it.each([
    [
      "111122223333.dkr.ecr.eu-central-1.amazonaws.com/copies/node",
      "arn:aws:ecr:eu-central-1:111122223333:repository/copies/node",
    ],
    ["registry.example.com/wallarm/node", undefined],
  ])("is the user's own copy where there is one, whatever is cached: %s", (repository, arn) => {
    const template = edgeWith({ image: { version: "6.13.0", repository } }, CACHED);
    expect(imageOf(template)).toBe(`${repository}:6.13.0`);
    const pulls = grantedTo(template, "execution").filter((line) => line.includes("ecr:BatchGetImage"));
    expect(pulls).toEqual(arn === undefined ? [] : [`Allow ecr:BatchGetImage on ${arn}`]);
  });

  it("is pulled with the login that the user keeps for its registry, which nothing but its start may read", () => {
    const secretArn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:registry/login-AbCdEf";
    const kmsKeyArn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const template = edgeWith({
      image: {
        version: "7.1.0",
        repository: "registry.example.com/wallarm/node",
        credentials: { secretArn, kmsKeyArn },
      },
    });
    expect(nodeOf(template).repositoryCredentials).toEqual({ credentialsParameter: secretArn });
    expect(grantedTo(template, "execution")).toContain(`Allow secretsmanager:GetSecretValue on ${secretArn}`);
    expect(
      grantedTo(template, "execution").filter((line) => line.includes(`kms:Decrypt on ${kmsKeyArn}`)),
    ).toHaveLength(1);
    expect(nodeOf(least).repositoryCredentials).toBeUndefined();
  });

  it("is built for the processor that it runs on", () => {
    const architectures = EDGES.map(({ template, config }) => {
      const { runtime_platform } = template.resource("aws_ecs_task_definition").attributes;
      return `${config.architecture} ${textOf(objectOf(runtime_platform).cpu_architecture)}`;
    });
    expect(new Set(architectures)).toEqual(new Set(["x86_64 X86_64", "arm64 ARM64"]));
  });
});

describe("the execution role", () => {
  const LOGS = ["logs:CreateLogStream", "logs:PutLogEvents"].map(
    (action) => `Allow ${action} on <aws_cloudwatch_log_group.nodes-logs.arn>:*`,
  );
  const pulling = (repository: string): readonly string[] => [
    "Allow ecr:GetAuthorizationToken on *",
    ...["BatchCheckLayerAvailability", "BatchGetImage", "BatchImportUpstreamImage", "GetDownloadUrlForLayer"].map(
      (action) => `Allow ecr:${action} on ${repository}`,
    ),
  ];
  const reading = (secret: string): string => `Allow secretsmanager:GetSecretValue on ${secret}`;
  const decrypting = (key: string, secret: string, region: string): string =>
    `Allow kms:Decrypt on ${key} if ${JSON.stringify({
      StringEquals: {
        "kms:ViaService": `secretsmanager.${region}.amazonaws.com`,
        "kms:EncryptionContext:SecretARN": [secret],
      },
    })}`;

  const MADE = "<aws_secretsmanager_secret.token.arn>";
  const OWN_KEY = "<aws_kms_key.key.arn>";
  const FILLED = "<aws_ecr_repository.docker-hub-wallarm-node.arn>";
  const THEIRS = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:wallarm/node-token-AbCdEf";
  const HOSTED = "arn:aws:secretsmanager:eu-west-1:444455556666:secret:wallarm/nodes-AbCdEf";
  const HOSTED_KEY = "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  const MIRROR = "arn:aws:ecr:eu-west-1:444455556666:repository/mirror/wallarm-node";

  it.each<[stackId: string, granted: readonly string[]]>([
    ["example-wallarm-api", [reading(THEIRS), ...pulling(FILLED)]],
    ["example-wallarm-partners", [reading(THEIRS), ...pulling(FILLED)]],
    ["wide-wallarm-full", [reading(MADE), decrypting(OWN_KEY, MADE, "eu-central-1"), ...pulling(FILLED)]],
    ["wide-wallarm-partners-and-all", [reading(MADE), decrypting(OWN_KEY, MADE, "eu-central-1"), ...pulling(FILLED)]],
    ["hosted-wallarm-api", [reading(HOSTED), decrypting(HOSTED_KEY, HOSTED, "eu-west-1"), ...pulling(MIRROR)]],
    ["frugal-wallarm-try", [reading(MADE), decrypting(OWN_KEY, MADE, "eu-west-1")]],
  ])("of %s may write its log, read its secret, pull its image and nothing else", (stackId, granted) => {
    const { template } = edgeNamed(stackId);
    expect([...grantedTo(template, "execution")].sort()).toEqual([...LOGS, ...granted].sort());
  });

  it.each(EDGES)("and the containers' own, of $stackId, are for tasks of this account and Region", (edge) => {
    const { accountId = "", region = "" } = edge.environment.aws ?? {};
    for (const kind of ["execution", "task"] as const) {
      expect(grants(roleOf(edge.template, kind).attributes.assume_role_policy)).toEqual([
        'Allow sts:AssumeRole on itself to {"Service":"ecs-tasks.amazonaws.com"} if ' +
          `{"StringEquals":{"aws:SourceAccount":"${accountId}"},"ArnLike":{"aws:SourceArn":"arn:aws:ecs:${region}:${accountId}:*"}}`,
      ]);
    }
  });
});

describe("the containers' own role", () => {
  const METRICS = ["logs:CreateLogStream", "logs:PutLogEvents"].map(
    (action) => `Allow ${action} on <aws_cloudwatch_log_group.node-metrics.arn>:*`,
  );

  it.each(EDGES.filter(({ config }) => !config.exec && !config.metricsSidecar))(
    "of $stackId may do nothing",
    (edge) => {
      const { template } = edge;
      template.expectAbsent("aws_iam_role_policy", { role: `\${${roleOf(template, "task").address}.id}` });
      expect(template.count("aws_iam_role_policy")).toBe(1);
      template.expectAbsent("aws_iam_role_policy_attachment");
      expect(template.resource("aws_ecs_service").attributes.enable_execute_command).toBe(false);
    },
  );

  it("may write metrics of the node, with the sidecar that does", () => {
    const template = edgeWith({ metricsSidecar: true });
    expect(grantedTo(template, "task")).toEqual(METRICS);
    expect(containersOf(template).map(({ name }) => name)).toEqual(["node", "metrics"]);
    expect(containersOf(least).map(({ name }) => name)).toEqual(["node"]);
  });

  it("opens sessions with ECS Exec, whose log and key are the edge's", () => {
    const template = edgeWith({ exec: true });
    const granted = grantedTo(template, "task").map((line) => line.replace(/^Allow /, ""));
    expect(granted.filter((line) => !line.startsWith("ssmmessages:"))).toEqual([
      "kms:Decrypt on <aws_kms_key.key.arn>",
      "logs:CreateLogStream on <aws_cloudwatch_log_group.cluster-exec-logs.arn>:*",
      "logs:DescribeLogGroups on *",
      "logs:DescribeLogStreams on <aws_cloudwatch_log_group.cluster-exec-logs.arn>:*",
      "logs:PutLogEvents on <aws_cloudwatch_log_group.cluster-exec-logs.arn>:*",
    ]);
    expect(granted.filter((line) => line.startsWith("ssmmessages:"))).toHaveLength(4);
    expect(template.resource("aws_ecs_service").attributes.enable_execute_command).toBe(true);
  });
});

describe("the token", () => {
  const secretsOf = (template: Template): readonly string[] =>
    objectsOf(nodeOf(template).secrets).map(
      ({ name, valueFrom }) => `${textOf(name)} ${spelledOut(template, textOf(valueFrom))}`,
    );
  const THEIRS = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:wallarm/node-token-AbCdEf";
  const MADE = "<aws_secretsmanager_secret.token.arn>:::<aws_secretsmanager_secret_version.token-version.version_id>";

  it.each([
    ["example-wallarm-api", THEIRS],
    ["example-wallarm-partners", THEIRS],
    ["wide-wallarm-full", MADE],
    ["wide-wallarm-partners-and-all", MADE],
    ["hosted-wallarm-api", "arn:aws:secretsmanager:eu-west-1:444455556666:secret:wallarm/nodes-AbCdEf:token::"],
    ["frugal-wallarm-try", MADE],
  ])("of %s comes from %s", (stackId, valueFrom) => {
    expect(secretsOf(edgeNamed(stackId).template)).toEqual([`WALLARM_API_TOKEN ${valueFrom}`]);
  });

  it.each(EDGES)("of $stackId is in no plain variable and in no output", ({ template }) => {
    for (const container of containersOf(template)) {
      const texts = Object.entries(variablesOf(container)).flat().join("\n");
      expect(texts).not.toMatch(/API_TOKEN|secretsmanager|node_token/);
    }
    expect(textsIn(template.configuration.output).join("\n")).not.toMatch(/secret|token/i);
  });

  it("that is made here is written once for each revision, under the edge's key, from a variable that is not kept", () => {
    const { template } = edgeNamed("wide-wallarm-full");
    const secret = template.resource("aws_secretsmanager_secret");
    expect(template.follow(secret.attributes.kms_key_id).block.type).toBe("aws_kms_key");
    const version = template.resource("aws_secretsmanager_secret_version").attributes;
    expect(template.follow(version.secret_id).block).toEqual(secret);
    expect(version).toMatchObject({ secret_string_wo: "${var.node_token}", secret_string_wo_version: 3 });
    expect(variableOf(template, "node_token")).toMatchObject({ ephemeral: true, sensitive: true });
  });
});

describe.each(EDGES)("the nodes of $stackId", ({ template, config, environment }) => {
  const service = template.resource("aws_ecs_service").attributes;
  const { subnets } = objectOf(service.network_configuration);
  const zones = isList(subnets) ? subnets.length : 0;
  const { scaling } = config;

  it("have the size that they are given", () => {
    template.resource("aws_ecs_task_definition", {
      cpu: String(config.size.cpu),
      memory: String(config.size.memoryMb),
    });
    expect(variablesOf(nodeOf(template)).SLAB_ALLOC_ARENA).toBe(String(config.arenaGb));
  });

  it("are as many as all zones need at least, and no more than they may have", () => {
    expect(zones).toBeGreaterThan(1);
    const target = template.resource("aws_appautoscaling_target").attributes;
    expect(target).toMatchObject({
      min_capacity: scaling.minPerZone * zones,
      max_capacity: scaling.maxPerZone * zones,
    });
    expect(service.desired_count).toBe(target.min_capacity);
    expect(spelledOut(template, textOf(target.resource_id))).toBe(
      "service/<aws_ecs_cluster.cluster.name>/<aws_ecs_service.nodes.name>",
    );
  });

  it("grow with CPU and with the requests that come through this edge's balancer", () => {
    const aimedAt = template
      .resources("aws_appautoscaling_policy")
      .map(({ attributes }) => objectOf(attributes.target_tracking_scaling_policy_configuration))
      .map(({ target_value, predefined_metric_specification }) => {
        const { predefined_metric_type, resource_label = "" } = objectOf(predefined_metric_specification);
        return [predefined_metric_type, target_value, spelledOut(template, textOf(resource_label))];
      });
    const label = "<aws_lb.balancer.arn_suffix>/<aws_lb_target_group.targets.arn_suffix>";
    expect(aimedAt).toEqual([
      ["ECSServiceAverageCPUUtilization", scaling.cpuPercent, ""],
      ["ALBRequestCountPerTarget", scaling.requestsPerTargetPerMinute, label],
    ]);
  });

  it("stand on Spot for the share that is asked for, and the on-demand share of the floor comes first", () => {
    const strategy = objectsOf(service.capacity_provider_strategy);
    const weight = (provider: string): number =>
      Number(strategy.find(({ capacity_provider }) => capacity_provider === provider)?.weight ?? 0);
    const [onDemand, spot] = [weight("FARGATE"), weight("FARGATE_SPOT")];
    expect((100 * spot) / (onDemand + spot)).toBe(scaling.spotPercent);
    const bases = strategy.map(({ capacity_provider, base = 0 }) => [capacity_provider, base] as const);
    for (const [provider, base] of bases) {
      const isMixed = scaling.spotPercent > 0 && scaling.spotPercent < 100;
      const kept = isMixed && provider === "FARGATE" ? scaling.minPerZone * zones * (1 - scaling.spotPercent / 100) : 0;
      expect(base).toBe(Math.ceil(kept));
    }
  });

  it("are replaced only when others are healthy, given back when they do not become so, and spread over the zones", () => {
    expect(service).toMatchObject({
      deployment_minimum_healthy_percent: 100,
      deployment_maximum_percent: 200,
      deployment_circuit_breaker: { enable: true, rollback: true },
      availability_zone_rebalancing: "ENABLED",
    });
  });

  it("take requests from the balancer on the port that NGINX listens on, once it listens itself", () => {
    const [target = {}] = objectsOf(service.load_balancer);
    const group = template.follow(target.target_group_arn).block;
    const port = Number(target.container_port);
    expect(target.container_name).toBe(nodeOf(template).name);
    expect(group.attributes.port).toBe(port);
    expect(nginxOf(template)).toContain(`server > listen ${port} default_server`);
    const { address } = template.resource("aws_lb_listener", { port: 443 });
    expect(service.depends_on).toEqual(expect.arrayContaining([address]));
  });

  it("filter as the edge is told to", () => {
    expect(directiveOf(template, "server > wallarm_mode")).toBe(config.mode);
    const applications = nginxOf(template).filter((line) => line.startsWith("server > wallarm_application"));
    expect(applications).toEqual(
      config.applicationId === undefined ? [] : [`server > wallarm_application ${config.applicationId}`],
    );
    expect(directiveOf(template, "server > client_max_body_size")).toBe(`${config.maxBodyMb}m`);
    expect(variablesOf(nodeOf(template)).WALLARM_API_HOST).toBe(
      { eu: "api.wallarm.com", us: "us1.api.wallarm.com" }[config.cloud],
    );
  });

  it("believe the load balancer, in the VPC, and the proxies that are named, and nobody else", () => {
    const { network } = environment.aws ?? {};
    const { cidr } = network !== undefined && "existing" in network ? network.existing : (network ?? { cidr: "" });
    const trusted = nginxOf(template).flatMap((line) => /^server > set_real_ip_from (.*)/.exec(line)?.[1] ?? []);
    expect(trusted).toEqual([cidr, ...config.trustedProxies]);
    expect(nginxOf(template).filter((line) => line.includes("wallarm-status > allow"))).toEqual(
      [cidr, "127.0.0.0/8"].map((range) => `server > location = /wallarm-status > allow ${range}`),
    );
  });

  it("pass on to the upstream alone, under the name that it is to hear", () => {
    const { protocol, hostname, port } = new URL(config.upstream);
    const defaultPort = protocol === "https:" ? "443" : "80";
    expect(nginxOf(template).filter((line) => line.startsWith("upstream protected > server"))).toEqual([
      `upstream protected > server ${hostname}:${port || defaultPort} resolve max_fails=0`,
    ]);
    expect(directiveOf(template, "server > location / > proxy_pass")).toBe(`${protocol}//protected`);
    const host = port === "" ? hostname : `${hostname}:${port}`;
    expect(directiveOf(template, "server > location / > proxy_set_header Host")).toBe(
      config.hostHeader === "client" ? "$host" : host,
    );
  });
});

test("a private authority of the upstream's reaches the nodes, which then trust no other", () => {
  const [upstreamCaPem = ""] = rootCertificates;
  const template = edgeWith({ upstreamCaPem });
  expect(variablesOf(nodeOf(template)).NODE_UPSTREAM_CA).toBe(upstreamCaPem);
  const trusted = "server > location / > proxy_ssl_trusted_certificate";
  expect(directiveOf(template, trusted)).not.toBe(directiveOf(least, trusted));
});

test("the most that an environment may ask for fits into a task definition, which takes 64 KiB", () => {
  const upstreamCaPem = rootCertificates.reduce(
    (all, pem) => (all.length + pem.length < 20_000 ? `${all}${pem}\n` : all),
    "",
  );
  const template = edgeWith({
    upstream: `https://${"a.".repeat(124)}aaaaa:65535`,
    hostHeader: "upstream",
    upstreamCaPem,
    trustedProxies: Array.from({ length: 250 }, (_, index) => `2001:db80:1111:2222:3333:4444:5555:${index + 4096}/128`),
    exec: true,
    metricsSidecar: true,
  });
  const definitions = textOf(template.resource("aws_ecs_task_definition").attributes.container_definitions);
  // What else a definition says takes less than 4 KiB.
  expect(Buffer.byteLength(definitions)).toBeLessThan(60 * 1024);
});
