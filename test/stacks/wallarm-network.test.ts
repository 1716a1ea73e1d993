import type { Environment } from "../../lib/environment";
import type { JsonValue } from "../../lib/policy/terraform-json";
import { wallarmNeeds } from "../../stacks/wallarm";
import { objectOf, textOf } from "../support/json";
import { buildNetwork } from "../support/network";
import type { Block, Template } from "../support/template";
import { CACHED, edgeNamed, EDGES, edgesEnvironment, edgesOf, edgeWith, followed, MADE } from "./edges";

const RULES = { in: "aws_vpc_security_group_ingress_rule", out: "aws_vpc_security_group_egress_rule" } as const;

/** What may go in and out, one line for each rule: `nodes out tcp 443 0.0.0.0/0`. */
function rulesOf(template: Template): readonly string[] {
  const nameOf = (reference: JsonValue | undefined): string =>
    ({ "balancer-security-group": "balancer", "node-group": "nodes" })[template.follow(reference).block.logicalId] ??
    "somebody else";
  const line = (way: keyof typeof RULES, { attributes }: Block): string => {
    const { security_group_id, ip_protocol, referenced_security_group_id } = attributes;
    const [from, to] = [Number(attributes.from_port), Number(attributes.to_port)];
    const { cidr_ipv4, cidr_ipv6, prefix_list_id } = attributes;
    const peers = [cidr_ipv4, cidr_ipv6, prefix_list_id].filter((peer) => peer !== undefined).map(textOf);
    const groups = referenced_security_group_id === undefined ? [] : [nameOf(referenced_security_group_id)];
    const ports = from === to ? String(from) : `${from} to ${to}`;
    return [nameOf(security_group_id), way, textOf(ip_protocol), ports, ...peers, ...groups].join(" ");
  };
  return (["in", "out"] as const)
    .flatMap((way) => template.resources(RULES[way]).map((rule) => line(way, rule)))
    .sort();
}

const inward = (...peers: readonly string[]): readonly string[] =>
  peers.flatMap((peer) => [`balancer in tcp 443 ${peer}`, `balancer in tcp 80 ${peer}`]);

describe("security groups", () => {
  it.each<[stackId: string, clients: readonly string[], upstream: readonly string[]]>([
    ["example-wallarm-api", inward("0.0.0.0/0"), []],
    ["example-wallarm-partners", inward("10.20.0.0/16", "10.64.0.0/12"), ["nodes out tcp 8080 0.0.0.0/0"]],
    [
      "wide-wallarm-full",
      inward("198.51.100.0/24", "pl-0123456789abcdef0"),
      ["nodes out tcp 8443 10.20.0.0/16", "nodes out tcp 8443 10.64.0.0/12"],
    ],
    ["wide-wallarm-partners-and-all", inward("10.20.0.0/16"), ["nodes out tcp 8080 0.0.0.0/0"]],
    ["hosted-wallarm-api", inward("0.0.0.0/0", "2001:db8:100::/48"), []],
    ["frugal-wallarm-try", ["balancer in tcp 443 0.0.0.0/0"], ["nodes out tcp 80 0.0.0.0/0"]],
  ])(
    "of %s let in its clients, from them to the nodes, from there to 443 and the upstream, and nothing else",
    (stackId, clients, upstream) => {
      expect(rulesOf(edgeNamed(stackId).template)).toEqual(
        [
          ...clients,
          "balancer out tcp 8080 nodes",
          "nodes in tcp 8080 balancer",
          "nodes out tcp 443 0.0.0.0/0",
          ...upstream,
        ].sort(),
      );
    },
  );

  it("admit by IPv6 too where the edge is dual-stack and everybody may come", () => {
    const environment = edgesEnvironment({ api: { dualStack: true } });
    const [edge] = edgesOf(environment);
    expect(edge && rulesOf(edge.template)).toEqual(expect.arrayContaining(inward("0.0.0.0/0", "::/0")));
  });

  it("name the upstream's ranges on 443 as well, when that is its port", () => {
    const [edge] = edgesOf(edgesEnvironment({ api: { upstreamCidrs: ["10.64.0.0/12"] } }));
    const out = edge && rulesOf(edge.template).filter((line) => line.startsWith("nodes out"));
    expect(out).toEqual(["nodes out tcp 443 0.0.0.0/0", "nodes out tcp 443 10.64.0.0/12"]);
  });

  it("open the upstream's new port by a rule of its own: the old one stays until the nodes have rolled", () => {
    const [before, after] = [8080, 8081].map((port) =>
      edgeWith({ upstream: `http://kong.internal.example.com:${port}` })
        .resources(RULES.out, { from_port: port, cidr_ipv4: "0.0.0.0/0" })
        .map(({ address }) => address),
    );
    expect([before, after]).toEqual([[expect.any(String)], [expect.any(String)]]);
    expect(before).not.toEqual(after);
  });

  it.each(EDGES)("of $stackId hold no rules but these", ({ template }) => {
    const groups = template.resources("aws_security_group");
    expect(groups.map(({ logicalId }) => logicalId)).toEqual(["balancer-security-group", "node-group"]);
    for (const { attributes } of groups) {
      expect([attributes.ingress, attributes.egress]).toEqual([undefined, undefined]);
    }
    template.expectAbsent("aws_security_group_rule");
    expect(rulesOf(template).join()).not.toContain("somebody else");
  });

  it.each(EDGES)(
    "of $stackId hold all rules of the nodes before the first task starts, and until the last has gone",
    (edge) => {
      const { template } = edge;
      const nodes = `\${${template.resources("aws_security_group").at(-1)?.address ?? ""}.id}`;
      const needed = Object.values(RULES).flatMap((type) => [
        ...template.resources(type, { security_group_id: nodes }),
        ...template.resources(type, { referenced_security_group_id: nodes }),
      ]);
      expect(needed.length).toBeGreaterThan(2);
      expect(template.resource("aws_ecs_service").attributes.depends_on).toEqual(
        expect.arrayContaining(needed.map(({ address }) => address)),
      );
    },
  );

  it("have the upstream's name made before the first task asks for it, and forgets for minutes that it did not exist", () => {
    const { template } = edgeNamed("wide-wallarm-full");
    const record = template.resource("aws_route53_record", { type: "CNAME", zone_id: /^Z1/, ttl: 60 });
    expect(template.resource("aws_ecs_service").attributes.depends_on).toContain(record.address);
  });

  it.each(EDGES)("of $stackId say in an output which one the upstream shall admit", ({ template }) => {
    const { security_groups } = objectOf(template.resource("aws_ecs_service").attributes.network_configuration);
    const { value } = template.output("node-security-group-id");
    expect(followed(template, security_groups)).toEqual([template.follow(value).block]);
  });
});

