import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { METRIC_NAMESPACE } from "../../../../lib/aws/inspection/appliance-contract";
import {
  InspectionAlarms,
  type InspectionAlarmsProps,
  inspectionWidgets,
  logTables,
  type WatchedFleet,
} from "../../../../lib/aws/inspection/inspection-alarms";
import { alarmNamed, alarmsOf, built, isFaulty, unpublished, watchedBy } from "../cloudwatch";
import { objectOf, objectsOf } from "../../../support/json";

const APPLIANCE = resolve(__dirname, "../../../../appliance");
const TOPICS = ["arn:aws:sns:eu-central-1:111122223333:alarms"];

const FLEET: WatchedFleet = {
  name: "test-inspection",
  namespace: METRIC_NAMESPACE,
  balancer: "gateway/test/1",
  targetGroup: "targetgroup/test/2",
  zones: { a: "eu-central-1a", b: "eu-central-1b" },
  hasPolicy: true,
  mode: "one-arm",
};
const GROUPS = ["test-inspection-a", "test-inspection-b"];

const BOOT_SECONDS = 700;

const builtFor = (differences: Pick<InspectionAlarmsProps, "hasPolicy" | "onFailure"> & Partial<WatchedFleet>) =>
  built((stack) => {
    new InspectionAlarms(stack, "alarms", {
      ...FLEET,
      ...differences,
      rulesMaxAgeDays: 7,
      bootSeconds: BOOT_SECONDS,
      attachment: { fqn: "aws_ec2_transit_gateway_vpc_attachment.zones" },
      topicArns: TOPICS,
    });
  });

const watching = builtFor({ hasPolicy: false });
const passing = builtFor({ hasPolicy: false, onFailure: "open" });
const template = builtFor({ hasPolicy: true, onFailure: "closed" });
const named = (name: string, among = template) => alarmNamed(among, `test-inspection-${name}`);
const namesIn = (among: typeof template): readonly string[] =>
  [...alarmsOf(among).keys()].map((name) => name.replace(/^test-inspection-/, "")).sort();

/** What appliances themselves write, by the texts of the programs that write it. */
const WRITTEN = ["bin/health.py", "bin/machine.py", "bin/fetch_policy.py", "user-data.sh"]
  .map((file) => readFileSync(join(APPLIANCE, file), "utf8"))
  .join("\n");

const isWritten = (metric: string): boolean => WRITTEN.includes(`"${metric}"`);

const ALWAYS = [
  "failed-boots",
  "lost-packets",
  "no-healthy-appliance-a",
  "no-healthy-appliance-b",
  "old-rules",
  "refused-connections",
  "unhealthy-appliances",
];
const OF_CONNECTIONS = ["full-connection-table"];
const OF_POLICY = [...OF_CONNECTIONS, "rejected-policy", "stale-policy"];

test.each([
  ["that watches", watching, [...ALWAYS, "dropped-packets"]],
  ["that lets packets on without Suricata", passing, [...ALWAYS, "uninspected-packets"]],
  ["that drops them", builtFor({ hasPolicy: false, onFailure: "closed" }), [...ALWAYS, "refused-packets"]],
  ["with a policy", template, [...ALWAYS, ...OF_POLICY, "refused-packets"]],
  ["with two arms", builtFor({ hasPolicy: false, mode: "two-arm" }), [...ALWAYS, ...OF_CONNECTIONS, "dropped-packets"]],
  [
    "with two arms and a policy",
    builtFor({ hasPolicy: true, mode: "two-arm" }),
    [...ALWAYS, ...OF_POLICY, "dropped-packets"],
  ],
])("each of a fleet %s is named after it, tells the topics, and says what to do", (_, among, expected) => {
  expect(namesIn(among)).toEqual([...expected].sort());
  for (const [name, alarm] of alarmsOf(among)) {
    expect(name).toMatch(/^test-inspection-/);
    expect(alarm).toMatchObject({ alarm_actions: TOPICS, ok_actions: TOPICS });
    expect(alarm.alarm_description).toMatch(/^[\x20-\x7e]{80,1024}$/);
  }
});

test("the first appliances that start are no reason to wake anybody, and one that fails to is", () => {
  for (const zone of ["a", "b"]) {
    expect(named(`no-healthy-appliance-${zone}`).depends_on).toEqual(["aws_ec2_transit_gateway_vpc_attachment.zones"]);
  }
  expect(named("failed-boots").depends_on).toBeUndefined();
});

