import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { Aws, INSTANCE } from "./aws";
import { Namespace, requireSystem, until } from "./namespace";
import { SETTINGS, settingsFile } from "./world";

/*
 * How a machine becomes an appliance: user data, the bundle it fetches, what is installed. AWS and the hosts of downloads are stand-ins that
 * check tokens, signatures and TLS; the programs that would change the machine are played by recorders.
 */

requireSystem();

jest.setTimeout(60_000);

const APPLIANCE = resolve(__dirname, "../../../appliance");
const ARTIFACTS = "artifacts.test";
const BUCKET = "artifacts";
const AGENT = "/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl";

let machine: Namespace;
let aws: Aws;

/** Programs of which only what they were told is of interest. */
const RECORDED = ["systemctl", "apt-get"];

beforeEach(async () => {
  machine = await Namespace.create();
  aws = await Aws.start(machine, [ARTIFACTS]);
  for (const program of RECORDED) {
    machine.write(`/usr/local/sbin/${program}`, `#!/bin/sh\necho "${program} $*" >>/tmp/recorded\n`, "755");
  }
  machine.sh(`
    mkdir -p /tmp/agent/DEBIAN /tmp/agent/$(dirname ${AGENT})
    printf 'Package: amazon-cloudwatch-agent\\nVersion: 1\\nArchitecture: all\\nMaintainer: test\\nDescription: test\\n' >/tmp/agent/DEBIAN/control
    printf '#!/bin/sh\\necho "agent $*" >>/tmp/recorded\\n' >/tmp/agent${AGENT}
    chmod 755 /tmp/agent${AGENT}
    dpkg-deb --build /tmp/agent /tmp/agent.deb >/dev/null
    printf '#!/bin/sh\\n' >/tmp/gwlbtun`);
  aws.publish(ARTIFACTS, "/gwlbtun", "/tmp/gwlbtun");
  aws.publish(ARTIFACTS, "/agent.deb", "/tmp/agent.deb");
});

afterEach(async () => {
  await aws.stop();
  await machine.stop();
});

function sha256(file: string): string {
  return machine.sh(`sha256sum ${file}`).slice(0, 64);
}

function settings(changed: Readonly<Record<string, string>> = {}): string {
  return settingsFile({
    GWLBTUN_URL: `https://${ARTIFACTS}/gwlbtun`,
    GWLBTUN_SHA256: sha256("/tmp/gwlbtun"),
    CLOUDWATCH_AGENT_URL: `https://${ARTIFACTS}/agent.deb`,
    CLOUDWATCH_AGENT_SHA256: sha256("/tmp/agent.deb"),
    ...changed,
  });
}

const VERSION_ID = "L4kqtJlcpXroDTDmJ_rmSpXd3dIbrHY.MTRCxf3vjVBH40";

interface Boot {
  readonly format?: "zip" | "tar.gz";
  readonly digest?: string;
  readonly settings?: string;
}

/** Runs the user data as the stack fills it. */
function boot({ format = "zip", digest, settings: text = settings() }: Boot = {}): number | null {
  const key = `appliance.${format}`;
  machine.sh(`
    cd /repository/appliance
    python3 -c "import shutil; shutil.make_archive('/tmp/appliance', '${format === "zip" ? "zip" : "gztar"}', '.')"`);
  aws.publish(`${BUCKET}.s3.eu-central-1.aws.test`, `/${key}`, `/tmp/${key}`);
  const words: Readonly<Record<string, string>> = {
    bucket: BUCKET,
    key,
    versionId: VERSION_ID,
    sha256: digest ?? sha256(`/tmp/${key}`),
    region: "eu-central-1",
    settings: text.trimEnd(),
  };
  const script = readFileSync(join(APPLIANCE, "user-data.sh"), "utf8").replaceAll(
    /\{\{(\w+)\}\}/g,
    (_, word: string) => {
      const value = words[word];
      if (value === undefined) throw new Error(`the user data has a word that nobody fills: ${word}`);
      return value;
    },
  );
  machine.write("/tmp/user-data", script.replaceAll("ATTEMPTS=20", "ATTEMPTS=2"), "755");
  return machine.run(["/tmp/user-data"]).status;
}

function bootLog(): string {
  return machine.read("/var/log/ringfence/boot.log");
}

function recorded(): readonly string[] {
  return machine.sh("cat /tmp/recorded 2>/dev/null || true").trim().split("\n");
}

/** What CloudWatch would make of a failed boot. */
function reported(): Readonly<Record<string, unknown>> | undefined {
  const put = aws.requests().find(({ action, status }) => action?.endsWith(".PutLogEvents") === true && status === 200);
  if (put?.body === undefined) return undefined;
  const { logEvents, ...group } = JSON.parse(put.body) as {
    readonly logEvents: readonly { readonly message: string }[];
  };
  return { ...group, ...(JSON.parse(logEvents[0]?.message ?? "{}") as object) };
}