describe("subnets", () => {
  const tierOf = ({ attributes }: Block): string => /-(\w+)$/.exec(textOf(objectOf(attributes.tags).Name))?.[1] ?? "";
  const made = EDGES.filter(({ network }) => network !== undefined);

  it.each(made)("of $stackId are private for nodes, and public for a load balancer of the internet alone", (edge) => {
    const { template, config, environment } = edge;
    const { network } = environment.aws ?? {};
    const zones = network !== undefined && "zones" in network ? network.zones.length : 0;
    const { subnets: ofNodes } = objectOf(template.resource("aws_ecs_service").attributes.network_configuration);
    const { subnets: ofBalancer } = template.resource("aws_lb").attributes;
    expect(followed(template, ofNodes).map(tierOf)).toEqual(Array<string>(zones).fill("private"));
    expect(followed(template, ofBalancer).map(tierOf)).toEqual(
      Array<string>(zones).fill(config.scheme === "public" ? "public" : "private"),
    );
    for (const subnets of [ofNodes, ofBalancer]) {
      const availability = followed(template, subnets).map(({ attributes }) => attributes.availability_zone);
      expect(new Set(availability).size).toBe(zones);
    }
  });

  it("of an existing network are those that it names", () => {
    const { template, environment } = edgeNamed("hosted-wallarm-api");
    const { network } = environment.aws ?? {};
    const existing = network !== undefined && "existing" in network ? network.existing : undefined;
    expect(template.resource("aws_lb").attributes.subnets).toEqual(existing?.publicSubnetIds);
    expect(template.resource("aws_ecs_service").attributes.network_configuration).toMatchObject({
      subnets: existing?.privateSubnetIds,
    });
    for (const type of ["aws_security_group", "aws_lb_target_group"]) {
      expect(template.resources(type, { vpc_id: existing?.vpcId })).toHaveLength(template.count(type));
    }
  });
});