test("an appliance that starts is no reason to wake anybody", () => {
  const { evaluation_periods, period } = named("unhealthy-appliances");
  expect(Number(evaluation_periods) * Number(period)).toBeGreaterThan(BOOT_SECONDS + Number(period));
});

const LINES = inspectionWidgets(FLEET, GROUPS).flatMap((widget) =>
  widget.metrics.map((line) => ({ ...line, statistic: line.statistic ?? widget.statistic })),
);

test("alarms and charts look at what AWS and the appliances publish, with exactly these dimensions", () => {
  const alarms = [template, watching, passing].flatMap((among) => [...alarmsOf(among).values()]);
  const watched = [...alarms.flatMap(watchedBy), ...LINES];
  const own = watched.filter(({ namespace }) => namespace === METRIC_NAMESPACE);
  expect(own.length).toBeGreaterThan(0);
  for (const { name, dimensions } of own) {
    expect([name, isWritten(name)]).toEqual([name, true]);
    expect(dimensions).toEqual({ Fleet: "test-inspection" });
  }
  // In user data, and once for all programs.
  expect(WRITTEN.match(/"Ringfence\/[^"]+"/g)).toEqual(Array(2).fill(`"${METRIC_NAMESPACE}"`));
  expect(unpublished(watched.filter(({ namespace }) => namespace !== METRIC_NAMESPACE))).toEqual([]);
});

test("alarms and charts of the balancer are of this one, its targets and its zones", () => {
  const watched = [...[...alarmsOf(template).values()].flatMap(watchedBy), ...LINES];
  for (const { dimensions } of watched.filter(({ namespace }) => namespace === "AWS/GatewayELB")) {
    expect(dimensions).toMatchObject({ LoadBalancer: "gateway/test/1" });
    expect([undefined, "targetgroup/test/2"]).toContain(dimensions.TargetGroup);
    expect([undefined, ...Object.values(FLEET.zones)]).toContain(dimensions.AvailabilityZone);
  }
});

test.each([
  ["ActiveFlowCount", "Maximum"],
  ["NewFlowCount", "Sum"],
  ["HealthyHostCount", "Minimum"],
  ["ProcessedBytes", "Sum"],
  ["RulesetAgeDays", "Maximum"],
  ["GeneveDrops", "Sum"],
])("%s is shown as %s", (name, statistic) => {
  expect(LINES).toContainEqual(expect.objectContaining({ name, statistic }));
});

describe("no healthy appliance in a zone", () => {
  const alarm = named("no-healthy-appliance-b");

  it("is told within two minutes, by the most that were healthy in each", () => {
    const [{ dimensions, statistic } = { dimensions: {}, statistic: "" }] = watchedBy(alarm);
    expect(statistic).toBe("Maximum");
    expect(dimensions).toMatchObject({ AvailabilityZone: "eu-central-1b" });
    const [measured] = objectsOf(alarm.metric_query).filter(({ metric }) => metric !== undefined);
    expect(Number(objectOf(measured?.metric).period) * Number(alarm.evaluation_periods)).toBeLessThanOrEqual(120);
  });

  it.each([
    ["one is healthy", 1, false],
    ["two are", 2, false],
    ["none is", 0, true],
    ["nobody knows", undefined, true],
  ])("%s", (_, healthy, expected) => {
    expect(isFaulty(alarm, { healthy })).toBe(expected);
  });
});

describe.each([
  ["dropped-packets", "KernelDrops", 10_000, watching],
  ["refused-packets", "KernelDrops", 1_000, template],
  ["uninspected-packets", "PacketsUnseen", 10_000, passing],
  ["lost-packets", "GeneveDrops", 1_000, template],
])("%s", (name, metric, missing, among) => {
  const alarm = named(name, among);
  const seen = 990_000;

  it(`relates ${metric} to what was seen, each counted, for a quarter of an hour`, () => {
    const watched = watchedBy(alarm).map((one) => `${one.statistic} of ${one.name}`);
    expect(watched.sort()).toEqual([`Sum of ${metric}`, "Sum of PacketsSeen"].sort());
    expect(alarm.evaluation_periods).toBe(3);
  });

  it.each([
    ["as many as are too many", { seen, missing }, true],
    ["a few less", { seen, missing: missing * 0.9 }, false],
    ["none", { seen, missing: 0 }, false],
    ["all", { seen: 0, missing: 5 }, true],
    ["no packet", { seen: 0, missing: 0 }, false],
    ["no appliance", { seen: undefined, missing: undefined }, false],
  ])("%s", (_, period, expected) => {
    expect(isFaulty(alarm, period)).toBe(expected);
  });
});

test.each([
  ["unhealthy-appliances", "UnHealthyHostCount", "Maximum", 1],
  ["old-rules", "RulesetAgeDays", "Maximum", 7],
  ["failed-boots", "BootFailed", "Sum", 1],
  ["refused-connections", "ConntrackDrops", "Sum", 1],
  ["rejected-policy", "PolicyRejected", "Sum", 1],
  ["stale-policy", "PolicyAgeSeconds", "Maximum", 900],
  ["full-connection-table", "ConnectionTablePercent", "Maximum", 80],
])("%s looks at %s by its %s, from %d on", (name, metric_name, statistic, threshold) => {
  expect(named(name)).toMatchObject({
    metric_name,
    statistic,
    threshold,
    comparison_operator: "GreaterThanOrEqualToThreshold",
    treat_missing_data: "notBreaching",
  });
});

describe("what is found in logs", () => {
  const tables = logTables(FLEET);

  it("is what the policy denies, and which one is at work", () => {
    expect(tables.map(({ logGroup }) => logGroup)).toEqual([
      "/ringfence/test-inspection/policy",
      "/ringfence/test-inspection/health",
    ]);
  });

  it("goes by fields that appliances write", () => {
    const programs = ["bin/denials.py", "bin/health.py"].map((file) => readFileSync(join(APPLIANCE, file), "utf8"));
    const [denials = "", health = ""] = programs;
    for (const field of ["verdict", "spoke", "name", "destination", "protocol", "port"]) {
      expect(tables[0]?.query.join("\n")).toContain(field);
      expect(denials).toContain(`"${field}"`);
    }
    expect(tables[1]?.query[0]).toBe("filter ispresent(policy)");
    expect(health).toContain('"policy"');
  });

  it("is shown of fleets with a policy only", () => {
    const without = { ...FLEET, hasPolicy: false };
    expect(logTables(without)).toEqual([]);
    const ofPolicy = (fleet: WatchedFleet): readonly string[] =>
      inspectionWidgets(fleet, GROUPS)
        .flatMap(({ metrics }) => metrics.map(({ name }) => name))
        .filter((name) => /Policy|Table/.test(name));
    expect(ofPolicy(without)).toEqual([]);
    expect(ofPolicy(FLEET)).toEqual(["PolicyAgeSeconds", "ConnectionTablePercent"]);
    expect(ofPolicy({ ...without, mode: "two-arm" })).toEqual(["ConnectionTablePercent"]);
  });

  it("is with two arms the proxy's log as well, by fields that it writes", () => {
    const groupsOf = (fleet: WatchedFleet) => logTables(fleet).map(({ logGroup }) => logGroup.replace(/^.*\//, ""));
    const two: WatchedFleet = { ...FLEET, mode: "two-arm" };
    expect(groupsOf(two)).toEqual(["proxy", "policy", "health"]);
    expect(groupsOf({ ...two, hasPolicy: false })).toEqual(["proxy"]);
    const [form = ""] =
      /^logformat connections .*$/m.exec(readFileSync(join(APPLIANCE, "etc/squid.conf"), "utf8")) ?? [];
    const written = [...form.matchAll(/"(\w+)":/g)].map(([, field]) => field);
    const query = logTables(two)[0]?.query.join(" ") ?? "";
    const asked = query.replace(/"[^"]*"/g, "").match(/\b[a-z]+(_[a-z]+)*\b/g) ?? [];
    const words = [
      "filter",
      "in",
      "not",
      "or",
      "stats",
      "count",
      "as",
      "times",
      "latest",
      "timestamp",
      "last",
      "by",
      "sort",
    ];
    const fields = asked.filter((word) => ![...words, "desc", "limit"].includes(word));
    expect(fields.filter((field) => !written.includes(field))).toEqual([]);
    expect(fields).toEqual(expect.arrayContaining(["verdict", "error", "spoke", "name", "host", "server_port"]));
    const verdicts = readFileSync(join(APPLIANCE, "bin/allowed_names.py"), "utf8");
    for (const [, verdict = ""] of query.matchAll(/"([a-z-]{2,})"/g)) expect(verdicts).toContain(`verdict_=${verdict}`);
  });
});
