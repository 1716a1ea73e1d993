import { defineEnvironment, EnvironmentError, type Environment, type Violation } from "../../../lib/environment";

/** Put in the place of a value, takes it out. */
export const GONE = Symbol("gone");

/** Paths in the base environment, parts joined by slashes, with what shall stand there. */
export type Changes = Readonly<Record<string, unknown>>;

export const BALANCER =
  "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/rancher/50dc6c495c0c9188";
export const STREAM = "arn:aws:dynamodb:eu-central-1:111122223333:table/clusters/stream/2026-01-01T00:00:00.000";
export const KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/** A network that somebody else manages. */
export const EXISTING_NETWORK = {
  vpcId: "vpc-0123456789abcdef0",
  cidr: "10.40.0.0/16",
  publicSubnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
  privateSubnetIds: ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"],
  egress: ["203.0.113.7/32"],
};

/** A table that somebody else manages. */
export const EXISTING_TABLE = { name: "clusters", streamArn: STREAM, keySchema: "id" };

const SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret";
export const TOKEN = `${SECRET}:wallarm/node-token-AbCdEf`;
export const DOCKER_HUB = `${SECRET}:ecr-pullthroughcache/docker-hub-AbCdEf`;
export const CERTIFICATE = "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-1234-1234-123456789012";
export const WEB_ACL =
  "arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/edge/12345678-1234-1234-1234-123456789012";
export const ZONE = "Z0123456789ABCDEFGHIJ";

/** Made for these tests, with a last line that has the shape of a secret access key. */
export const PEM = [
  "-----BEGIN CERTIFICATE-----",
  "MIIBmjCCAT+gAwIBAgIUYHeW/vol/hHxvSglRArpfalauV0wCgYIKoZIzj0EAwIw",
  "ITEfMB0GA1UEAwwWRXhhbXBsZSBhdXRob3JpdHkgb2YgYTAgFw0yNjExMjIxNzMx",
  "NDhaGA8yMTI2MTAyOTE3MzE0OFowITEfMB0GA1UEAwwWRXhhbXBsZSBhdXRob3Jp",
  "dHkgb2YgYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEneqCrqErOhLg9YJNkp",
  "qid1twGHU67lkBV6i1Xy084N0iLnjnR6tCiWhjTD+dxecpCjXujgK8463Ir8+atg",
  "nZKjUzBRMB0GA1UdDgQWBBQqkF1xBCF9aA8gftvXV3WK3FH+kTAfBgNVHSMEGDAW",
  "gBQqkF1xBCF9aA8gftvXV3WK3FH+kTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49",
  "BAMCA0kAMEYCIQDwFbiUPS7wIOcCS9tK/2X0wlwsp9cDjaQifumnCMhMcQIhALdu",
  "ZnU/sayPJUcE9Adflg0O6ubrRIlL+V7bczIsKERa",
  "-----END CERTIFICATE-----",
  "",
].join("\n");

/** The least that an edge says. */
export const EDGE = {
  domain: "api.example.com",
  upstream: "https://kong.internal.example.com",
  cloud: "eu",
  token: { existing: { secretArn: TOKEN } },
  certificateArn: CERTIFICATE,
};

/** An edge by the name `api`, in which some fields differ. */
export const edge = (fields: Readonly<Record<string, unknown>> = {}): Changes => ({
  wallarm: { api: { ...EDGE, ...fields } },
});

/** A valid environment with every section but Wallarm's: plain data, new for each caller. */
function base(): Record<string, unknown> {
  return {
    name: "prod",
    protect: true,
    tags: { owner: "platform" },
    state: { kind: "s3", bucket: "acme-terraform-state", region: "eu-central-1", kmsKeyArn: KEY },
    notify: { alarmTopicArns: ["arn:aws:sns:eu-central-1:111122223333:alarms"] },
    access: { operators: ["198.18.7.0/24"], runners: ["203.0.113.64/28"] },
    aws: {
      accountId: "111122223333",
      region: "eu-central-1",
      assumeRole: { roleArn: "arn:aws:iam::111122223333:role/terraform" },
      network: { cidr: "10.20.0.0/16", zones: ["a", "b"] },
    },
    rancher: { url: "https://rancher.example.com", loadBalancerArns: [BALANCER] },
    allowlist: {
      mode: "enforce",
      capacity: { ipv4Sets: 2, ipv6Sets: 1 },
      guard: { maxShare: 0.5, maxAddresses: 10 },
      table: { name: "prod-clusters", keySchema: "id" },
      scheduleMinutes: 10,
      auditMinutes: 60,
      clusters: { "otc-billing": ["203.0.113.10/32", "2001:db8:200::/56"] },
    },
  };
}

/** The base environment with some values changed, added or taken out. */
export function changed(changes: Changes = {}): unknown {
  return Object.entries(changes).reduce<unknown>((input, [path, value]) => put(input, path.split("/"), value), base());
}

function put(target: unknown, [key = "", ...rest]: readonly string[], value: unknown): unknown {
  const child = rest.length === 0 ? value : put(isContainer(target) ? target[key] : undefined, rest, value);
  if (Array.isArray(target)) return target.map((item: unknown, index) => (String(index) === key ? child : item));
  const entries = Object.entries(isContainer(target) ? target : {}).filter(([other]) => other !== key);
  const place = isContainer(target) ? Object.keys(target).indexOf(key) : -1;
  if (child !== GONE) entries.splice(place < 0 ? entries.length : place, 0, [key, child]);
  return Object.fromEntries(entries);
}

const isContainer = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** What an untyped file would pass: the types are what a mistaken file does not follow. */
export const define = defineEnvironment as (input: unknown) => Environment;

/** The error that an input is refused with. @throws Error when it is accepted */
export function refusal(input: unknown): EnvironmentError {
  try {
    define(input);
  } catch (error) {
    if (error instanceof EnvironmentError) return error;
    throw error;
  }
  throw new Error("the environment is accepted");
}

/** The violations of the base environment with some changes. */
export function violationsAfter(changes: Changes): readonly Violation[] {
  return refusal(changed(changes)).violations;
}

/** Path, part of the problem, part of the remedy, and what was found where that is shown. */
export type Expected = readonly [path: string, problem: string, remedy: string, got?: string];

/** A mistake, how it comes into the base environment, and every violation it leads to, in order. */
export type Row = readonly [mistake: string, changes: Changes, ...expected: Expected[]];
