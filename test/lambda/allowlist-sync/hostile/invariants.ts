/** What must hold whatever happens, by name. */
export const INVARIANTS = {
  equal: "after a pass that nothing disturbed, the sets of a family hold what the table asks for: no more and no less",
  "no-gap": "an address that leaves the sets was not asked for at some moment since the pass began",
  "no-extra": "an address that enters the sets was asked for, in that very extent, at some moment since the pass began",
  order: "what a look at the table adds is in the sets before anything that it removes has gone",
  capacity: "no set holds too much; what finds no room is named and counted, and really has none",
  family: "a set holds addresses of its own family alone",
  guard: "no pass removes more than the limits allow unless exactly that was approved; it adds all the same",
  quiet: "with nothing to do, a pass makes one sweep of lists and one scan, reads no set and writes none",
  others: "a set of somebody else's is never written",
  rate: "no process makes calls of WAF faster than the account's rate allows, whoever else uses it",
  description: "a set's description names the digest and the count of what it holds",
  reported: "what is refused, rejected or held is told by its number, and what changes a set by a record",
  ends: "a pass that nothing disturbs ends well",
} as const;

/** One of {@link INVARIANTS}. */
export type Invariant = keyof typeof INVARIANTS;

/** An invariant was broken. */
export class Violation extends Error {
  override readonly name = "Violation";

  constructor(
    readonly invariant: Invariant,
    readonly detail: string,
  ) {
    super(`"${invariant}" is broken (${INVARIANTS[invariant]}): ${detail}`);
  }
}
