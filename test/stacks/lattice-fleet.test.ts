import { isObject, type JsonValue } from "../../lib/policy/terraform-json";
import { alarmNamed, alarmsOf, chartsOf, unpublished, watchedBy, type Watched } from "../lib/aws/cloudwatch";
import { objectOf, objectsOf, parsedObject, textOf, textsIn } from "../support/json";
import { grantsOfRole } from "../support/policy-documents";
import { stackTemplates } from "../support/stacks";
import type { Template } from "../support/template";
import { roleOf, spelledOut, variableOf, variablesOf } from "./edges";
import {
  configurationOf,
  forwardsOf,
  LATTICED,
  latticeEnvironment,
  latticeWith,
  LENT,
  MADE,
  proxyOf,
} from "./lattices";

const least = latticeWith();
const shop = { targets: { web: { kind: "ip", ids: ["10.20.30.40"] } }, defaultTo: { web: 1 } } as const;

describe("hosts", () => {
  it("lead to the proxies' port for what they speak, wildcards last", () => {
    expect(forwardsOf(LATTICED)).toEqual([
      ["shop.example.com mail.example.com", 8080],
      ["orders.example.com", 8081],
      ["*.tenants.example.com", 8080],
    ]);
  });

  it("have target groups for what is spoken, and for nothing else", () => {
    expect(least.resources("aws_lb_target_group").map(({ attributes }) => attributes.protocol_version)).toEqual([
      "HTTP1",
    ]);
    const grpc = latticeWith({
      lattice: {
        hosts: { "api.example.com": { service: "shop", protocol: "grpc" } },
        services: { shop: { ...shop, targets: { web: { ...shop.targets.web, protocolVersion: "grpc" } } } },
      },
    });
    grpc.resource("aws_lb_target_group", { protocol_version: "GRPC", port: 8081 });
    expect(objectsOf(proxyOf(grpc).portMappings).map(({ containerPort }) => containerPort)).toEqual([8081]);
  });

  it("stand in the proxies' configuration with the service that answers for them, and nowhere else does a request go", () => {
    const configuration = configurationOf(LATTICED);
    const shopCluster = configuration.indexOf('"name" = "shop.example.com"');
    expect(shopCluster).toBeGreaterThan(0);
    expect(configuration).toContain('"shop.internal.example.com"');
    expect(configuration).toContain("aws_vpclattice_service.service-orders.dns_entry");
    expect(variablesOf(proxyOf(LATTICED)).ENVOY_CONFIGURATION).toBe("${local.fleet-envoy-configuration}");
  });

  it("of services that exist are called by the names that are known, on their ports", () => {
    const configuration = configurationOf(LENT);
    expect(configuration).toContain("billing.internal.example.com");
    expect(configuration).toMatch(/status\.internal\.[^}]*"port_value" = 8080/);
  });

  it("of services without a domain are called by the name that the way to them has", () => {
    const byEndpoint = latticeWith({ lattice: { reach: "endpoint" } });
    const [names, ...others] = configurationOf(byEndpoint).match(/data\.aws_vpc_endpoint_associations\.[\w-]+/g) ?? [];
    expect(new Set([names, ...others])).toEqual(
      new Set(["data.aws_vpc_endpoint_associations.endpoint-names-service-shop"]),
    );
    expect(configurationOf(least)).toContain("aws_vpclattice_service.service-shop.dns_entry[0].domain_name");
  });

  it("have records in the zone that is named, by IPv6 too where the load balancer has it", () => {
    const hosts = ["shop.example.com", "*.tenants.example.com", "orders.example.com", "mail.example.com"];
    const records = (template: Template, type: string) =>
      template.resources("aws_route53_record", { type, alias: { name: "${aws_lb.fleet-balancer.dns_name}" } });
    expect(records(LATTICED, "A").map(({ attributes }) => attributes.name)).toEqual(expect.arrayContaining(hosts));
    expect(records(LATTICED, "A")).toHaveLength(hosts.length);
    expect(records(LATTICED, "AAAA")).toEqual([]);
    least.expectAbsent("aws_route53_record");
    const zoneId = "Z0123456789ABCDEFGHIJ";
    expect(records(latticeWith({ ingress: { zoneId, dualStack: true } }), "AAAA")).toHaveLength(1);
  });

  it("have certificates made for them in the zone, unless one is given for all", () => {
    LENT.expectAbsent("aws_acm_certificate");
    const domains = LATTICED.resources("aws_acm_certificate").map(({ attributes }) => attributes.domain_name);
    expect(domains).toEqual(["mail.example.com", "orders.example.com", "shop.example.com", "tenants.example.com"]);
    const listener = LATTICED.resource("aws_lb_listener", { port: 443 }).attributes.certificate_arn;
    const shown = [
      listener,
      ...LATTICED.resources("aws_lb_listener_certificate").map(({ attributes }) => attributes.certificate_arn),
    ];
    const issued = shown.map((arn) => LATTICED.follow(LATTICED.follow(arn).block.attributes.certificate_arn).block);
    expect(issued.map(({ attributes }) => textOf(attributes.domain_name)).sort()).toEqual(domains);
  });
});