describe("what edges ask of a network", () => {
  const ALWAYS = ["logs", "secretsmanager"];
  const ECR = ["ecr.api", "ecr.dkr"];
  const OWN = {
    image: { version: "7.1.0", repository: "111122223333.dkr.ecr.eu-central-1.amazonaws.com/wallarm/node" },
  };
  const ELSEWHERE = { image: { version: "7.1.0", repository: "registry.example.com/wallarm/node" } };
  const OTHER_REGION = {
    image: { version: "7.1.0", repository: OWN.image.repository.replace("eu-central-1", "us-east-1") },
  };
  const CACHE = { ...CACHED.dockerHub, repositories: ["wallarm/node"] };

  it.each<[what: string, environment: Environment, endpoints: readonly string[], cache: typeof CACHE | undefined]>([
    ["no edge at all", edgesEnvironment({}, CACHED), [], undefined],
    ["images of Docker Hub", edgesEnvironment({ api: {} }), ALWAYS, undefined],
    ["images of Docker Hub through a cache", edgesEnvironment({ api: {} }, CACHED), [...ECR, ...ALWAYS], CACHE],
    ["a repository of ECR", edgesEnvironment({ api: OWN }), [...ECR, ...ALWAYS], undefined],
    ["a repository of ECR beside a cache", edgesEnvironment({ api: OWN }, CACHED), [...ECR, ...ALWAYS], undefined],
    ["a repository of ECR in another Region", edgesEnvironment({ api: OTHER_REGION }), ALWAYS, undefined],
    ["another registry", edgesEnvironment({ api: ELSEWHERE }, CACHED), ALWAYS, undefined],
    ["ECS Exec", edgesEnvironment({ api: { exec: true } }), [...ALWAYS, "ssmmessages"], undefined],
    [
      "any one of several edges",
      edgesEnvironment({ one: ELSEWHERE, two: { exec: true }, three: OWN }),
      [...ECR, ...ALWAYS, "ssmmessages"],
      undefined,
    ],
    [
      "one edge of two that uses the cache",
      edgesEnvironment({ one: OWN, two: {} }, CACHED),
      [...ECR, ...ALWAYS],
      CACHE,
    ],
  ])("with %s", (_, environment, endpoints, cache) => {
    const needs = wallarmNeeds(environment);
    expect([...needs.interfaceEndpoints].sort()).toEqual(endpoints);
    expect(needs.dockerHub).toEqual(cache);
  });

  /** The network of an environment with these edges; the edges are not built. */
  const networkFor = (environment: Environment): Template =>
    buildNetwork({ needs: wallarmNeeds(environment) }).template;
  const servicesIn = (network: Template | undefined): readonly string[] | undefined =>
    network
      ?.resources("aws_vpc_endpoint", { vpc_endpoint_type: "Interface" })
      .map(({ attributes }) => textOf(attributes.service_name).replace(/^com\.amazonaws\.[a-z0-9-]+\./, ""))
      .sort();

  it.each([
    ["example-wallarm-api", [...ECR, ...ALWAYS]],
    ["wide-wallarm-full", [...ECR, ...ALWAYS, "ssmmessages"]],
  ])("is what the network of %s has", (stackId, endpoints) => {
    const { network } = edgeNamed(stackId);
    expect(servicesIn(network)).toEqual(endpoints);
    expect(network?.resources("aws_ecr_repository").map(({ attributes }) => attributes.name)).toContainEqual(
      expect.stringMatching(/-docker-hub\/wallarm\/node$/),
    );
  });

  it("is not made where interface endpoints are not wanted", () => {
    const { environment, network } = edgeNamed("frugal-wallarm-try");
    expect(wallarmNeeds(environment).interfaceEndpoints).toEqual(ALWAYS);
    expect(servicesIn(network)).toEqual([]);
  });

  describe("for IPv6", () => {
    const dual = networkFor(edgesEnvironment({ one: {}, two: { dualStack: true } }));
    const single = networkFor(edgesEnvironment({ one: {} }));
    const ranges = (network: Template, tier: RegExp): readonly unknown[] =>
      network.resources("aws_subnet", { tags: { Name: tier } }).map(({ attributes }) => attributes.ipv6_cidr_block);
    const routes = (network: Template): readonly Block[] =>
      network.resources("aws_route", { destination_ipv6_cidr_block: /./ });

    it("is a range for each public subnet and their way to the internet, where an edge is dual-stack", () => {
      const [first, second, ...others] = ranges(dual, /-public$/);
      expect([typeof first, typeof second, others]).toEqual(["string", "string", []]);
      expect(first).not.toBe(second);
      const [route, ...more] = routes(dual);
      expect(more).toEqual([]);
      expect(route?.attributes.destination_ipv6_cidr_block).toBe("::/0");
      expect(dual.follow(route?.attributes.gateway_id).block.type).toBe("aws_internet_gateway");
      const { tags } = dual.follow(route?.attributes.route_table_id).block.attributes;
      expect(tags).toEqual({ Name: "test-network-public" });
    });

    it("is never anything for a private subnet", () => {
      const closed = ranges(dual, /-(private|endpoints-\w)$/);
      expect(closed).toHaveLength(4);
      expect(new Set(closed)).toEqual(new Set([undefined]));
      dual.expectAbsent("aws_egress_only_internet_gateway");
    });

    it("is nothing where no edge is dual-stack", () => {
      expect(new Set(ranges(single, /./))).toEqual(new Set([undefined]));
      expect(routes(single)).toEqual([]);
      expect(single.resource("aws_vpc").attributes.assign_generated_ipv6_cidr_block).toBeUndefined();
    });

    it("is asked of the network that is made", () => {
      const [{ network } = { network: undefined }] = edgesOf(edgesEnvironment({ api: { dualStack: true } }, MADE));
      expect(network && routes(network)).toHaveLength(1);
    });
  });
});
