import { MAX_SLOTS, type Family } from "../../../../lambda/allowlist-sync/contract";
import type { Random } from "./random";
import type { Limits } from "./watch";

/** What differs from world to world. */
export interface Terrain {
  readonly keys: readonly ["id"] | readonly ["id", "ips"];
  readonly slots: Readonly<Record<Family, number>>;
  readonly maxPerSet: number;
  readonly clusters: number;
  readonly limits: Limits;
  /** Whether somebody else may write a set so that its description does not tell. */
  readonly hasSilentWriters: boolean;
  /** How WAF spells what it is asked for. */
  readonly spelling: "as written" | "expanded";
  /** Items in a page of a scan, and sets in one of a list. */
  readonly pages: { readonly table: number; readonly waf: number };
  readonly missing: "NoSuchKey" | "AccessDenied";
  readonly latencyMilliseconds: number;
}

/** Limits under which nothing is ever held. */
const NO_GUARD: Limits = { maxShare: 1, maxAddresses: MAX_SLOTS };

/** Draws a world. In every third one the guard is easily alarmed. */
export function drawTerrain(random: Random, number: number): Terrain {
  const isGuarded = number % 3 === 2;
  return {
    keys: random.chance(0.5) ? ["id"] : ["id", "ips"],
    slots: { ipv4: random.pick([1, 3, 6]), ipv6: random.pick([1, 2, 4]) },
    maxPerSet: random.pick([5, 12, 12]),
    clusters: random.pick([6, 12, 20]),
    limits: isGuarded ? { maxShare: random.pick([0, 0.1, 0.2]), maxAddresses: random.pick([0, 2, 5]) } : NO_GUARD,
    hasSilentWriters: random.chance(0.5),
    spelling: random.pick(["as written", "expanded"]),
    pages: { table: random.pick([2, 4, 7]), waf: random.pick([3, 100]) },
    missing: random.pick(["NoSuchKey", "AccessDenied"]),
    latencyMilliseconds: random.pick([0, 0, 30]),
  };
}