describe("subnets", () => {
  const PUBLIC = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"];
  const PRIVATE = ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"];

  it.each([
    ["public", PUBLIC, false],
    ["internal", PRIVATE, true],
  ] as const)(
    "of a load balancer that is %s are those for it, and the proxies' are private",
    (scheme, subnets, internal) => {
      const template = latticeWith({ ingress: { scheme } });
      template.resource("aws_lb", { internal, subnets: [...subnets] });
      template.resource("aws_ecs_service", { network_configuration: { subnets: PRIVATE } });
    },
  );
});

describe("the load balancer asks for the proxies' health", () => {
  it.each([
    ["HTTP1", { path: "/healthz", matcher: "200" }],
    ["GRPC", { path: "/grpc.health.v1.Health/Check", matcher: "0" }],
  ])("of %s at the port where they tell it", (protocol_version, asked) => {
    const { attributes } = LATTICED.resource("aws_lb_target_group", { protocol_version });
    expect(objectOf(attributes.health_check)).toMatchObject({ ...asked, port: "8090" });
    expect(variablesOf(proxyOf(LATTICED)).ENVOY_HEALTH_PORT).toBe("8090");
  });
});

describe("a login", () => {
  it("of machines holds for every host", () => {
    for (const { attributes } of LATTICED.resources("aws_lb_listener_rule")) {
      expect(attributes.action).toMatchObject([
        {
          type: "jwt-validation",
          jwt_validation: {
            issuer: "https://login.example.com",
            jwks_endpoint: "https://login.example.com/.well-known/jwks.json",
            additional_claim: [
              { name: "scope", format: "space-separated-values", values: ["orders.read", "orders.write"] },
            ],
          },
        },
        { type: "forward" },
      ]);
    }
  });

  it("of people takes its secret from where it is kept, and no state ever has it", () => {
    const { attributes } = LENT.resource("aws_cloudformation_stack");
    expect(attributes.template_body).toContain(
      "{{resolve:secretsmanager:arn:aws:secretsmanager:eu-central-1:111122223333:secret:lattice/oidc-client-AbCdEf:SecretString:secret::}}",
    );
    LENT.expectAbsent("aws_lb_listener_rule");
    LENT.expectAbsent("aws_secretsmanager_secret");
  });

  it("of people has a secret made from a variable, where that is asked for", () => {
    const at = (path: string): string => `https://login.example.com/${path}`;
    const made = latticeWith({
      ingress: {
        login: {
          oidc: {
            issuer: "https://login.example.com",
            authorizationEndpoint: at("authorize"),
            tokenEndpoint: at("token"),
            userInfoEndpoint: at("userinfo"),
            clientId: "shop",
            clientSecret: { revision: 2 },
          },
        },
      },
    });
    expect(variableOf(made, "client_secret")).toMatchObject({ ephemeral: true, sensitive: true });
    made.resource("aws_secretsmanager_secret_version", {
      secret_string_wo: "${var.client_secret}",
      secret_string_wo_version: 2,
    });
    const uses = textsIn(made.configuration.resource ?? {}).filter((text) => text.includes("var.client_secret"));
    expect(uses).toHaveLength(1);
    expect(textOf(made.resource("aws_cloudformation_stack").attributes.template_body)).toMatch(
      /\{\{resolve:secretsmanager:\$\{aws_secretsmanager_secret\.client-secret\.arn\}:SecretString:::\$\{aws_secretsmanager_secret_version\.client-secret-version\.version_id\}\}\}/,
    );
  });

  it("tells the proxies whether what the load balancer says of people is its own word", () => {
    expect(configurationOf(LATTICED)).toContain("x-amzn-oidc-");
    expect(configurationOf(LENT)).not.toContain("x-amzn-oidc-");
  });
});

