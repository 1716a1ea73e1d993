import type { Mutant } from "./mutant";

/** Mistakes that others have made, or that are easily made. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: "reads only the first page of the table",
    file: "table.ts",
    find: "startKey = page.LastEvaluatedKey;",
    replace: "startKey = undefined;",
    breaks: "equal",
  },
  {
    name: "reads the table without asking for consistency",
    file: "table.ts",
    find: "ConsistentRead: true,",
    replace: "ConsistentRead: false,",
    breaks: "equal",
  },
  {
    name: "lists only the first page of the sets",
    file: "waf.ts",
    find: "marker = page.NextMarker;",
    replace: "marker = undefined;",
    breaks: "ends",
  },
  {
    name: "takes only the first entry of a cluster",
    file: "items.ts",
    find: "for (const entry of entries) {",
    replace: "for (const entry of entries.slice(0, 1)) {",
    breaks: "equal",
  },
  {
    name: "drops the rest of a cluster after a bad entry",
    file: "items.ts",
    find: "reject(cluster, excerpt(entry), parsed.message);\n        continue;",
    replace: "reject(cluster, excerpt(entry), parsed.message);\n        break;",
    breaks: "equal",
  },
  {
    name: "takes an address that two clusters name for one that none does",
    file: "items.ts",
    find: "claims[cidr.family].again.push(known);",
    replace: "numbers.delete(cidr.text);",
    breaks: "no-gap",
  },
  {
    name: "writes every set again, changed or not",
    file: "plan.ts",
    find: "return isDescribed(set) ? [] : [",
    replace: "return [",
    breaks: "quiet",
  },
  {
    name: "forgets IPv6",
    file: "contract.ts",
    find: 'FAMILIES = ["ipv4", "ipv6"] as const',
    replace: 'FAMILIES = ["ipv4"] as const',
    breaks: "equal",
  },
  {
    name: "admits the range around an address",
    file: "items.ts",
    find: "claim(claims, parsed.cidr);",
    replace: 'claim(claims, { ...parsed.cidr, text: parsed.cidr.text.replace("/32", "/31") });',
    breaks: "no-extra",
  },
  {
    name: "merges neighbouring ranges",
    file: "items.ts",
    find: "reading: () => ({ wanted,",
    replace: `reading: () => ({ wanted: ((): typeof wanted => {
      const [low, high, both] = ["10.0.0.0/25", "10.0.0.128/25", "10.0.0.0/24"];
      if (!wanted.ipv4.has(low) || !wanted.ipv4.has(high) || wanted.ipv4.has(both)) return wanted;
      return { ...wanted, ipv4: new Map([...wanted.ipv4].map(([text, number]) => [text === low ? both : text, number])) };
    })(),`,
    breaks: "no-extra",
  },
  {
    name: "sends the same addresses again under a fresh token",
    file: "waf.ts",
    find: "if (error instanceof WAFOptimisticLockException || error instanceof WAFNonexistentItemException)\n          throw new LockConflict(name);",
    replace: `if (error instanceof WAFOptimisticLockException) {
          const { set } = await this.read({ name, id, lockToken, description: undefined });
          return await this.update(set, addresses, description);
        }`,
    breaks: "reported",
  },
  {
    name: "forgets to send the description",
    file: "waf.ts",
    find: "        Description: description,\n",
    replace: "",
    breaks: "description",
  },
  {
    name: "removes before it adds",
    file: "plan.ts",
    find: "rank(a) - rank(b)",
    replace: "rank(b) - rank(a)",
    breaks: "order",
  },
  {
    name: "says nothing of what finds no room",
    file: "placement.ts",
    find: "refused.push(wish);",
    replace: "",
    breaks: "capacity",
  },
  {
    name: "makes room by dropping what was there",
    file: "placement.ts",
    find: "const kept = sets.map((set) => (keepsUnclaimed ? [...set.kept, ...set.unclaimed] : set.kept));",
    replace:
      "const kept = sets.map((set) => (keepsUnclaimed ? [...set.kept, ...set.unclaimed] : set.kept).slice(missing.length > 9 ? 1 : 0));",
    breaks: "no-gap",
  },
  {
    name: "adds nothing while the guard holds",
    file: "plan.ts",
    find: "const writes = FAMILIES.flatMap(",
    replace: 'if (arguments[0].verdict.kind === "held") return [];\n  const writes = FAMILIES.flatMap(',
    breaks: "equal",
  },
  {
    name: "never reads what the sets really hold",
    file: "holdings.ts",
    find: "audits && !seen.has(set.lockToken) ? undefined : await knowledge.recall(set)",
    replace: '(await knowledge.recall(set)) ?? ""',
    breaks: "no-gap",
  },
  {
    name: "updates without a pause",
    file: "pacing.ts",
    find: "UpdateIPSet: 1_020,",
    replace: "UpdateIPSet: 0,",
    breaks: "rate",
  },
  {
    name: "takes a lock conflict for success",
    file: "waf.ts",
    find: "          throw new LockConflict(name);\n        throw error;",
    replace: "          return lockToken;\n        throw error;",
    breaks: "equal",
    scenario: "somebody else writes the set just before the function does",
  },
  {
    name: "does not look at the table again after it wrote",
    file: "sync.ts",
    find: "if (look === MAX_LOOKS) return;",
    replace: "return;",
    breaks: "equal",
    scenario: "a second function finds nothing to do, and then the first writes what it read before",
  },
  {
    name: "removes after one scan",
    file: "sync.ts",
    find: "view.earlier === undefined ? unclaimedIn(compared).length === 0 : !sparesAny(compared)",
    replace: "true",
    breaks: "no-gap",
    scenario: "an address goes from one cluster to another behind the position of a scan",
  },
  {
    name: "removes a shared address when one of its clusters goes",
    file: "items.ts",
    find: "reading: () => ({ wanted, clusters, approvals, rejections }),",
    replace: `reading: () => {
      const before = (createItemReader.before ??= new Map());
      const went = new Set([...before].flatMap(([cluster, texts]) => (clusters.has(cluster) ? [] : texts)));
      const texts = [...wanted.ipv4.keys()];
      const textsOf = (claims) => [...claims.ipv4.first, ...claims.ipv4.again].map((number) => texts[number]);
      before.clear();
      for (const [cluster, claims] of clusters) {
        before.set(cluster, textsOf(claims));
        for (const list of [claims.ipv4.first, claims.ipv4.again]) {
          list.splice(0, list.length, ...list.filter((number) => !went.has(texts[number])));
        }
      }
      for (const text of went) wanted.ipv4.delete(text);
      return { wanted, clusters, approvals, rejections };
    },`,
    breaks: "no-gap",
    scenario: "one of two clusters that share an address goes",
  },
  {
    name: "ignores how much a set takes",
    file: "placement.ts",
    find: "free: Math.max(0, maxPerSet - addresses.length)",
    replace: "free: 1_000_000",
    breaks: "capacity",
    scenario: "one address more than a set takes",
  },
  {
    name: "believes the bucket's object without comparing the lock token",
    file: "knowledge.ts",
    find: "object?.lockToken !== lockToken || object.digest !== digest",
    replace: "object?.digest !== digest",
    breaks: "equal",
    scenario: "somebody writes a set and leaves its description, and the next process is cold",
  },
  {
    name: "believes the bucket's object without comparing the digest",
    file: "knowledge.ts",
    find: "object?.lockToken !== lockToken || object.digest !== digest",
    replace: "object?.lockToken !== lockToken",
    breaks: "guard",
    scenario: "the bucket's object bears the token of a set and another content",
  },
  {
    name: "believes a description that fits what it knows, whatever the lock token",
    file: "knowledge.ts",
    find: "if (known?.lockToken === lockToken) return",
    replace: "if (known?.digest === parseDescription(description)?.digest) return",
    breaks: "equal",
    scenario: "somebody writes a set and leaves its description",
  },
  {
    name: "fills a set that no rule refers to yet",
    file: "holdings.ts",
    find: "{ length: slots[family] }",
    replace: "{ length: slots[family] + 1 }",
    breaks: "others",
    scenario: "a deploy has made a set of which the function is not told yet",
  },
  {
    name: "has no guard",
    file: "guard.ts",
    find: "if (loss <= limits.maxAddresses) return",
    replace: "if (loss >= 0) return",
    breaks: "guard",
    scenario: "many addresses are lost",
  },
  {
    name: "counts the removals anew at each look",
    file: "guard.ts",
    find: 'if (verdict.kind === "free") removed += count;',
    replace: "",
    breaks: "guard",
    scenario: "half of what the guard allows to go goes before, half after a look",
  },
  {
    name: "lets a waiting plan go once it is a small enough share",
    file: "guard.ts",
    find: " && !(await knowledge.isWaiting(digest))",
    replace: "",
    breaks: "guard",
    scenario: "additions make a waiting plan a smaller share",
  },
  {
    name: "takes the approval of one plan for that of another",
    file: "guard.ts",
    find: "approval.digest === digest || isRestOf(",
    replace: "true || isRestOf(",
    breaks: "guard",
    scenario: "an approval of another plan",
  },
  {
    name: "accepts an approval that has expired",
    file: "approval.ts",
    find: "if (expires <= now)",
    replace: "if (expires <= 0)",
    breaks: "guard",
    scenario: "an approval that has expired",
  },
  {
    name: "accepts an approval that is valid for too long",
    file: "approval.ts",
    find: "if (expires > now + APPROVAL.maxHours * 60 * 60 * 1000)",
    replace: "if (expires === Infinity)",
    breaks: "guard",
    scenario: "an approval for two days",
  },
  {
    name: "lets an approval count twice",
    file: "knowledge.ts",
    find: "const text = textOf(usesOf(digest).add(String(expires)));",
    replace: 'const text = "";',
    breaks: "guard",
    scenario: "what was approved is lost a second time",
  },
  {
    name: "takes a part of an approved plan for its rest while another part is asked for again",
    file: "guard.ts",
    find: " && !planned.some(isWanted)",
    replace: "",
    breaks: "guard",
    scenario: "a part of what was approved is asked for again",
  },
];
