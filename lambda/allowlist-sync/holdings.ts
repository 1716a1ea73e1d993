import { parseCidr } from "../../lib/addresses";
import { FAMILIES, ipSetName, type Family } from "./contract";
import type { Deadline } from "./deadline";
import { addressesIn, describeContent, parseDescription, textDigest, textOf } from "./description";
import { perFamily, type PerFamily } from "./families";
import type { Knowledge } from "./knowledge";
import type { IpSets, ListedSet } from "./waf";

/** A managed set and what it holds. */
export interface HeldSet {
  readonly family: Family;
  readonly listed: ListedSet;
  /** Its content as one text, see `textOf`. */
  readonly text: string;
  readonly addresses: readonly string[];
}

/** All managed sets, in order of their slots. */
export type Holdings = PerFamily<readonly HeldSet[]>;

/** Hears what reading a set brought to light. */
export interface HoldingsReporter {
  /** The addresses of a set were read from WAF. */
  setRead(): void;
  /** Sets that rules refer to and that do not exist. */
  setsMissing(names: readonly string[]): void;
  /** A set that does not hold what this function had written, which was `expected` if that is still known. */
  drift(set: ListedSet, text: string, expected: string | undefined): void;
}

/** What finding the holdings takes. */
export interface HoldingsDependencies {
  readonly sets: IpSets;
  readonly knowledge: Knowledge;
  readonly ipSetPrefix: string;
  /** How many sets of each family rules refer to: slots from 0 on. */
  readonly slots: PerFamily<number>;
  /** Whether to read what the sets really hold, whatever is known of them. */
  readonly audits: boolean;
  readonly deadline: Deadline;
  readonly reporter: HoldingsReporter;
}

/**
 * Finds all managed sets and what they hold: one sweep of lists, and a read of WAF for each set of which nothing reliable is known.
 *
 * @param seen lock tokens under which this pass knows sets already, in an audit too; grows
 * @throws Error when a family has no set
 */
export async function findHoldings(dependencies: HoldingsDependencies, seen: Set<string>): Promise<Holdings> {
  const { sets, knowledge, ipSetPrefix, audits } = dependencies;
  const listed = new Map((await sets.list(`${ipSetPrefix}-`)).map((set) => [set.name, set]));
  const all = FAMILIES.flatMap((family) => presentSlots(family, dependencies, listed).map((set) => ({ family, set })));
  const recalled = await Promise.all(
    all.map(async ({ set }) => (audits && !seen.has(set.lockToken) ? undefined : await knowledge.recall(set))),
  );
  const held: HeldSet[] = [];
  for (const [index, { family, set }] of all.entries()) {
    const text = recalled[index];
    if (text !== undefined) held.push({ family, listed: set, text, addresses: addressesIn(text) });
    else held.push(await readSet(dependencies, family, set, seen));
  }
  return perFamily((family) => held.filter((set) => set.family === family));
}

/** Whether the set's description is the one that its content asks for. */
export function isDescribed({ listed, text, addresses }: HeldSet): boolean {
  return listed.description === describeContent({ digest: textDigest(text), count: addresses.length });
}

/** The sets of a family that are there. What a missing one held goes into the others, if they have room. */
function presentSlots(
  family: Family,
  { ipSetPrefix, slots, reporter }: HoldingsDependencies,
  listed: ReadonlyMap<string, ListedSet>,
): readonly ListedSet[] {
  const names = Array.from({ length: slots[family] }, (_, slot) => ipSetName(ipSetPrefix, family, slot));
  const present = names.flatMap((name) => listed.get(name) ?? []);
  if (present.length === 0) throw new Error(`IP set ${names[0] ?? ""} does not exist: has the stack been deployed?`);
  const missing = names.filter((name) => !listed.has(name));
  if (missing.length > 0) reporter.setsMissing(missing);
  return present;
}

async function readSet(
  { sets, knowledge, reporter }: HoldingsDependencies,
  family: Family,
  set: ListedSet,
  seen: Set<string>,
): Promise<HeldSet> {
  // What is read may be newer than the list, and so may its token; both are older than the reading of the table that follows.
  const { set: listed, addresses: spelled } = await sets.read(set);
  reporter.setRead();
  const text = textOf(spelled.map(canonical));
  const described = parseDescription(listed.description);
  // A new set is empty, whoever described it; every other content should be the one that was described.
  const isNew = async (): Promise<boolean> => text === "" && ((await knowledge.last(listed.name)) ?? "") === "";
  const isAsWritten = described === undefined ? await isNew() : described.digest === textDigest(text);
  if (!isAsWritten) reporter.drift(listed, text, await knowledge.described(listed));
  knowledge.remember(listed, text);
  seen.add(listed.lockToken);
  return { family, listed, text, addresses: addressesIn(text) };
}

/** WAF may spell an IPv6 range differently from how it was sent. What cannot be parsed is kept as it is: unclaimed. */
function canonical(address: string): string {
  const parsed = parseCidr(address);
  return parsed.ok ? parsed.cidr.text : address;
}