const RULES = { in: "aws_vpc_security_group_ingress_rule", out: "aws_vpc_security_group_egress_rule" } as const;
const GROUPS: Readonly<Record<string, string>> = {
  "fleet-balancer-security-group": "balancer",
  "proxy-group": "proxies",
  "association-security-group": "lattice",
  "endpoint-security-group": "lattice",
};

/** What may go in and out, one line for each rule: `proxies out 443 0.0.0.0/0`. */
function rulesOf(template: Template): readonly string[] {
  const nameOf = (group: JsonValue | undefined): string =>
    GROUPS[template.follow(group).block.logicalId] ?? "somebody else";
  return (["in", "out"] as const)
    .flatMap((way) =>
      template.resources(RULES[way]).map(({ attributes }) => {
        const { security_group_id, from_port, to_port, ip_protocol, referenced_security_group_id } = attributes;
        expect([ip_protocol, to_port]).toEqual(["tcp", from_port]);
        const { cidr_ipv4, prefix_list_id } = attributes;
        const list = prefix_list_id === undefined ? undefined : template.follow(prefix_list_id).block.attributes.name;
        const group = referenced_security_group_id === undefined ? undefined : nameOf(referenced_security_group_id);
        return [nameOf(security_group_id), way, Number(from_port), textOf(cidr_ipv4 ?? list ?? group)].join(" ");
      }),
    )
    .sort();
}

describe("security groups let through", () => {
  const PROXIES = [
    "balancer out 8090 proxies",
    "balancer out 443 0.0.0.0/0",
    "proxies in 8090 balancer",
    "proxies out 443 0.0.0.0/0",
  ];
  const both = (port: number): readonly string[] => [`balancer out ${port} proxies`, `proxies in ${port} balancer`];

  it("clients to the load balancer, that to the proxies, and those to the addresses of VPC Lattice", () => {
    expect(rulesOf(LATTICED)).toEqual(
      [
        ...PROXIES,
        ...both(8080),
        ...both(8081),
        "balancer in 443 0.0.0.0/0",
        "balancer in 80 0.0.0.0/0",
        "lattice in 443 proxies",
        "proxies out 443 com.amazonaws.eu-central-1.vpc-lattice",
      ].sort(),
    );
  });

  it("or to the endpoint, on the ports that services have", () => {
    expect(rulesOf(LENT)).toEqual(
      [
        ...PROXIES,
        ...both(8080),
        "balancer in 443 10.20.0.0/16",
        "balancer in 443 10.64.0.0/12",
        "lattice in 443 proxies",
        "lattice in 8080 proxies",
        "proxies out 443 lattice",
        "proxies out 8080 lattice",
      ].sort(),
    );
  });

  it("the load balancer to nobody but the proxies, where nobody has to log in", () => {
    expect(rulesOf(least)).not.toContain("balancer out 443 0.0.0.0/0");
  });
});

