import { createHash } from "node:crypto";

import type { Domain } from "./domain";

/** @internal Names that Suricata looks up in one piece: whole ones, or their last labels. */
export interface NameSet {
  /** Suricata keeps a set by its name, over a reload too: another content has another name. */
  readonly name: string;
  /** File of the set, beside the rules. */
  readonly file: string;
  /** What the file holds: a name a line, in order and in Base64. */
  readonly text: string;
  /** How many labels at the end of a name are looked up; `undefined` for the whole name. */
  readonly labels?: number;
}

/**
 * @internal The sets of some domains: exact ones in one, wildcards in one for each number of labels. A lookup takes as long in ten thousand
 * names as in ten.
 *
 * @param owner part of the files' names
 */
export function nameSets(owner: string, domains: readonly Domain[]): readonly NameSet[] {
  const exact = domains.filter(({ isWildcard }) => !isWildcard).map(({ base }) => base);
  const byLabels = new Map<number, string[]>();
  for (const { base } of domains.filter(({ isWildcard }) => isWildcard)) {
    const labels = base.split(".").length;
    const others = byLabels.get(labels);
    if (others === undefined) byLabels.set(labels, [base]);
    else others.push(base);
  }
  return [
    ...(exact.length > 0 ? [nameSet(`names-${owner}-exact.lst`, exact)] : []),
    ...[...byLabels]
      .sort(([one], [other]) => one - other)
      .map(([labels, names]) => ({ ...nameSet(`names-${owner}-below-${labels}.lst`, names), labels })),
  ];
}

function nameSet(file: string, names: readonly string[]): NameSet {
  const text = names.map((name) => `${Buffer.from(name, "latin1").toString("base64")}\n`).join("");
  const digest = createHash("sha256").update(`${file}\n${text}`).digest("hex");
  return { name: `ringfence-${digest.slice(0, 16)}`, file, text };
}
