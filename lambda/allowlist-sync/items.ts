import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { parseAdmitted, type Cidr } from "../../lib/addresses";
import { approvalIn, type Approval } from "./approval";
import { APPROVAL, ATTRIBUTES, RESERVED_ID_PREFIX } from "./contract";
import { perFamily, type PerFamily } from "./families";
import { excerpt } from "./log";

/** An entry of the table that cannot be admitted, or a whole item when `entry` is undefined. */
export interface Rejection {
  readonly cluster: string | undefined;
  readonly entry: string | undefined;
  readonly reason: string;
}

/** All addresses that some cluster names, as canonical CIDRs, each with a number: its place in the order of the map. */
export type Wanted = ReadonlyMap<string, number>;

/** Numbers of what one cluster names; an array of a million numbers is cheap to walk where one of texts is not. */
export interface Claims {
  /** Addresses that nothing read before had named: over all clusters, each wanted address exactly once. */
  readonly first: readonly number[];
  /** Addresses that another cluster, or this one, had named already. */
  readonly again: readonly number[];
}

/** {@link Claims} while the table is being read. */
interface GrowingClaims extends Claims {
  readonly first: number[];
  readonly again: number[];
}

/** What the table said when it was read once. */
export interface Reading {
  /** An address is wanted as long as any cluster names it. */
  readonly wanted: PerFamily<Wanted>;
  readonly clusters: ReadonlyMap<string, PerFamily<Claims>>;
  readonly approvals: readonly Approval[];
  readonly rejections: Rejections;
}

/** What was skipped: the first of it, and how many there are. */
export interface Rejections {
  readonly first: readonly Rejection[];
  readonly count: number;
}

/** Rejections that are kept: enough to correct a table by, and not so many that a hostile writer could fill memory or log. */
const MAX_REJECTIONS = 100;

/** Approvals that are kept: far more than operators give in the 24 hours that one can last. */
const MAX_APPROVALS = 1_000;

/** An item as DynamoDB returns it. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** Takes the items of a table page by page, so that only one page is ever kept as DynamoDB sent it. */
export interface ItemReader {
  add(items: readonly Item[]): void;
  reading(): Reading;
}

/**
 * Decodes items into claims. A fault never spreads: a bad entry costs that entry, an unreadable item that item, and
 * both are reported. Several items of one id add up, as the composite key needs.
 */
export function createItemReader(): ItemReader {
  const wanted = perFamily(() => new Map<string, number>());
  const clusters = new Map<string, PerFamily<GrowingClaims>>();
  const approvals: Approval[] = [];
  const rejections = { first: [] as Rejection[], count: 0 };

  const reject = (cluster: string | undefined, entry: string | undefined, reason: string): void => {
    rejections.count += 1;
    if (rejections.first.length < MAX_REJECTIONS) rejections.first.push({ cluster, entry, reason });
  };

  const claim = (claims: PerFamily<GrowingClaims>, cidr: Cidr): void => {
    const numbers = wanted[cidr.family];
    const known = numbers.get(cidr.text);
    if (known !== undefined) {
      claims[cidr.family].again.push(known);
      return;
    }
    claims[cidr.family].first.push(numbers.size);
    numbers.set(cidr.text, numbers.size);
  };

  const readCluster = (cluster: string, ips: AttributeValue | undefined): void => {
    const entries = decodeEntries(ips);
    if (typeof entries === "string") {
      reject(cluster, undefined, entries);
      return;
    }
    const claims = clusters.get(cluster) ?? perFamily(() => ({ first: [], again: [] }));
    clusters.set(cluster, claims);
    for (const entry of entries) {
      if (typeof entry !== "string") {
        reject(cluster, typeOf(entry), "the entry is not a string");
        continue;
      }
      const parsed = parseAdmitted(entry);
      if (!parsed.ok) {
        reject(cluster, excerpt(entry), parsed.message);
        continue;
      }
      claim(claims, parsed.cidr);
    }
  };

  return {
    add(items) {
      for (const item of items) {
        const id = item[ATTRIBUTES.id]?.S;
        if (id === undefined || id === "") {
          reject(undefined, undefined, `the item has no string "${ATTRIBUTES.id}"`);
        } else if (id === APPROVAL.id) {
          if (approvals.length < MAX_APPROVALS) approvals.push(approvalIn(item));
        } else if (id.startsWith(RESERVED_ID_PREFIX)) {
          reject(id, undefined, `ids that begin with "${RESERVED_ID_PREFIX}" are reserved, and this one means nothing`);
        } else {
          readCluster(id, item[ATTRIBUTES.ips]);
        }
      }
    },
    reading: () => ({ wanted, clusters, approvals, rejections }),
  };
}

/** The entries of `ips`, or the reason why it holds none that can be read. An empty list is a valid answer. */
function decodeEntries(ips: AttributeValue | undefined): readonly unknown[] | string {
  if (ips === undefined) return `the item has no "${ATTRIBUTES.ips}"`;
  if (ips.SS !== undefined) return ips.SS;
  if (ips.L !== undefined) return ips.L.map((element) => element.S ?? element);
  if (ips.S !== undefined) return decodeJson(ips.S);
  return `"${ATTRIBUTES.ips}" is of type ${Object.keys(ips).join()}, not a String Set, a List or a String`;
}

/** What something is instead of a text. Not what it says: it may be nested deeper than a stack is. */
function typeOf(entry: unknown): string {
  if (entry === null) return "null";
  return Array.isArray(entry) ? "a list" : `a ${typeof entry}`;
}

function decodeJson(text: string): readonly unknown[] | string {
  const expected = `expected a JSON array of strings such as ["203.0.113.7/32"]`;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : `"${ATTRIBUTES.ips}" holds JSON but no array; ${expected}`;
  } catch {
    return `"${ATTRIBUTES.ips}" is a string but not JSON; ${expected}`;
  }
}
