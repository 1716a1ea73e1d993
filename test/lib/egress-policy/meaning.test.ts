import * as fc from "fast-check";

import { compilePolicy, type Fleet } from "../../../lib/egress-policy";
import { attemptsAt, denyingPolicy, NETWORKS } from "../../support/egress-policy/arbitraries";
import { Engine } from "../../support/egress-policy/engine";
import { Kernel } from "../../support/egress-policy/kernel";
import { type Attempt, isAllowed } from "../../support/egress-policy/meaning";

/* What the compiled files do, by interpreters that know no compiler, against what the policy says. */

const FLEET: Fleet = { mode: "one-arm", action: "ips", networks: NETWORKS };

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
    { numRuns: 60 },
  );
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
    { numRuns: 25 },
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
      { numRuns: 25 },
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
      { numRuns: 25 },
    );
  });
});
