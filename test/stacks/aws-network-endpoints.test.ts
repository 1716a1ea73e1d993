import example from "../../environments/example";
import type { JsonValue } from "../../lib/policy/terraform-json";
import frugal from "../environments/frugal";
import { textOf } from "../support/json";
import { grants } from "../support/policy-documents";
import { buildNetwork, type NetworkChanges } from "../support/network";
import { stackTemplates } from "../support/stacks";
import type { Block, Template } from "../support/template";

const ENDPOINT = "aws_vpc_endpoint";
const ECR = ["ecr.api", "ecr.dkr"] as const;
const CREDENTIALS = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf";
const dockerHub = { repositories: ["wallarm/node", "library/nginx"], credentialSecretArn: CREDENTIALS };

const listOf = (value: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : [];
const followAll = (template: Template, references: JsonValue | undefined): readonly Block[] =>
  listOf(references).map((reference) => template.follow(reference).block);
/** Services of interface endpoints, after `com.amazonaws.<region>.`. */
const interfaceServices = (template: Template): readonly string[] =>
  template
    .resources(ENDPOINT, { vpc_endpoint_type: "Interface" })
    .map(({ attributes }) => textOf(attributes.service_name).replace("com.amazonaws.eu-central-1.", ""))
    .sort();

describe("a network of which nothing is asked", () => {
  const network = stackTemplates({ ...example, wallarm: undefined, lattice: undefined }).template(
    "example-aws-network",
  );

  it("has no endpoints, no subnets for them and no cache", () => {
    network.expectAbsent(ENDPOINT);
    network.expectAbsent("aws_security_group");
    network.expectAbsent("aws_subnet", { tags: { Name: /-endpoints-/ } });
    network.expectAbsent("aws_ecr_pull_through_cache_rule");
    network.expectAbsent("aws_ecr_repository");
  });
});

describe("gateway endpoints", () => {
  const network = stackTemplates(frugal).template("frugal-aws-network");
  const endpoint = (service: string): Block =>
    network.resource(ENDPOINT, { vpc_endpoint_type: "Gateway", service_name: `com.amazonaws.eu-west-1.${service}` });
  const own = 'if {"StringEquals":{"aws:ResourceAccount":"777788889999"}}';

  it.each(["s3", "dynamodb"])("lead to %s from every private subnet and from no public one", (service) => {
    const tables = followAll(network, endpoint(service).attributes.route_table_ids).map(({ address }) => address);
    const privateTables = network
      .resources("aws_subnet", { tags: { Name: /-private$/ } })
      .map(({ address }) => network.resource("aws_route_table_association", { subnet_id: `\${${address}.id}` }))
      .map(({ attributes }) => network.follow(attributes.route_table_id).block.address);
    expect(tables.slice().sort()).toEqual(privateTables.slice().sort());
    expect(tables).toHaveLength(2);
  });

  it("let through only this account's tables", () => {
    expect(grants(endpoint("dynamodb").attributes.policy)).toEqual([`Allow dynamodb:* on * to "*" ${own}`]);
  });

  it("let through all of this account's buckets, and of others reading alone", () => {
    expect(grants(endpoint("s3").attributes.policy)).toEqual([
      `Allow s3:* on * to "*" ${own}`,
      'Allow s3:GetBucketLocation on * to "*"',
      'Allow s3:GetObject on * to "*"',
      'Allow s3:GetObjectVersion on * to "*"',
      'Allow s3:ListBucket on * to "*"',
    ]);
  });

  it("are those that are asked for", () => {
    const { template } = buildNetwork({ network: { gatewayEndpoints: ["s3"] } });
    expect(template.resource(ENDPOINT).attributes.service_name).toBe("com.amazonaws.eu-central-1.s3");
  });
});

describe("interface endpoints", () => {
  const { template: network } = buildNetwork({
    network: { zones: ["a", "b"] },
    needs: { interfaceEndpoints: ["secretsmanager", "logs", ...ECR, "ssmmessages", "logs"] },
  });
  const endpoints = network.resources(ENDPOINT, { vpc_endpoint_type: "Interface" });
  const tier = network.resources("aws_subnet", { tags: { Name: /-endpoints-[ab]$/ } });

  it("exist once for each service that is asked for", () => {
    expect(interfaceServices(network)).toEqual(["ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssmmessages"]);
  });

  it.each(endpoints)("$logicalId answers under the service's own name in every zone", ({ attributes }) => {
    expect(attributes.private_dns_enabled).toBe(true);
    expect(followAll(network, attributes.subnet_ids)).toEqual(tier);
    expect(network.follow(attributes.vpc_id).block.type).toBe("aws_vpc");
  });

  it("stand in the subnets that the plan keeps for them, from which nothing leaves the VPC", () => {
    expect(tier.map(({ attributes }) => [attributes.availability_zone, attributes.cidr_block])).toEqual([
      ["eu-central-1a", "10.20.48.0/21"],
      ["eu-central-1b", "10.20.112.0/21"],
    ]);
    for (const { address } of tier) {
      const association = network.resource("aws_route_table_association", { subnet_id: `\${${address}.id}` });
      expect(network.follow(association.attributes.route_table_id).block.type).toBe("aws_route_table");
      network.expectAbsent("aws_route", { route_table_id: association.attributes.route_table_id });
    }
  });

  it("share one security group, which admits HTTPS from the VPC and nothing else", () => {
    const group = network.resource("aws_security_group");
    for (const { attributes } of endpoints) {
      expect(followAll(network, attributes.security_group_ids)).toEqual([group]);
    }
    expect(group.attributes.ingress).toBeUndefined();
    expect(group.attributes.egress).toBeUndefined();
    network.expectAbsent("aws_vpc_security_group_egress_rule");
    const rule = network.resource("aws_vpc_security_group_ingress_rule");
    expect(network.follow(rule.attributes.security_group_id).block).toEqual(group);
    expect(rule.attributes).toMatchObject({
      cidr_ipv4: "10.20.0.0/16",
      ip_protocol: "tcp",
      from_port: 443,
      to_port: 443,
    });
  });

  it.each([
    ["ecr-api", "ecr"],
    ["ecr-dkr", "ecr"],
    ["logs", "logs"],
    ["secretsmanager", "secretsmanager"],
    ["ssmmessages", "ssmmessages"],
  ])("let through %s only identities of this account", (name, namespace) => {
    const endpoint = endpoints.find(({ logicalId }) => logicalId === `interface-endpoints-${name}`);
    expect(grants(endpoint?.attributes.policy)).toEqual([
      `Allow ${namespace}:* on * to "*" if {"StringEquals":{"aws:PrincipalAccount":"111122223333"}}`,
    ]);
  });

  it("move nothing when they come and go", () => {
    const without = buildNetwork().template.resources("aws_subnet");
    const kept = network
      .resources("aws_subnet")
      .filter(({ address }) => !tier.some((subnet) => subnet.address === address));
    expect(kept).toEqual(without);
  });
});

describe("the cache of Docker Hub", () => {
  const { template: network, outputs } = buildNetwork({ needs: { dockerHub } });
  const rule = network.resource("aws_ecr_pull_through_cache_rule");

  it("is this environment's own, and signs in by a secret that somebody else keeps", () => {
    expect(rule.attributes).toMatchObject({
      ecr_repository_prefix: "test-docker-hub",
      upstream_registry_url: "registry-1.docker.io",
      credential_arn: CREDENTIALS,
    });
    network.expectAbsent("aws_secretsmanager_secret");
    network.expectAbsent("aws_secretsmanager_secret_version");
  });

  it("has a repository under that prefix for each that is asked for, made after the rule", () => {
    expect(network.resources("aws_ecr_repository").map(({ attributes }) => attributes.name)).toEqual([
      "test-docker-hub/library/nginx",
      "test-docker-hub/wallarm/node",
    ]);
    expect(network.resources("aws_ecr_repository", { depends_on: [rule.address] })).toHaveLength(2);
    expect(Object.keys(outputs.dockerHub ?? {})).toEqual(["wallarm/node", "library/nginx"]);
  });

  it("keeps images encrypted and scanned under tags that do not move, and not for ever", () => {
    for (const { address, attributes } of network.resources("aws_ecr_repository")) {
      expect(attributes).toMatchObject({
        image_tag_mutability: "IMMUTABLE",
        image_scanning_configuration: { scan_on_push: true },
        force_delete: true,
      });
      const [encryption] = listOf(attributes.encryption_configuration);
      expect(encryption).toMatchObject({ encryption_type: "KMS" });
      network.resource("aws_ecr_lifecycle_policy", { repository: `\${${address}.name}` });
    }
  });

  it.each<[egress: string, asked: NetworkChanges["needs"], expected: readonly string[]]>([
    ["nat", { dockerHub, interfaceEndpoints: [...ECR, "logs"] }, ["ecr.api", "ecr.dkr", "logs"]],
    ["inspection", { dockerHub, interfaceEndpoints: [...ECR, "logs"] }, ["logs"]],
    ["inspection", { interfaceEndpoints: [...ECR, "logs"] }, ["ecr.api", "ecr.dkr", "logs"]],
    ["inspection", { dockerHub, interfaceEndpoints: [...ECR] }, []],
  ])(
    "with egress %s and %j leaves the endpoints %j: a first pull needs a NAT gateway in the VPC",
    (egress, asked, expected) => {
      const { template } = buildNetwork({ network: { egress: egress === "nat" ? "nat" : "inspection" }, needs: asked });
      expect(interfaceServices(template)).toEqual(expected);
      expect(template.count("aws_security_group")).toBe(expected.length === 0 ? 0 : 1);
    },
  );
});
