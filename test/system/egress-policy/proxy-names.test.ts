import * as fc from "fast-check";

import { compilePolicy, type EgressPolicy } from "../../../lib/egress-policy";
import { attemptsAt, denyingPolicy, NETWORKS } from "../../support/egress-policy/arbitraries";
import { type Attempt, isAllowed } from "../../support/egress-policy/meaning";
import { Namespace, requireSystem } from "../appliance/namespace";

/* The program that the proxy asks about names, by the compiler's file, against what policies mean. */

requireSystem();

const SEED = Number(process.env.SEED ?? 20261123);
const FOLDER = "/var/lib/ringfence/policy/current";

let machine: Namespace;

beforeAll(async () => {
  machine = await Namespace.create();
});

afterAll(async () => {
  await machine.stop();
});

interface Question {
  readonly client: string;
  readonly name: string;
}

/** What the program says, and which of it is a yes. */
function answers(
  policy: EgressPolicy,
  questions: readonly Question[],
): { readonly said: readonly string[]; readonly yes: readonly boolean[] } {
  const { files } = compilePolicy(policy, { mode: "two-arm", action: "ids", networks: NETWORKS });
  machine.write(`${FOLDER}/squid-domains.json`, files["squid-domains.json"] ?? "");
  return ask(questions.map(({ client, name }) => `${client} ${encodeURIComponent(name)}`));
}

function ask(lines: readonly string[]): { readonly said: readonly string[]; readonly yes: readonly boolean[] } {
  const input = lines.map((line, index) => `${index} ${line}\n`).join("");
  const { stdout, stderr } = machine.run(["/repository/appliance/bin/allowed_names.py"], {
    input,
    variables: { POLICY: "true" },
  });
  const said = stdout.trim().split("\n");
  if (said.length !== lines.length) throw new Error(`${said.length} answers to ${lines.length} questions: ${stderr}`);
  said.forEach((answer, index) => {
    expect(answer).toMatch(new RegExp(`^${index} (OK|ERR) `));
  });
  return { said, yes: said.map((answer) => answer.split(" ")[1] === "OK") };
}

/** One attempt with one name, as the proxy would have it decided. */
const nameOf = ({ says }: Attempt): string | undefined => {
  if (says.kind === "tls") return says.name;
  return says.kind === "http" && says.hosts.length === 1 ? says.hosts[0] : undefined;
};

const samples = fc.sample(
  denyingPolicy.chain((policy) => attemptsAt(policy, 60).map((attempts) => ({ policy, attempts }))),
  { numRuns: 25, seed: SEED },
);

it("says yes to what a policy allows, and to nothing else", () => {
  let compared = 0;
  for (const { policy, attempts } of samples) {
    const byName: EgressPolicy = {
      ...policy,
      allowCidrs: [],
      spokes: Object.fromEntries(
        Object.entries(policy.spokes).map(([name, own]) => [name, { ...own, allowCidrs: [] }]),
      ),
    };
    const questions = attempts.flatMap((attempt) => {
      const name = nameOf(attempt);
      return name === undefined || name === "" ? [] : [{ client: attempt.from, name }];
    });
    const expected = questions.map(({ client, name }) =>
      isAllowed(byName, NETWORKS, {
        from: client,
        to: "192.0.2.1",
        protocol: "tcp",
        port: 443,
        says: { kind: "tls", name },
      }),
    );
    expect({ seed: SEED, policy: byName, questions, yes: answers(policy, questions).yes }).toEqual({
      seed: SEED,
      policy: byName,
      questions,
      yes: expected,
    });
    compared += expected.filter(Boolean).length;
  }
  expect(compared).toBeGreaterThan(20);
});

const POLICY: EgressPolicy = {
  default: "deny",
  discovery: false,
  allowDomains: ["*.example.com"],
  allowCidrs: [],
  spokes: {},
};
const CLIENT = (Object.values(NETWORKS)[0]?.[0] ?? "").split("/")[0] ?? "";

it.each([
  ["a.example.com", true],
  ["A.EXAMPLE.com", true],
  ["example.com", false],
  ["a..example.com", false],
  [".example.com", false],
  ["a.example.com.", false],
  ["-", false],
  ["a.example.com\0.evil.test", false],
  ["a.example.com evil", false],
])("%j: %s", (name, allowed) => {
  expect(answers(POLICY, [{ client: CLIENT, name }]).yes).toEqual([allowed]);
});

it("says no to what it cannot read, and goes on", () => {
  answers(POLICY, [{ client: CLIENT, name: "a.example.com" }]);
  expect(ask(["no-address a.example.com", "10.0.0.1", `${CLIENT} a.example.com`]).yes).toEqual([false, false, true]);
  machine.write(`${FOLDER}/squid-domains.json`, '{"version":2}');
  expect(ask([`${CLIENT} a.example.com`]).yes).toEqual([false]);
});

it.each([
  ["what the compiler writes", undefined, 0],
  ["no JSON", "{", 1],
  ["another version", '{"version":2}', 1],
  ["a list that is missing", '{"version":1,"denies":true,"everybody":{"exact":[]},"spokes":{}}', 1],
  [
    "a range that is none",
    '{"version":1,"denies":true,"everybody":{"exact":[],"below":[]},"spokes":{"a":{"networks":["x"],"exact":[],"below":[]}}}',
    1,
  ],
])("knows whether a file can be read: %s", (_, text, expected) => {
  answers(POLICY, [{ client: CLIENT, name: "a.example.com" }]);
  const file = `${FOLDER}/squid-domains.json`;
  if (text !== undefined) machine.write(file, text);
  const variables = { POLICY: "true" };
  expect(machine.run(["/repository/appliance/bin/allowed_names.py", "check", file], { variables }).status).toBe(
    expected,
  );
});

it("lets everything pass in a rehearsal, and says what it would not have", () => {
  const { said } = answers({ ...POLICY, discovery: true }, [
    { client: CLIENT, name: "a.example.com" },
    { client: CLIENT, name: "evil.test" },
  ]);
  expect(said[0]).toMatch(/OK verdict_=allowed/);
  expect(said[1]).toMatch(/OK verdict_=would-deny/);
});
