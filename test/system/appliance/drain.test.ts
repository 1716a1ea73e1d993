import { Aws, INSTANCE } from "./aws";
import { type Namespace, requireSystem, type Running, until } from "./namespace";
import { makeAppliance, startUnit } from "./world";

/* How a machine goes. Auto Scaling and the instance's metadata are stand-ins that check tokens and signatures. */

requireSystem();

jest.setTimeout(30_000);

const PROGRAMS = "/repository/test/system/appliance/programs";

let machine: Namespace;
let aws: Aws;
let drain: Running;

async function begin(changed: Readonly<Record<string, string>> = {}): Promise<void> {
  machine = await makeAppliance({
    DRAIN_POLL_SECONDS: "0.1",
    DRAIN_QUIET_SECONDS: "1",
    DRAIN_SHIP_SECONDS: "0.2",
    DRAIN_RETRY_SECONDS: "0.2",
    ...changed,
  });
  aws = await Aws.start(machine);
  machine.sh("ip tuntap add gwi-a mode tun && ip link set gwi-a up");
  // What drain asks of systemd, which does not run here.
  machine.write("/usr/local/bin/systemctl", '#!/bin/sh\necho "$*" >>/tmp/systemctl\n', "755");
  drain = startUnit(machine, "ringfence-drain.service");
}

afterEach(async () => {
  await aws.stop();
  await machine.stop();
});

function completed(): readonly Readonly<Record<string, string>>[] {
  return aws
    .requests()
    .filter(({ status }) => status === 200)
    .map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
}

function isDraining(): boolean {
  return machine.run(["test", "-e", "/run/ringfence/draining"]).status === 0;
}

it("does nothing as long as the machine is wanted", async () => {
  await begin();
  machine.sh("sleep 1");
  expect(isDraining()).toBe(false);
  expect(aws.requests()).toEqual([]);
});

it("says 503 first, waits for quiet, has the last written down, and lets Auto Scaling go on", async () => {
  await begin();
  aws.setMetadata("Terminated");
  await until(isDraining, "503");
  expect(aws.requests()).toEqual([]);
  // As long as packets come it is not quiet.
  for (let times = 0; times < 4; times += 1) machine.sh(`python3 ${PROGRAMS}/pour.py gwi-a 1 && sleep 0.4`);
  expect(completed()).toEqual([]);
  await until(() => completed().length > 0, "the end of the lifecycle action");
  expect(completed()).toEqual([
    {
      Action: "CompleteLifecycleAction",
      Version: "2011-01-01",
      AutoScalingGroupName: "test-inspection-b",
      LifecycleHookName: "drain",
      InstanceId: INSTANCE,
      LifecycleActionResult: "CONTINUE",
    },
  ]);
  expect(machine.read("/tmp/systemctl").trim()).toBe("stop ringfence-suricata.service");
  await until(() => drain.process.exitCode === 0, "its end");
});

it("ends before the heartbeat does, though packets still come", async () => {
  await begin({ HEARTBEAT_SECONDS: "32" });
  const stream = machine.start(["bash", "-c", `while :; do python3 ${PROGRAMS}/pour.py gwi-a 1; sleep 0.1; done`]);
  aws.setMetadata("Terminated");
  await until(() => completed().length > 0, "the end of the lifecycle action");
  expect(drain.output()).toContain("packets still come, and there is no more time");
  await stream.stop("SIGKILL");
});

it("tries again until Auto Scaling has come to its hook", async () => {
  await begin();
  aws.setAnswers({ CompleteLifecycleAction: [400, 500] });
  aws.setMetadata("Terminated");
  await until(() => completed().length > 0, "the end of the lifecycle action");
  expect(aws.requests().map(({ status }) => status)).toEqual([400, 500, 200]);
  expect(drain.output()).toContain("Auto Scaling refused: 400");
});

it("keeps the role's keys out of its log", async () => {
  await begin();
  aws.setAnswers({ CompleteLifecycleAction: [400] });
  aws.setMetadata("Terminated");
  await until(() => completed().length > 0, "the end of the lifecycle action");
  expect(drain.output()).not.toMatch(/secret|session|ASIATEST/);
});