describe("the proxies", () => {
  it("run in private subnets without a public address, in every target group", () => {
    const { attributes } = LATTICED.resource("aws_ecs_service");
    expect(attributes.network_configuration).toMatchObject({ assign_public_ip: false });
    const groups = objectsOf(attributes.load_balancer).map(({ target_group_arn, container_port }) => [
      LATTICED.follow(target_group_arn).block.attributes.port,
      container_port,
    ]);
    expect(groups).toEqual([
      [8080, 8080],
      [8081, 8081],
    ]);
  });

  it("start when the load balancer listens and lets them be reached", () => {
    const waits = textsIn(LATTICED.resource("aws_ecs_service").attributes.depends_on);
    const rules = LATTICED.resources(RULES.in, { security_group_id: "${aws_security_group.proxy-group.id}" });
    expect(rules).toHaveLength(3);
    expect(waits).toEqual(expect.arrayContaining(rules.map(({ address }) => address)));
    expect(waits).toEqual(
      expect.arrayContaining(LATTICED.resources("aws_lb_listener_rule").map(({ address }) => address)),
    );
    expect(textsIn(LENT.resource("aws_ecs_service").attributes.depends_on)).toContain(
      LENT.resource("aws_cloudformation_stack").address,
    );
  });

  it("may call the services that they sign for, and do nothing else", () => {
    expect(grantsOfRole(LATTICED, roleOf(LATTICED, "task"))).toEqual(
      ["mail", "orders", "shop"].map(
        (service) => `Allow vpc-lattice-svcs:Invoke on \${aws_vpclattice_service.service-${service}.arn}/*`,
      ),
    );
    expect(grantsOfRole(LENT, roleOf(LENT, "task"))).toEqual([
      "Allow vpc-lattice-svcs:Invoke on arn:aws:vpc-lattice:eu-central-1:444455556666:service/svc-0123456789abcdef0/*",
    ]);
  });

  it("may do nothing at all where they sign nothing", () => {
    const unsigned = latticeWith({
      lattice: {
        network: {
          existing: {
            serviceNetworkArn: "arn:aws:vpc-lattice:eu-central-1:444455556666:servicenetwork/sn-0123456789abcdef0",
          },
        },
        services: { shop: { ...shop, auth: "none" } },
        hosts: { "shop.example.com": { service: "shop", sign: false } },
      },
    });
    unsigned.expectAbsent("aws_iam_role_policy", { role: `\${${roleOf(unsigned, "task").address}.id}` });
  });

  it("are started by a role that writes their logs, and pulls their image where Amazon ECR holds it", () => {
    const of = (template: Template): readonly string[] =>
      grantsOfRole(template, roleOf(template, "execution")).map((line) => spelledOut(template, line));
    expect(of(LATTICED)).toEqual([
      "Allow logs:CreateLogStream on <aws_cloudwatch_log_group.fleet-proxies-logs.arn>:*",
      "Allow logs:PutLogEvents on <aws_cloudwatch_log_group.fleet-proxies-logs.arn>:*",
    ]);
    expect(of(LENT).join("\n")).toContain(
      "ecr:BatchImportUpstreamImage on <aws_ecr_repository.docker-hub-envoyproxy-envoy.arn>",
    );
  });

  it.each([
    ["Docker Hub", LATTICED, /^docker\.io\/envoyproxy\/envoy:v1\.39\.\d+$/],
    ["the network's cache", LENT, /^<aws_ecr_repository\.docker-hub-envoyproxy-envoy\.repository_url>:v1\.39\.\d+$/],
  ])("run one exact release from %s, on a file system that they cannot write to", (_, template, image) => {
    const proxy = proxyOf(template);
    expect(spelledOut(template, textOf(proxy.image))).toMatch(image);
    expect(proxy.readonlyRootFilesystem).toBe(true);
  });

  it("let people in where they are told to, and only then can their file system be written to", () => {
    const open = latticeWith({ ingress: { exec: true } });
    open.resource("aws_ecs_service", { enable_execute_command: true });
    expect(proxyOf(open).readonlyRootFilesystem).toBe(false);
    expect(grantsOfRole(open, roleOf(open, "task")).join()).toContain("ssmmessages:OpenDataChannel");
    least.resource("aws_ecs_service", { enable_execute_command: false });
  });

  it("run the user's own copy by its digest", () => {
    const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
    const repository = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/envoy";
    const own = latticeWith({ ingress: { image: { version: "v1.39.3", digest, repository } } });
    expect(proxyOf(own).image).toBe(`${repository}@${digest}`);
  });

  it.each([
    [30, "30", "30"],
    [600, "600", "110"],
  ])(
    "finish requests for %d s, and after SIGTERM for as long as Fargate lets them",
    (drainSeconds, balancer, proxy) => {
      const template = latticeWith({ ingress: { drainSeconds } });
      template.resource("aws_lb_target_group", { deregistration_delay: balancer });
      expect(variablesOf(proxyOf(template)).ENVOY_DRAIN_SECONDS).toBe(proxy);
      expect(proxyOf(template).stopTimeout).toBeGreaterThan(Number(proxy));
      expect(proxyOf(template).stopTimeout).toBeLessThanOrEqual(120);
    },
  );

  it("are as many as each zone is to have, and more when requests of both kinds together ask for it", () => {
    const scaled = latticeWith({ ingress: { scaling: { minPerZone: 2, maxPerZone: 5 } } });
    scaled.resource("aws_appautoscaling_target", { min_capacity: 4, max_capacity: 10 });
    const { attributes } = LATTICED.resource("aws_appautoscaling_policy", { name: "requests" });
    const counted = textsIn(attributes.target_tracking_scaling_policy_configuration);
    for (const group of ["http", "grpc"]) {
      expect(counted).toContain(`\${aws_lb_target_group.fleet-${group}-targets.arn_suffix}`);
    }
    expect(counted).toContain("RequestCountPerTarget");
    expect(textsIn(least.resource("aws_appautoscaling_policy", { name: "requests" }).attributes)).toContain(
      "ALBRequestCountPerTarget",
    );
  });
});

