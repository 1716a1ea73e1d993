import * as fc from "fast-check";

import { compilePolicy, type EgressPolicy, type Fleet } from "../../../lib/egress-policy";
import { attemptsAt, denyingPolicy, NETWORKS } from "../../support/egress-policy/arbitraries";
import { Engine } from "../../support/egress-policy/engine";
import { Kernel } from "../../support/egress-policy/kernel";
import { type Attempt, isAllowed } from "../../support/egress-policy/meaning";

/* What the compiled files do, by interpreters that know no compiler, against what the policy says. */

const FLEET: Fleet = { mode: "one-arm", action: "ips", networks: NETWORKS };

const NOTHING: EgressPolicy = { default: "deny", discovery: false, allowDomains: [], allowCidrs: [], spokes: {} };

/** A policy with what somebody tries under it. */
const tried = denyingPolicy.chain((policy) => attemptsAt(policy, 30).map((attempts) => ({ policy, attempts })));

/** Kernel and Suricata of one appliance. */
function applianceOf(files: Readonly<Record<string, string>>) {
  const kernel = new Kernel(files["policy.nft"] ?? "");
  const engine = new Engine(files);
  return (attempt: Attempt) => {
    const { passes, logged } = kernel.judge(attempt);
    const { passes: isLetOn, messages } = engine.judge(attempt);
    return { passes: passes && isLetOn, isReported: logged !== undefined || (passes && messages.length > 0) };
  };
}

test("what a policy allows passes, and nothing else", () => {
  fc.assert(
    fc.property(tried, ({ policy, attempts }) => {
      const judge = applianceOf(compilePolicy(policy, FLEET).files);
      for (const attempt of attempts) {
        const allowed = isAllowed(policy, NETWORKS, attempt);
        expect({ attempt, passes: judge(attempt).passes }).toEqual({ attempt, passes: allowed });
      }
    }),
    { numRuns: 40 },
  );
});

test.each([
  ["good.example.org", true],
  ["a.example.com", true],
  ["b.a.example.com", true],
  ["example.com", false],
  [".example.com", false],
  ["..example.com", false],
  ["a..example.com", false],
  [".a.example.com", false],
  ["b..a.example.com", false],
  ["aexample.com", false],
  ["a.example.com.", false],
  ["a.example.com\n", false],
  ["example.com.a", false],
  ["a.good.example.org", false],
  ["ood.example.org", false],
  ["", false],
])("*.example.com and good.example.org let %j pass: %s", (name, expected) => {
  const policy = { ...NOTHING, allowDomains: ["*.example.com", "good.example.org"] };
  const attempt: Attempt = {
    from: "10.20.0.1",
    to: "192.0.2.1",
    protocol: "tcp",
    port: 443,
    says: { kind: "tls", name },
  };
  expect(isAllowed(policy, NETWORKS, attempt)).toBe(expected);
  expect(applianceOf(compilePolicy(policy, FLEET).files)(attempt).passes).toBe(expected);
});

test("in a rehearsal everything passes, and what would be denied is reported", () => {
  fc.assert(
    fc.property(tried, ({ policy, attempts }) => {
      const judge = applianceOf(compilePolicy({ ...policy, discovery: true }, FLEET).files);
      for (const attempt of attempts) {
        const verdict = { passes: true, isReported: !isAllowed(policy, NETWORKS, attempt) };
        expect({ attempt, ...judge(attempt) }).toEqual({ attempt, ...verdict });
      }
    }),
    { numRuns: 15 },
  );
});

test("a policy that alerts is the rehearsal of one that denies", () => {
  fc.assert(
    fc.property(denyingPolicy, (policy) => {
      const rehearsed = compilePolicy({ ...policy, discovery: true }, FLEET);
      expect(compilePolicy({ ...policy, default: "alert" }, FLEET)).toEqual(rehearsed);
    }),
    { numRuns: 10 },
  );
});

test("an appliance that gets a copy lets everything pass, and reports what a policy does not allow", () => {
  fc.assert(
    fc.property(tried, ({ policy, attempts }) => {
      const judge = applianceOf(compilePolicy({ ...policy, default: "alert" }, { ...FLEET, action: "ids" }).files);
      for (const attempt of attempts) {
        const verdict = { passes: true, isReported: !isAllowed(policy, NETWORKS, attempt) };
        expect({ attempt, ...judge(attempt) }).toEqual({ attempt, ...verdict });
      }
    }),
    { numRuns: 15 },
  );
});

describe("with two arms", () => {
  const web = (attempt: Attempt): boolean => attempt.protocol === "tcp" && [80, 443].includes(attempt.port);

  test("names of the web are the proxy's, and Suricata decides on those of DNS", () => {
    fc.assert(
      fc.property(tried, ({ policy, attempts }) => {
        const judge = applianceOf(compilePolicy(policy, { ...FLEET, mode: "two-arm" }).files);
        for (const attempt of attempts.filter((one) => !web(one))) {
          const allowed = isAllowed(policy, NETWORKS, attempt);
          expect({ attempt, passes: judge(attempt).passes }).toEqual({ attempt, passes: allowed });
        }
      }),
      { numRuns: 15 },
    );
  });

  test("where Suricata drops nothing, no name opens port 53", () => {
    fc.assert(
      fc.property(tried, ({ policy, attempts }) => {
        const judge = applianceOf(compilePolicy(policy, { ...FLEET, mode: "two-arm", action: "ids" }).files);
        for (const attempt of attempts.filter((one) => !web(one))) {
          const byAddress = isAllowed(policy, NETWORKS, { ...attempt, says: { kind: "noise" } });
          expect({ attempt, passes: judge(attempt).passes }).toEqual({ attempt, passes: byAddress });
        }
      }),
      { numRuns: 15 },
    );
  });
});
