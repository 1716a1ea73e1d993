import type { FakeItem } from "../../../support/aws";
import type { Stage } from "./stage";
import { digestOf } from "./watch";

const ID = "ringfence:approval";
const HOUR = 60 * 60;
/** Approvals that stand at the same time; the function looks at no more than twenty. */
const MOST = 15;

/** An operator puts an approval of what would go now, or gets it wrong, or takes one back. */
export function approve(stage: Stage): string {
  const { random, approvals, watch, model, clock } = stage;
  if (random.chance(0.15) || approvals.keys().length === MOST) return withdraw(stage);
  const plan = watch.admitted().filter((address) => !model.isAsked(address));
  const isRight = random.chance(0.7);
  const digest = isRight ? digestOf(plan) : digestOf([`made up ${random.below(1_000)}`]);
  const nowSeconds = Math.floor(clock.now() / 1000);
  const expires = random.pick([
    nowSeconds + 10,
    nowSeconds + HOUR,
    nowSeconds + 12 * HOUR,
    nowSeconds,
    nowSeconds - HOUR,
  ]);
  const seconds = random.chance(0.1) ? nowSeconds + 48 * HOUR : random.chance(0.1) ? undefined : expires;
  putApproval(stage, digest, seconds, isRight ? plan : undefined);
  return `approve ${isRight ? `${plan.length} removals` : "what nobody plans"} for ${(seconds ?? NaN) - nowSeconds} s`;
}

/**
 * Puts an approval into the table.
 *
 * @param seconds when it ends, in seconds since 1970
 * @param plan what the digest stands for, if it is that of a plan
 */
export function putApproval(
  { ledger, approvals }: Stage,
  digest: string,
  seconds: number | undefined,
  plan: readonly string[] | undefined,
): void {
  const item: FakeItem = {
    id: { S: ID },
    ips: { S: digest },
    approvedBy: { S: "hostile" },
    ...(seconds !== undefined && { expires: { N: String(seconds) } }),
  };
  ledger.put(item);
  // With the hash key alone there is one approval at a time.
  approvals.put(ledger.isComposite ? digest : ID, digest, (seconds ?? NaN) * 1000, plan);
}

function withdraw({ random, approvals, ledger }: Stage): string {
  const keys = approvals.keys();
  if (keys.length === 0) return "no approval to take back";
  const key = random.pick(keys);
  approvals.remove(key);
  ledger.delete({ id: { S: ID }, ips: { S: key } });
  return "take an approval back";
}