describe("alarms and charts", () => {
  it("tell the environment's topics, and look at what is published", () => {
    const alarms = [...alarmsOf(LATTICED)];
    for (const [name, alarm] of alarms) {
      expect(name).toMatch(/^latticed-lattice-/);
      expect(alarm.alarm_actions).toEqual(["arn:aws:sns:eu-central-1:111122223333:alarms"]);
    }
    const counted = LATTICED.resources("aws_cloudwatch_log_metric_filter").map(({ attributes }) => {
      const { namespace, name } = objectOf(attributes.metric_transformation);
      return `${textOf(namespace)} ${textOf(name)}`;
    });
    const unknown = (metrics: readonly Watched[]) =>
      unpublished(metrics.filter(({ namespace, name }) => !counted.includes(`${namespace} ${name}`)));
    expect(unknown(alarms.flatMap(([, alarm]) => watchedBy(alarm)))).toEqual([]);
    expect(unknown([...chartsOf(LATTICED).values()].flat())).toEqual([]);
  });

  it("count in the proxies' own log what no metric of AWS tells, and wake somebody for requests without a signature", () => {
    const filters = LATTICED.resources("aws_cloudwatch_log_metric_filter");
    for (const { attributes } of filters) {
      expect(LATTICED.follow(attributes.log_group_name).block.attributes.name).toBe(
        "/ringfence/latticed-lattice/containers",
      );
    }
    expect(filters.map(({ attributes }) => attributes.pattern)).toEqual([
      "{ $.status = 421 }",
      '{ $.flags = "U*" }',
      '{ $.details = "lua_response" }',
    ]);
    expect(watchedBy(alarmNamed(LATTICED, "latticed-lattice-unsigned-requests"))).toEqual([
      { namespace: "Ringfence/latticed-lattice", name: "UnsignedRequests", dimensions: {}, statistic: "Sum" },
    ]);
    expect(chartsOf(LATTICED).get("What the proxies could not pass on")).toHaveLength(3);
  });

  it.each(["http", "grpc"])("miss no healthy proxy of the %s targets", (protocol) => {
    const watched = [...alarmsOf(LATTICED)].flatMap(([name, alarm]) =>
      name.endsWith("no-healthy-host") ? watchedBy(alarm) : [],
    );
    const groups = watched.map(({ dimensions }) => LATTICED.follow(dimensions.TargetGroup).block.logicalId);
    expect(groups).toContain(`fleet-${protocol}-targets`);
  });
});

