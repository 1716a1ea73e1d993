import type { Domain } from "./domain";

/** @internal Names that Suricata looks up in one piece: whole ones, or their last labels. */
export interface NameSet {
  /** File of the set, beside the rules. */
  readonly file: string;
  /** How many labels at the end of a name are looked up; `undefined` for the whole name. */
  readonly labels?: number;
  /** In order. */
  readonly names: readonly string[];
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
    byLabels.set(labels, [...(byLabels.get(labels) ?? []), base]);
  }
  return [
    ...(exact.length > 0 ? [{ file: `names-${owner}-exact.lst`, names: exact }] : []),
    ...[...byLabels]
      .sort(([one], [other]) => one - other)
      .map(([labels, names]) => ({ file: `names-${owner}-below-${labels}.lst`, labels, names })),
  ];
}

/** @internal A set as Suricata loads it: a name a line, in Base64. */
export const datasetFile = ({ names }: NameSet): string =>
  names.map((name) => `${Buffer.from(name, "latin1").toString("base64")}\n`).join("");
