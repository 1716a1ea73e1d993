import { compilePolicy, type EgressPolicy } from "../../../lib/egress-policy";
import { Aws, INSTANCE } from "./aws";
import { type Namespace, requireSystem, type Running, until } from "./namespace";
import { pack } from "./policy-files";
import { TwoArmWorld } from "./two-arm-world";
import { CLIENT_NETWORK, startUnit } from "./world";

/* What an appliance with two arms asks of AWS when it starts, and connections that it opens by an authority of the user's. */

requireSystem();

jest.setTimeout(60_000);

const HOSTS = ["ec2.eu-central-1.aws.test", "secretsmanager.eu-central-1.aws.test"];
const SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:inspection/ca-AbCdEf";

let two: TwoArmWorld;
let appliance: Namespace;
let aws: Aws;

beforeAll(async () => {
  two = await TwoArmWorld.create({
    ...{ POLICY: "true", POLICY_BUCKET: "artifacts", POLICY_KEY: "policy.zip" },
    BUMP_SECRET: SECRET,
    BUMP_DOMAINS: "opened.test *.opened.test",
    HEALTH_SAMPLE_SECONDS: "0.2",
  });
  ({ appliance } = two);
  // AWS's names, and the servers' own authority, are what the machine knows besides.
  aws = await Aws.start(appliance, HOSTS);
  two.trustServers();
});

afterAll(async () => {
  await aws.stop();
  await two.stop();
});

function healthOf(): string {
  return appliance.run(["curl", "-s", "-m", "5", "http://127.0.0.1:8080/health"]).stdout;
}

it("is not healthy before EC2 has let it send what is not its own, and tries until it has", async () => {
  const health = startUnit(appliance, "ringfence-health.service");
  await until(() => healthOf().includes("EC2 still checks whose packets it sends"), "the reason");
  aws.setAnswers({ ModifyInstanceAttribute: [403] });
  const refused = startUnit(appliance, "ringfence-source-check.service");
  await refused.says("EC2 refused: 403");
  expect(healthOf()).toContain("EC2 still checks");
  const done = startUnit(appliance, "ringfence-source-check.service");
  await done.says("it is off");
  const requests = aws.requests().filter(({ action }) => action === "ModifyInstanceAttribute");
  expect(requests.map(({ signed, status }) => ({ signed, status }))).toEqual([
    { signed: true, status: 403 },
    { signed: true, status: 200 },
  ]);
  expect(Object.fromEntries(new URLSearchParams(requests[1]?.body))).toEqual({
    Action: "ModifyInstanceAttribute",
    Version: "2016-11-15",
    InstanceId: INSTANCE,
    "SourceDestCheck.Value": "false",
  });
  await until(() => healthOf().includes("the proxy does not answer"), "the next reason");
  expect(healthOf()).not.toContain("EC2");
  await health.stop();
});

const POLICY: EgressPolicy = {
  ...{ default: "deny", discovery: false, allowCidrs: [], spokes: {} },
  allowDomains: ["opened.test", "*.opened.test", "other.test"],
};

function deliver(changed: Readonly<Record<string, string>> = {}): {
  readonly status: number | null;
  readonly said: string;
} {
  const { files } = compilePolicy(POLICY, { mode: "two-arm", action: "ids", networks: { own: [CLIENT_NETWORK] } });
  appliance.sh("base64 -d >/tmp/policy.zip", { input: pack({ ...files, ...changed }) });
  aws.publish("artifacts.s3.eu-central-1.aws.test", "/policy.zip", "/tmp/policy.zip");
  return run("ringfence-policy.service");
}

it("takes a policy, and keeps it when the next one has no names that the proxy can read", () => {
  expect(deliver()).toMatchObject({ status: 0 });
  const before = appliance.sh("readlink /var/lib/ringfence/policy/current");
  const { status, said } = deliver({ "squid-domains.json": '{"version":2}' });
  expect(status).not.toBe(0);
  expect(said).toContain("the policy stays as it is");
  expect(said).toContain('"PolicyRejected": 1');
  expect(appliance.sh("readlink /var/lib/ringfence/policy/current")).toBe(before);
});

function run(unit: string): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = appliance.run([
    "timeout",
    "30",
    "bash",
    "/repository/test/system/appliance/programs/run-unit",
    unit,
  ]);
  return { status, said: stdout + stderr };
}

it.each([
  ["no text", "{}"],
  ["no key", JSON.stringify({ SecretString: "-----BEGIN CERTIFICATE-----\nc2VjcmV0\n-----END CERTIFICATE-----" })],
  [
    "no certificate",
    JSON.stringify({ SecretString: "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----" }),
  ],
])("does not start with a secret that holds %s, and prints nothing of it", (_, reply) => {
  aws.setReply("secretsmanager.GetSecretValue", reply);
  const { status, said } = run("ringfence-proxy.service");
  expect(status).not.toBe(0);
  expect(said).toContain("fetch_authority: the secret");
  expect(said).not.toContain("c2VjcmV0");
});

it("does not start when Secrets Manager refuses", () => {
  aws.setAnswers({ "secretsmanager.GetSecretValue": Array.from({ length: 20 }, () => 400) });
  expect(run("ringfence-proxy.service")).toMatchObject({
    said: expect.stringContaining("Secrets Manager refused: 400") as string,
  });
  aws.setAnswers({});
});

describe("with an authority", () => {
  let proxy: Running;

  beforeAll(async () => {
    appliance.sh(`
      openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority.test -keyout /tmp/ca.key -out /tmp/ca.pem 2>/dev/null`);
    const text = appliance.sh("cat /tmp/ca.pem /tmp/ca.key");
    aws.setReply("secretsmanager.GetSecretValue", JSON.stringify({ SecretString: text }));
    proxy = await two.startProxy();
  });

  afterAll(async () => {
    await proxy.stop("SIGKILL");
  });

  it.each([
    ["opened.test", "authority.test"],
    ["a.opened.test", "authority.test"],
    ["other.test", "site.test"],
  ])("shows %s under a certificate of %s", (name, issuer) => {
    expect(two.issuerOf(name)).toBe(issuer);
  });

  it("asks for the secret by its name", () => {
    const request = aws.requests().findLast(({ action }) => action === "secretsmanager.GetSecretValue");
    expect(request?.signed).toBe(true);
    expect(JSON.parse(request?.body ?? "")).toEqual({ SecretId: SECRET });
  });

  it("keeps the key where no disk does, for nobody but the proxy, and writes nothing of it down", () => {
    const file = "/run/ringfence-proxy/authority.pem";
    expect(appliance.sh(`stat -c '%a %U' ${file}`)).toBe("600 ringfence-proxy\n");
    expect(appliance.sh("stat -f -c %T /run/ringfence-proxy")).toBe("tmpfs\n");
    const line = appliance.sh("sed -n 2p /tmp/ca.key").trim();
    expect(appliance.run(["grep", "-rlF", line, "/var", "/etc", "/opt/ringfence"]).stdout).toBe("");
  });

  it("judges what is said inside as well, by the host", () => {
    expect(two.ask(["tls opened.test"])).toEqual({ "tls opened.test": true });
    const inside = two.log().filter(({ host, method }) => host === "opened.test" && method === "GET");
    expect(inside.length).toBeGreaterThan(0);
    expect(JSON.stringify(two.log())).not.toContain("http");
  });
});