describe("the network", () => {
  const networkWith = (ingress: Parameters<typeof latticeWith>[0]) =>
    stackTemplates(latticeEnvironment({ aws: MADE, ...ingress })).template("test-aws-network");
  const endpointsOf = (template: Template): readonly string[] =>
    template
      .resources("aws_vpc_endpoint", { vpc_endpoint_type: "Interface" })
      .map(({ attributes }) => textOf(attributes.service_name).replace("com.amazonaws.eu-central-1.", ""))
      .sort();

  it.each<[string, Parameters<typeof latticeWith>[0], readonly string[]]>([
    ["logs", {}, ["logs"]],
    [
      "Amazon ECR, when it holds the image",
      {
        ingress: { image: { version: "v1.39.3", repository: "111122223333.dkr.ecr.eu-central-1.amazonaws.com/envoy" } },
      },
      ["ecr.api", "ecr.dkr", "logs"],
    ],
    [
      "Secrets Manager, when a registry asks for a login",
      {
        ingress: {
          image: {
            version: "v1.39.3",
            repository: "registry.example.com/envoy",
            credentials: { secretArn: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:registry/login-AbCdEf" },
          },
        },
      },
      ["logs", "secretsmanager"],
    ],
    ["the channels of ECS Exec", { ingress: { exec: true } }, ["logs", "ssmmessages"]],
    ["nothing without proxies", { lattice: { services: {}, hosts: {}, ingress: undefined } }, []],
  ])("has endpoints for %s", (_, changes, expected) => {
    expect(endpointsOf(networkWith(changes))).toEqual(expected);
  });

  it("has IPv6 ranges for a load balancer that needs them", () => {
    const ranges = (template: Template) =>
      template.resources("aws_subnet").filter(({ attributes }) => attributes.ipv6_cidr_block !== undefined).length;
    expect(ranges(networkWith({ ingress: { dualStack: true } }))).toBe(2);
    expect(ranges(networkWith({}))).toBe(0);
  });

  it("caches the images of edges and of proxies with one login", () => {
    const credentialSecretArn =
      "arn:aws:secretsmanager:eu-central-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf";
    const both = networkWith({
      aws: { ...MADE, dockerHub: { credentialSecretArn } },
      sections: {
        wallarm: {
          api: {
            domain: "api.example.com",
            upstream: "https://kong.internal.example.com",
            cloud: "eu",
            token: { revision: 1 },
            certificateArn: "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-1234-1234-123456789012",
          },
        },
      },
    });
    expect(both.resources("aws_ecr_repository").map(({ attributes }) => attributes.name)).toEqual([
      "test-docker-hub/envoyproxy/envoy",
      "test-docker-hub/wallarm/node",
    ]);
    both.resource("aws_ecr_pull_through_cache_rule", { credential_arn: credentialSecretArn });
  });
});

describe("the order of stacks", () => {
  it("has the proxies wait for the network, and for their way out", () => {
    const inspection = {
      network: { cidr: "10.30.0.0/20" },
      image: {
        plain: "ubuntu-24.04",
        amiId: "ami-0123456789abcdef0",
        gwlbtun: { url: "https://artifacts.example.com/gwlbtun", sha256: "0".repeat(64) },
        cloudwatchAgent: { url: "https://artifacts.example.com/agent.deb", sha256: "0".repeat(64) },
      },
    } as const;
    const waits = (lattice: Parameters<typeof latticeWith>[0]): readonly string[] =>
      stackTemplates(
        latticeEnvironment({
          aws: { network: { ...MADE.network, egress: "inspection" } },
          sections: { inspection },
          ...lattice,
        }),
      ).dependencies("test-lattice");
    expect([...waits({})].sort()).toEqual(["test-aws-network", "test-inspection"]);
  });
});

test("nothing in the stack keeps a secret where anybody reads it", () => {
  for (const template of [LATTICED, LENT]) {
    const texts = textsIn(template.configuration.output).join();
    expect(texts).not.toMatch(/secretsmanager|client_secret/);
    const bodies = template
      .resources("aws_cloudformation_stack")
      .map(({ attributes }) => parsedObject(attributes.template_body));
    for (const secret of bodies.flatMap((body) => textsIn(body)).filter((text) => text.includes("secret"))) {
      expect(secret).toMatch(/^\{\{resolve:secretsmanager:/);
    }
    expect(isObject(template.configuration.variable)).toBe(false);
  }
});
