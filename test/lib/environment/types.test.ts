import { compilerFaults } from "../../support/compiler-faults";
import { EXISTING_NETWORK } from "./base";

const FILE = '{ url: "https://a.example.com/b", sha256: "0" }';

/** Environments that compile. */
const OFFERED: Readonly<Record<string, string>> = {
  "the least": '{ name: "dev", state: { kind: "local" } }',
  "an existing network": `{ name: "dev", state: { kind: "local" }, aws: { accountId: "1", region: "x", network: { existing: ${JSON.stringify(EXISTING_NETWORK)} } } }`,
  "a list of constants":
    '{ name: "dev", state: { kind: "local" }, access: { operators: ["198.51.100.0/24"] as const } }',
  "the smallest task of Fargate": edgeOfSize("{ cpu: 256, memoryMb: 512 }"),
  "the largest task of Fargate": edgeOfSize("{ cpu: 16384, memoryMb: 122880 }"),
  "an appliance installed at boot": inspectionBy(
    `{ plain: "ubuntu-24.04", gwlbtun: ${FILE}, cloudwatchAgent: ${FILE} }`,
  ),
  "a function, and what the network decides alone": serviceBy('{ kind: "lambda", ids: ["arn"] }', 'auth: "none",'),
  "a canary by weight, for callers by ARN": serviceBy('{ kind: "ip", ids: [] }', 'allow: [{ callers: ["arn"] }],'),
  "a function behind an API": ingressBy('kind: "lambda", front: "httpApi", throttle: { ratePerSecond: 9, burst: 9 }'),
  "an appliance of a baked image": inspectionBy('{ baked: { parameter: "/a/b" }, os: "al2023" }'),
};

/** Environments that do not, and what the compiler says of them. */
const REFUSED: Readonly<Record<string, readonly [input: string, fault: string]>> = {
  "a misspelt section": ['{ name: "dev", state: { kind: "local" }, tag: {} }', "'tag' does not exist"],
  "a misspelt field within a section": [
    '{ name: "dev", state: { kind: "local" }, allowlist: { capacity: { ipv4sets: 1 } } }',
    "'ipv4sets' does not exist",
  ],
  "a misspelt field of a network": [
    '{ name: "dev", state: { kind: "local" }, aws: { accountId: "1", region: "x", network: { cird: "" } } }',
    "'cird' does not exist",
  ],
  "a value of the wrong type": [
    '{ name: "dev", state: { kind: "local" }, protect: "true" }',
    "'string' is not assignable to type 'boolean",
  ],
  "a word that is none of those": [
    '{ name: "dev", state: { kind: "local" }, allowlist: { mode: "Enforce" } }',
    `'"Enforce"' is not assignable`,
  ],
  "no name": ['{ state: { kind: "local" } }', "'name' is missing"],
  "a field of another kind of state": [
    '{ name: "dev", state: { kind: "local", bucket: "x" } }',
    "'bucket' does not exist",
  ],
  "memory of another CPU": [edgeOfSize("{ cpu: 256, memoryMb: 4096 }"), "'4096' is not assignable"],
  "memory between two steps": [edgeOfSize("{ cpu: 8192, memoryMb: 17408 }"), "'17408' is not assignable"],
  "a CPU that Fargate does not have": [edgeOfSize("{ cpu: 1096, memoryMb: 2048 }"), "'1096' is not assignable"],
  "CPU without memory": [edgeOfSize("{ cpu: 256 }"), "'memoryMb' is missing"],
  "a binary without a checksum": [
    inspectionBy(`{ plain: "ubuntu-24.04", gwlbtun: { url: "https://a.example.com/b" }, cloudwatchAgent: ${FILE} }`),
    "'sha256' is missing",
  ],
  "a baked image of an unknown system": [
    inspectionBy('{ baked: { amiId: "ami-01234567" }, os: "debian-12" }'),
    '"debian-12"',
  ],
  "a function on a port": [serviceBy('{ kind: "lambda", port: 80, ids: ["arn"] }'), "'port' does not exist"],
  "a web ACL before an HTTP API": [
    ingressBy('kind: "lambda", front: "httpApi", webAclArn: "arn"'),
    "'string' is not assignable to type 'undefined'",
  ],
  "a size of a function": [
    ingressBy('kind: "lambda", front: "alb", size: { cpu: 256, memoryMb: 512 }'),
    "is not assignable to type 'undefined'",
  ],
  "targets of an unknown kind": [serviceBy('{ kind: "ecs", ids: [] }'), `'"ecs"' is not assignable`],
  "callers by a word that is none": [
    serviceBy('{ kind: "ip", ids: [] }', 'allow: [{ callers: "everybody" }],'),
    `'"everybody"' is not assignable`,
  ],
  "an edge without its token": [edgeOfSize("undefined").replace("token: { revision: 1 },", ""), "'token' is missing"],
};

// In one run: most of it goes to the types of the model, which all pieces need.
const faults = compilerFaults(
  "environments",
  Object.fromEntries(
    [...Object.entries(OFFERED), ...Object.entries(REFUSED).map(([name, [input]]) => [name, input] as const)].map(
      ([name, input]) => [
        name,
        `import { defineEnvironment } from "../lib/environment";\nexport default defineEnvironment(${input});\n`,
      ],
    ),
  ),
);

test.each(Object.keys(OFFERED))("the types offer %s", (name) => {
  expect(faults[name]).toEqual([]);
});

test.each(Object.entries(REFUSED))("the types refuse %s", (name, [, fault]) => {
  expect(faults[name]).toEqual([expect.stringContaining(fault)]);
});

function edgeOfSize(size: string): string {
  return `{ name: "dev", state: { kind: "local" }, wallarm: { api: {
    domain: "a.example.com", upstream: "https://b.example.com", cloud: "eu", token: { revision: 1 }, zoneId: "Z1",
    size: ${size} } } }`;
}

function inspectionBy(image: string): string {
  return `{ name: "dev", state: { kind: "local" }, inspection: { network: { cidr: "10.30.0.0/20" }, image: ${image} } }`;
}

function ingressBy(fields: string): string {
  return `{ name: "dev", state: { kind: "local" }, lattice: { ingress: { ${fields} } } }`;
}

function serviceBy(targets: string, more = ""): string {
  return `{ name: "dev", state: { kind: "local" }, lattice: { services: { shop: {
    ${more} targets: { web: ${targets} }, defaultTo: { web: 90 } } } } }`;
}
