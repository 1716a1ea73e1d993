import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { parseAdmitted } from "../../lib/addresses";
import { ATTRIBUTES, RESERVED_ID_PREFIX } from "./contract";
import { perFamily, type PerFamily } from "./families";
import { excerpt } from "./log";

/** Canonical CIDR to the ids of the clusters that name it: an address stays while the set has a member. */
export type Claims = ReadonlyMap<string, ReadonlySet<string>>;

/** An entry of the table that cannot be admitted, or a whole item when `entry` is undefined. */
export interface Rejection {
  readonly cluster: string | undefined;
  readonly entry: string | undefined;
  readonly reason: string;
}

/** What the table said when it was read once. */
export interface Reading {
  readonly claims: PerFamily<Claims>;
  readonly rejections: readonly Rejection[];
}

/** An item as DynamoDB returns it. */
export type Item = Readonly<Record<string, AttributeValue>>;

type MutableClaims = Map<string, Set<string>>;

/**
 * Decodes items into claims. A fault never spreads: a bad entry costs that entry, an unreadable item that item, and
 * both are reported. Several items of one id add up, as the composite key needs.
 */
export function readItems(items: Iterable<Item>): Reading {
  const claims = perFamily((): MutableClaims => new Map());
  const rejections: Rejection[] = [];

  for (const item of items) {
    const cluster = item[ATTRIBUTES.id]?.S;
    if (cluster === undefined || cluster === "") {
      rejections.push({ cluster: undefined, entry: undefined, reason: `the item has no string "${ATTRIBUTES.id}"` });
      continue;
    }
    if (cluster.startsWith(RESERVED_ID_PREFIX)) continue;

    const entries = decodeEntries(item[ATTRIBUTES.ips]);
    if (typeof entries === "string") {
      rejections.push({ cluster, entry: undefined, reason: entries });
      continue;
    }
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
      claim(claims[parsed.cidr.family], parsed.cidr.text, cluster);
    }
  }
  return { claims, rejections };
}

/** Everything that either reading claims; faults as the newer one saw them. */
export function mergeReadings(older: Reading, newer: Reading): Reading {
  return {
    claims: perFamily((family) => {
      const merged: MutableClaims = new Map();
      for (const reading of [older, newer]) {
        for (const [address, clusters] of reading.claims[family]) {
          for (const cluster of clusters) claim(merged, address, cluster);
        }
      }
      return merged;
    }),
    rejections: newer.rejections,
  };
}

function claim(claims: MutableClaims, address: string, cluster: string): void {
  const clusters = claims.get(address);
  if (clusters === undefined) claims.set(address, new Set([cluster]));
  else clusters.add(cluster);
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