describe.each(["zip", "tar.gz"] as const)("a plain machine boots with a bundle as %s", (format) => {
  it("and becomes an appliance", () => {
    expect({ status: boot({ format }), log: bootLog() }).toMatchObject({ status: 0 });
    expect(bootLog()).toContain("this machine is an appliance");
    expect(aws.requests()[0]).toMatchObject({ query: `versionId=${VERSION_ID}`, signed: true, status: 200 });
    expect(recorded()).toEqual(
      expect.arrayContaining([
        // Before the package that would start it.
        "systemctl mask suricata.service squid.service",
        expect.stringMatching(/^apt-get .* install -y --no-install-recommends suricata suricata-update/) as string,
        "systemctl restart systemd-sysctl.service",
        "agent -a fetch-config -m ec2 -s -c file:/etc/ringfence/cloudwatch-agent.json",
        "systemctl start ringfence-rules.service",
        "systemctl enable --now ringfence-firewall.service ringfence-tunnel.service ringfence-suricata.service " +
          "ringfence-health.service ringfence-drain.service ringfence-rules.timer ringfence-logrotate.timer",
      ]),
    );
    const order = ["mask", "install -y", "daemon-reload", "start ringfence-rules", "enable --now"];
    const places = order.map((step) => recorded().findIndex((line) => line.includes(step)));
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(machine.run(["test", "-x", "/usr/local/bin/gwlbtun"]).status).toBe(0);
    expect(machine.read("/etc/ringfence/cloudwatch-agent.json")).toContain("/ringfence/test-inspection/alerts");
    expect(machine.sh("for user in suricata health rules; do id -un ringfence-$user; done")).toBe(
      "ringfence-suricata\nringfence-health\nringfence-rules\n",
    );
    expect(machine.read("/etc/systemd/system/ringfence-rules.timer.d/interval.conf")).toContain(
      "OnUnitInactiveSec=24h",
    );
    expect(reported()).toBeUndefined();
  });
});

describe("a machine that decides", () => {
  const deciding = {
    ACTION: "ips",
    ON_FAILURE: "closed",
    POLICY: "true",
    POLICY_BUCKET: BUCKET,
    POLICY_KEY: "policy.zip",
    HOME_NETWORKS: "",
  };

  it("runs what brings its policy and what reports denials, and hands packets over by queues", () => {
    expect({ status: boot({ settings: settings(deciding) }), log: bootLog() }).toMatchObject({ status: 0 });
    const enabled = recorded().find((line) => line.includes("enable --now")) ?? "";
    expect(enabled).toContain(" ringfence-denials.service ");
    expect(enabled).toContain(" ringfence-policy.timer");
    expect(machine.sh("cd /etc/systemd/system && ls */ips.conf")).toBe(
      "ringfence-health.service.d/ips.conf\nringfence-suricata.service.d/ips.conf\n",
    );
  });

  it("without a policy runs neither, and says what it would lack", () => {
    expect(boot({ settings: settings({ ...deciding, POLICY: "false", ON_FAILURE: "" }) })).not.toBe(0);
    expect(bootLog()).toContain("says nothing of ON_FAILURE HOME_NETWORKS");
    expect(boot({ settings: settings({ ACTION: "ips", ON_FAILURE: "open" }) })).toBe(0);
    expect(recorded().find((line) => line.includes("enable --now"))).not.toMatch(/denials|policy/);
  });

  it("reports by a policy when it only watches, with no queues", () => {
    const watching = settings({ ...deciding, ACTION: "ids", ON_FAILURE: "" });
    expect({ status: boot({ settings: watching }), log: bootLog() }).toMatchObject({ status: 0 });
    const enabled = recorded().find((line) => line.includes("enable --now")) ?? "";
    expect(enabled).toContain(" ringfence-denials.service ");
    expect(enabled).toContain(" ringfence-policy.timer");
    expect(machine.run(["sh", "-c", "ls /etc/systemd/system/*/ips.conf"]).status).not.toBe(0);
  });
});

it("runs again without fetching again", () => {
  expect(boot()).toBe(0);
  const before = aws.requests().length;
  expect(machine.run(["bash", "/opt/ringfence/install.sh"])).toMatchObject({ status: 0 });
  expect(aws.requests().length).toBe(before);
});

