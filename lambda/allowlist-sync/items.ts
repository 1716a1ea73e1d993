import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { parseAdmitted } from "../../lib/addresses";
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

/** What one cluster names. */
export interface Claims {
  /** Addresses that nothing read before had named: over all clusters, each wanted address exactly once. */
  readonly first: readonly string[];
  /** Addresses that another cluster, or this one, had named already. */
  readonly again: readonly string[];
}

/** What the table said when it was read once. Addresses are canonical CIDRs. */
export interface Reading {
  /** An address is wanted as long as any cluster names it. */
  readonly wanted: PerFamily<ReadonlySet<string>>;
  readonly clusters: ReadonlyMap<string, PerFamily<Claims>>;
  readonly approvals: readonly Approval[];
  readonly rejections: readonly Rejection[];
}

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
  const wanted = perFamily(() => new Set<string>());
  const clusters = new Map<string, PerFamily<{ readonly first: string[]; readonly again: string[] }>>();
  const approvals: Approval[] = [];
  const rejections: Rejection[] = [];

  const readCluster = (cluster: string, ips: AttributeValue | undefined): void => {
    const entries = decodeEntries(ips);
    if (typeof entries === "string") {
      rejections.push({ cluster, entry: undefined, reason: entries });
      return;
    }
    const claims = clusters.get(cluster) ?? perFamily(() => ({ first: [], again: [] }));
    clusters.set(cluster, claims);
    for (const entry of entries) {
      if (typeof entry !== "string") {
        rejections.push({ cluster, entry: excerpt(JSON.stringify(entry)), reason: "the entry is not a string" });
        continue;
      }
      const parsed = parseAdmitted(entry);
      if (!parsed.ok) {
        rejections.push({ cluster, entry: excerpt(entry), reason: parsed.message });
        continue;
      }
      const { family, text } = parsed.cidr;
      // One look at a set of a million instead of two: whether it grew tells whether the address was new.
      const known = wanted[family].size;
      const isNew = wanted[family].add(text).size > known;
      claims[family][isNew ? "first" : "again"].push(text);
    }
  };

  return {
    add(items) {
      for (const item of items) {
        const id = item[ATTRIBUTES.id]?.S;
        if (id === undefined || id === "") {
          const reason = `the item has no string "${ATTRIBUTES.id}"`;
          rejections.push({ cluster: undefined, entry: undefined, reason });
        } else if (id === APPROVAL.id) {
          approvals.push(approvalIn(item));
        } else if (!id.startsWith(RESERVED_ID_PREFIX)) {
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

function decodeJson(text: string): readonly unknown[] | string {
  const expected = `expected a JSON array of strings such as ["203.0.113.7/32"]`;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : `"${ATTRIBUTES.ips}" holds JSON but no array; ${expected}`;
  } catch {
    return `"${ATTRIBUTES.ips}" is a string but not JSON; ${expected}`;
  }
}
