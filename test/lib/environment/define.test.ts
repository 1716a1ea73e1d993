import { BALANCER, changed, define, DOCKER_HUB, EXISTING_NETWORK, EXISTING_TABLE, KEY, PEM } from "./base";

/** A cluster made elsewhere, of which everything is said. */
const FOREIGN = {
  agent: "manual",
  egress: ["203.0.113.20/32"],
  description: "Search",
  labels: { team: "search", "example.com/empty": "" },
  annotations: { "example.com/on-call": "search: +49 30 0000" },
  fleetWorkspace: "search",
  agentEnvironment: { HTTPS_PROXY: "http://proxy.example.com:3128", NO_PROXY: ".svc" },
  agentScheduling: {
    tolerations: [{ key: "dedicated", value: "system", effect: "NoSchedule" }],
    requests: { cpu: "100m", memory: "256Mi" },
    limits: { cpu: "1", memory: "1Gi" },
  },
  members: { "cluster-owner": ["azuread_group://11111111-2222-3333-4444-555555555555"] },
  projects: { shop: { description: "Shop", members: { "read-only": ["okta_group://everyone"] } } },
  waitMinutes: 30,
};

const MINIMAL = { name: "dev", state: { kind: "local" } };

test("the least that an environment says, and every default", () => {
  expect(define(MINIMAL)).toEqual({
    name: "dev",
    protect: false,
    tags: {},
    state: { kind: "local" },
    notify: { alarmTopicArns: [] },
    access: { operators: [], runners: [] },
  });
});

test("every default of an allowlist and of a network", () => {
  const aws = {
    accountId: "111122223333",
    region: "eu-central-1",
    network: { cidr: "10.0.0.0/16", zones: ["a", "b"] },
  };
  const environment = define({ ...MINIMAL, aws, allowlist: {} });
  expect(environment.aws?.network).toEqual({
    cidr: "10.0.0.0/16",
    zones: ["a", "b"],
    egress: "nat",
    nat: "zone",
    gatewayEndpoints: [],
    interfaceEndpoints: "needed",
  });
  expect(environment.allowlist).toEqual({
    mode: "observe",
    capacity: { ipv4Sets: 1, ipv6Sets: 1, quota: 100 },
    guard: { maxShare: 0.2, maxAddresses: 50 },
    table: { keySchema: "id" },
    scheduleMinutes: 5,
    auditMinutes: 15,
    clusters: {},
  });
});

test("a field left out of a section with defaults takes its own", () => {
  const { allowlist } = define(changed({ "allowlist/capacity": { ipv6Sets: 3 }, "allowlist/guard": { maxShare: 1 } }));
  expect(allowlist?.capacity).toEqual({ ipv4Sets: 1, ipv6Sets: 3, quota: 100 });
  expect(allowlist?.guard).toEqual({ maxShare: 1, maxAddresses: 50 });
});

test("undefined is as good as left out", () => {
  const optional = { protect: undefined, notify: undefined, aws: undefined, allowlist: undefined, access: undefined };
  expect(define({ ...MINIMAL, ...optional })).toEqual(define(MINIMAL));
});

test("what is written is kept", () => {
  const input = changed({
    "aws/network/egress": "nat",
    "aws/network/nat": "single",
    "aws/network/gatewayEndpoints": ["dynamodb", "s3"],
    "aws/network/interfaceEndpoints": "none",
    "aws/dockerHub": { credentialSecretArn: DOCKER_HUB },
    "allowlist/capacity/quota": 200,
    "rancher/caCertificates": PEM,
    "rancher/providerVersion": "7.11.1",
    "rancher/clusters": { "own-search": FOREIGN },
  });
  expect(define(input)).toEqual(input);
});

