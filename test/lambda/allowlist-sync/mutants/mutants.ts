import type { Mutant } from "./mutant";

/** Mistakes that others have made, or that are easily made. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: "reads only the first page of the table",
    file: "table.ts",
    find: "startKey = page.LastEvaluatedKey;",
    replace: "startKey = undefined;",
    caughtBy: ["equal", "no-gap"],
  },
  {
    name: "reads the table without asking for consistency",
    file: "table.ts",
    find: "ConsistentRead: true,",
    replace: "ConsistentRead: false,",
    caughtBy: ["equal"],
  },
  {
    name: "lists only the first page of the sets",
    file: "waf.ts",
    find: "marker = page.NextMarker;",
    replace: "marker = undefined;",
    caughtBy: ["equal", "ends", "quiet"],
  },
  {
    name: "takes only the first entry of a cluster",
    file: "items.ts",
    find: "for (const entry of entries) {",
    replace: "for (const entry of entries.slice(0, 1)) {",
    caughtBy: ["equal"],
  },
  {
    name: "drops the rest of a cluster after a bad entry",
    file: "items.ts",
    find: "reject(cluster, excerpt(entry), parsed.message);\n        continue;",
    replace: "reject(cluster, excerpt(entry), parsed.message);\n        break;",
    caughtBy: ["equal", "no-gap"],
  },
  {
    name: "takes an address that two clusters name for one that none does",
    file: "items.ts",
    find: "claims[cidr.family].again.push(known);",
    replace: "numbers.delete(cidr.text);",
    caughtBy: ["quiet", "equal", "no-gap"],
  },
  {
    name: "forgets IPv6",
    file: "contract.ts",
    find: 'FAMILIES = ["ipv4", "ipv6"] as const',
    replace: 'FAMILIES = ["ipv4"] as const',
    caughtBy: ["equal"],
  },
  {
    name: "admits the range around an address",
    file: "items.ts",
    find: "claim(claims, parsed.cidr);",
    replace: 'claim(claims, { ...parsed.cidr, text: parsed.cidr.text.replace("/32", "/31") });',
    caughtBy: ["no-extra"],
  },
  {
    name: "merges neighbouring ranges",
    file: "items.ts",
    find: "reading: () => ({ wanted,",
    replace: `reading: () => ({ wanted: ((): typeof wanted => {
      const { addresses, numbers } = wanted.ipv4;
      const [low, high, both] = ["10.0.0.0/25", "10.0.0.128/25", "10.0.0.0/24"];
      if (!numbers.has(low) || !numbers.has(high) || numbers.has(both)) return wanted;
      const merged = addresses.map((address) => (address === low ? both : address));
      return { ...wanted, ipv4: { addresses: merged, numbers: new Map(merged.map((text, index) => [text, index])) } };
    })(),`,
    caughtBy: ["no-extra", "no-gap"],
  },
  {
    name: "sends the same addresses again under a fresh token",
    file: "waf.ts",
    find: "if (error instanceof WAFOptimisticLockException || error instanceof WAFNonexistentItemException)\n          throw new LockConflict(name);",
    replace: `if (error instanceof WAFOptimisticLockException) {
          const { set } = await this.read({ name, id, lockToken, description: undefined });
          return await this.update(set, addresses, description);
        }`,
    caughtBy: ["reported", "equal", "no-gap", "no-extra"],
  },
  {
    name: "forgets to send the description",
    file: "waf.ts",
    find: "        Description: description,\n",
    replace: "",
    caughtBy: ["description"],
  },
  {
    name: "removes after one scan",
    file: "sync.ts",
    find: "if (unclaimedIn(compared).length > 0) {",
    replace: "if (unclaimedIn(compared).length > 1_000_000) {",
    caughtBy: ["equal", "no-gap"],
  },
  {
    name: "removes before it adds",
    file: "plan.ts",
    find: "rank(a) - rank(b)",
    replace: "rank(b) - rank(a)",
    caughtBy: ["order"],
  },
  {
    name: "puts one address too many into a set",
    file: "placement.ts",
    find: "free: Math.max(0, maxPerSet - addresses.length)",
    replace: "free: Math.max(0, maxPerSet + 1 - addresses.length)",
    caughtBy: ["ends"],
  },
  {
    name: "says nothing of what finds no room",
    file: "placement.ts",
    find: "refused.push(wish);",
    replace: "",
    caughtBy: ["capacity"],
  },
  {
    name: "makes room by dropping what was there",
    file: "placement.ts",
    find: "const kept = sets.map((set) => (keepsUnclaimed ? [...set.kept, ...set.unclaimed] : set.kept));",
    replace:
      "const kept = sets.map((set) => (keepsUnclaimed ? [...set.kept, ...set.unclaimed] : set.kept).slice(missing.length > 9 ? 1 : 0));",
    caughtBy: ["no-gap"],
  },
  {
    name: "has no guard",
    file: "guard.ts",
    find: "if (loss <= limits.maxAddresses ||",
    replace: "if (loss >= 0 ||",
    caughtBy: ["guard"],
  },
  {
    name: "takes the approval of one plan for that of another",
    file: "guard.ts",
    find: "const isThis = approval.digest === digest;",
    replace: "const isThis = true;",
    caughtBy: ["guard"],
  },
  {
    name: "accepts an approval that has expired",
    file: "approval.ts",
    find: "if (expires <= now)",
    replace: "if (expires <= 0)",
    caughtBy: ["guard"],
  },
  {
    name: "adds nothing while the guard holds",
    file: "plan.ts",
    find: "const writes = FAMILIES.flatMap(",
    replace: 'if (arguments[0].verdict.kind === "held") return [];\n  const writes = FAMILIES.flatMap(',
    caughtBy: ["equal", "description"],
  },
  {
    name: "believes the bucket without asking WAF's list",
    file: "knowledge.ts",
    find: "if (object?.lockToken !== lockToken || object.digest !== digest) return undefined;",
    replace: "if (object === undefined) return undefined;",
    caughtBy: ["quiet", "equal", "no-extra", "no-gap"],
  },
  {
    name: "never reads what the sets really hold",
    file: "holdings.ts",
    find: "audits && !seen.has(set.lockToken) ? undefined : await knowledge.recall(set)",
    replace: '(await knowledge.recall(set)) ?? ""',
    caughtBy: ["reported", "order", "equal", "no-gap", "no-extra"],
  },
  {
    name: "calls without a pause",
    file: "pacing.ts",
    find: "next[action] = clock.now() + SPACING_MILLISECONDS[action];",
    replace: "",
    caughtBy: ["rate"],
  },
];
