import * as fc from "fast-check";

import { compilePolicy, type EgressPolicy, type Fleet } from "../../../lib/egress-policy";
import { attemptsAt, denyingPolicy, NETWORKS } from "../../support/egress-policy/arbitraries";
import { Capture, client, server, type Turn } from "../../support/egress-policy/capture";
import { type Attempt, isAllowed, type Speech } from "../../support/egress-policy/meaning";
import {
  answer,
  hello,
  helloFromServer,
  overTcp,
  question,
  request,
  response,
  secret,
} from "../../support/egress-policy/speech";
import { outcomeOf, sayAll, type Talk } from "../../support/egress-policy/talks";
import { requireSystem } from "../appliance/namespace";
import { KernelWorld } from "./kernel";
import { judge, lay, testRules } from "./suricata";

/* Random policies, and random attempts at them: first packets through the real kernel, and what it lets on by the real Suricata. */

requireSystem();

jest.setTimeout(120_000);

const FLEET: Fleet = { mode: "one-arm", action: "ips", networks: NETWORKS };
const POLICIES = 12;
const ATTEMPTS = 150;

/** No router sends it on. */
const BROADCAST = "255.255.255.255";

/** Printed with each failure: with it in the place of a random one, the same policies and attempts come again. */
const SEED = Math.floor(Math.random() * 2 ** 31);

const samples = fc.sample(
  denyingPolicy.chain((policy) =>
    attemptsAt(policy, ATTEMPTS).map((attempts) => ({
      policy,
      attempts: attempts.filter(({ to }) => to !== BROADCAST),
    })),
  ),
  { seed: SEED, numRuns: POLICIES },
);

let world: KernelWorld;

beforeAll(async () => {
  world = await KernelWorld.create();
});

afterAll(async () => {
  await world.stop();
});

const bytes = (text: string): Buffer => Buffer.from(text, "latin1");

/** What both sides say. */
function turnsOf(says: Speech, protocol: Attempt["protocol"]): readonly Turn[] {
  switch (says.kind) {
    case "tls": {
      const greeting = hello(says.name === undefined ? undefined : bytes(says.name));
      return [client(greeting), server(helloFromServer()), client(secret()), server(secret())];
    }
    case "http":
      return [client(Buffer.concat(says.hosts.map((host) => request(host)))), server(response())];
    case "dns": {
      const [asked, answered] = [question(says.name), answer(says.name)];
      return protocol === "udp"
        ? [client(asked), server(answered)]
        : [client(overTcp(asked)), server(overTcp(answered))];
    }
    case "noise":
      return [client(bytes("\0\x01\x02\x03 nothing that anybody knows")), server(bytes("nor this"))];
  }
}

const talkOf = ({ from, to, protocol, port, says }: Attempt): Talk => ({
  protocol: protocol === "tcp" ? "tcp" : "udp",
  from,
  to,
  port,
  turns: turnsOf(says, protocol),
});

/** Attempts of which the appliance thinks otherwise than the policy. */
function mistakes(policy: EgressPolicy, attempts: readonly Attempt[]) {
  const { files } = compilePolicy(policy, FLEET);
  expect({ seed: SEED, kernel: world.load(files["policy.nft"] ?? "") }).toEqual({ seed: SEED, kernel: "" });
  const letOn = world.letsOn(attempts);
  // What the kernel does not let on never gets to Suricata.
  const heard = [...letOn].filter(({ protocol }) => protocol !== "icmp");
  lay(world.machine, files);
  const capture = new Capture();
  const sent = sayAll(capture, heard.map(talkOf));
  const { isDropped } = judge(world.machine, capture);
  const dropped = new Set(heard.filter((_, index) => outcomeOf(sent[index] ?? [], isDropped) !== "passes"));
  const passes = (attempt: Attempt): boolean => letOn.has(attempt) && !dropped.has(attempt);
  return attempts
    .filter((attempt) => passes(attempt) !== isAllowed(policy, NETWORKS, attempt))
    .map((attempt) => ({ seed: SEED, passes: passes(attempt), attempt, policy }));
}

test.each(samples.map((sample, index) => ({ index, ...sample })))(
  "policy $index: what it allows passes, and nothing else",
  ({ policy, attempts }) => {
    expect(mistakes(policy, attempts)).toEqual([]);
  },
);

test("every rule of each loads", () => {
  for (const { policy } of samples.slice(0, 3)) {
    for (const fleet of [FLEET, { ...FLEET, mode: "two-arm" }] as const) {
      const { files } = compilePolicy(policy, fleet);
      lay(world.machine, files);
      expect({ seed: SEED, said: testRules(world.machine) }).toEqual({ seed: SEED, said: "" });
    }
  }
});