test.each([
  [
    "S3",
    {
      kind: "s3",
      bucket: "acme.state",
      region: "us-gov-west-1",
      prefix: "a/b.c",
      profile: "x",
      roleArn: "arn:aws-us-gov:iam::111122223333:role/a/b",
    },
  ],
  ["HCP Terraform", { kind: "hcp", organization: "acme", project: "my platform" }],
  ["Terraform Enterprise", { kind: "hcp", hostname: "tfe.example.com:8443", organization: "acme", project: "abc" }],
])("state in %s", (_, state) => {
  expect(define({ ...MINIMAL, state }).state).toEqual(state);
});

test("a network and a table of somebody else", () => {
  const table = { existing: { ...EXISTING_TABLE, kmsKeyArn: KEY } };
  const environment = define(changed({ "aws/network": { existing: EXISTING_NETWORK }, "allowlist/table": table }));
  expect(environment.aws?.network).toEqual({ existing: EXISTING_NETWORK });
  expect(environment.allowlist?.table).toEqual(table);
});

describe("the limits of what is accepted", () => {
  test.each([
    ["name", "a".repeat(16)],
    ["aws/network/cidr", "10.0.0.0/16"],
    ["aws/network/cidr", "10.0.0.0/22"],
    ["aws/network/zones", ["a", "b", "c", "d"]],
    ["aws/network", { existing: { ...EXISTING_NETWORK, cidr: "10.0.0.0/28" } }],
    ["aws/network", { existing: { ...EXISTING_NETWORK, cidr: "10.0.0.0/16" } }],
    ["allowlist/capacity", { ipv4Sets: 96, ipv6Sets: 2 }],
    ["allowlist/scheduleMinutes", 60],
    ["allowlist/auditMinutes", 5],
    ["allowlist/auditMinutes", 1440],
    ["allowlist/reservedConcurrency", 10],
    ["allowlist/guard", { maxShare: 0, maxAddresses: 0 }],
    ["access/operators", ["2A00:DB8::/32"]],
    ["allowlist/clusters", { constructor: ["203.0.113.1/32"], "0": ["203.0.113.2/32"] }],
    ["rancher/url", "https://rancher.example.com:8443/"],
    ["rancher/loadBalancerArns", [BALANCER, BALANCER.replace("app/rancher", "app/other")]],
    ["tags", Object.fromEntries(Array.from({ length: 47 }, (_, index) => [`k${index}`, "x"]))],
  ])("%s: %j", (path, value) => {
    expect(() => define(changed({ [path]: value }))).not.toThrow();
  });
});

test("as many addresses as the sets of a family hold, counted once, with those of the two zones", () => {
  const ranges = Array.from({ length: 19_998 }, (_, index) => `10.${index >> 8}.${index & 255}.1/32`);
  expect(() => define(changed({ "allowlist/clusters": { all: ranges, some: ranges.slice(0, 10) } }))).not.toThrow();
});

test("as many addresses as the sets of a family hold, with the one of a single NAT gateway", () => {
  const ranges = Array.from({ length: 19_999 }, (_, index) => `10.${index >> 8}.${index & 255}.1/32`);
  const changes = { "allowlist/clusters": { all: ranges }, "allowlist/table": { keySchema: "id+ips" } };
  expect(() => define(changed({ ...changes, "aws/network/nat": "single" }))).not.toThrow();
  expect(() => define(changed(changes))).toThrow("20001 IPv4 ranges");
});

describe("the result", () => {
  const input = changed() as { aws: { network: { zones: string[] } } };
  const environment = define(input);

  function parts(value: unknown): object[] {
    return typeof value === "object" && value !== null ? [value, ...Object.values(value).flatMap(parts)] : [];
  }

  it("cannot be changed at any depth", () => {
    expect(parts(environment).length).toBeGreaterThan(15);
    for (const part of parts(environment)) {
      const [key = "new"] = Object.keys(part);
      expect(() => Object.assign(part, { [key]: "changed" })).toThrow(TypeError);
    }
  });

  it("does not change with the input, which stays the caller's own", () => {
    input.aws.network.zones.push("z");
    expect(environment.aws?.network).toMatchObject({ zones: ["a", "b"] });
  });
});