it("a baked machine installs and fetches nothing but its bundle", () => {
  machine.sh(`dpkg -i /tmp/agent.deb >/dev/null && install -m 755 /tmp/gwlbtun /usr/local/bin/gwlbtun
    mkdir -p /var/lib/ringfence/rules && echo '# rules' >/var/lib/ringfence/rules/suricata.rules`);
  const { GWLBTUN_URL, GWLBTUN_SHA256, CLOUDWATCH_AGENT_URL, CLOUDWATCH_AGENT_SHA256, ...others } = SETTINGS;
  expect([GWLBTUN_URL, GWLBTUN_SHA256, CLOUDWATCH_AGENT_URL, CLOUDWATCH_AGENT_SHA256]).not.toContain(undefined);
  const text = Object.entries({ ...others, IMAGE: "baked" })
    .map(([key, value]) => `${key}="${value}"\n`)
    .join("");
  expect({ status: boot({ settings: text }), log: bootLog() }).toMatchObject({ status: 0 });
  expect(aws.requests()).toHaveLength(1);
  expect(recorded().filter((line) => line.startsWith("apt-get"))).toEqual([]);
  expect(recorded()).not.toContain("systemctl start ringfence-rules.service");
  // The distribution's own, which would look at everything a second time.
  expect(recorded()).toContain("systemctl disable --now suricata.service squid.service");
});

it("a machine with a policy has the spokes' ranges from there", () => {
  const policy = { POLICY: "true", POLICY_BUCKET: BUCKET, POLICY_KEY: "policy.zip", HOME_NETWORKS: "" };
  const text = settings({ ...policy, ACTION: "ips", ON_FAILURE: "closed" });
  expect({ status: boot({ settings: text }), log: bootLog() }).toMatchObject({ status: 0 });
  expect(recorded().at(-1)).toContain("ringfence-policy.timer");
});

it("a machine with two arms has a proxy, and EC2 asked to let it send what is not its own", () => {
  const policy = { POLICY: "true", POLICY_BUCKET: BUCKET, POLICY_KEY: "policy.zip" };
  expect({ status: boot({ settings: settings({ MODE: "two-arm", ...policy }) }), log: bootLog() }).toMatchObject({
    status: 0,
  });
  expect(recorded().find((line) => line.includes("install -y"))).toMatch(/ squid-openssl /);
  expect(recorded().at(-1)).toContain("ringfence-proxy.service");
  expect(recorded().at(-1)).toContain("ringfence-source-check.service");
  expect(recorded()).toContain("systemctl mask suricata.service squid.service");
});

describe("a machine that cannot become one says why, and raises the alarm", () => {
  it.each([
    ["a bundle that is not the one that was tested", (): Boot => ({ digest: "0".repeat(64) }), "has another checksum"],
    [
      "a tunnel handler that is not the one that was named",
      (): Boot => ({ settings: settings({ GWLBTUN_SHA256: "0".repeat(64) }) }),
      "has another checksum",
    ],
    [
      "settings that say too little",
      (): Boot => ({ settings: settings({ FLEET: "test-inspection", LIFECYCLE_HOOK: "", VPC_CIDR: "" }) }),
      "says nothing of VPC_CIDR LIFECYCLE_HOOK",
    ],
    [
      "neither the spokes' ranges nor a policy that has them",
      (): Boot => ({ settings: settings({ HOME_NETWORKS: "" }) }),
      "says nothing of HOME_NETWORKS",
    ],
    [
      "two arms that do not know the spokes",
      (): Boot => ({
        settings: settings({
          ...{ MODE: "two-arm", HOME_NETWORKS: "" },
          ...{ POLICY: "true", POLICY_BUCKET: BUCKET, POLICY_KEY: "policy.zip" },
        }),
      }),
      "says nothing of HOME_NETWORKS",
    ],
    [
      "two arms and packets that wait in queues",
      (): Boot => ({ settings: settings({ MODE: "two-arm", ACTION: "ips", ON_FAILURE: "open" }) }),
      "the proxy's connections would pass unseen",
    ],
    [
      "an image that lacks something",
      (): Boot => ({ settings: settings({ IMAGE: "baked" }) }),
      `the image lacks /usr/local/bin/gwlbtun ${AGENT}`,
    ],
  ])("%s", async (_, how, reason) => {
    expect(boot(how())).not.toBe(0);
    expect(bootLog()).toContain(reason);
    expect(recorded().filter((line) => line.includes("enable"))).toEqual([]);
    await until(() => reported() !== undefined, "the report");
    expect(reported()).toMatchObject({
      logGroupName: "/ringfence/test-inspection/boot",
      logStreamName: `${INSTANCE}/failure`,
      Fleet: "test-inspection",
      BootFailed: 1,
      log: expect.stringContaining(reason) as string,
    });
  });
});

it("fetches again what S3 first refuses", () => {
  aws.setAnswers({ "/appliance.zip": [403, 200] });
  expect(boot()).toBe(0);
  expect(
    aws
      .requests()
      .slice(0, 2)
      .map(({ status }) => status),
  ).toEqual([403, 200]);
});

it("keeps the role's keys out of its log", () => {
  boot({ digest: "0".repeat(64) });
  expect(bootLog()).not.toMatch(/secret|session|ASIATEST/);
});
