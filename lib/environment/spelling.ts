import type { z } from "zod";

import { unknownKeys } from "./issues";
import { isPlainObject, valueAt } from "./values";
import type { Fault, Path } from "./violation";

/** An input in which misspelt fields stand under the names that were meant. */
export interface Corrected {
  readonly input: object;
  /** One fault for each field that was renamed. */
  readonly faults: readonly Fault[];
  /** A path of the corrected input as the file writes it. */
  readonly asWritten: (path: Path) => Path;
}

interface Misspelling {
  /** The section that holds the field. */
  readonly section: Path;
  readonly written: string;
  readonly meant: string;
}

/**
 * Renames fields whose name is a typing mistake. What stands in them is then checked like any other, and one mistake is
 * one fault: the field that was meant is not reported missing, and nothing that builds on it is refused.
 */
export function correctSpelling(input: object, schema: z.ZodType): Corrected {
  const misspellings: Misspelling[] = [];
  let corrected = input;
  for (let found = firstMisspelling(corrected, schema); found; found = firstMisspelling(corrected, schema)) {
    misspellings.push(found);
    corrected = renamed(corrected, found) as object;
  }
  return {
    input: corrected,
    faults: misspellings.map(({ section, meant }) => ({
      path: [...section, meant],
      problem: "is not a field of this section",
      remedy: `write ${meant}`,
    })),
    asWritten: (path) => path.map((key, depth) => writtenKey(misspellings, path.slice(0, depth), key)),
  };
}

function firstMisspelling(input: object, schema: z.ZodType): Misspelling | undefined {
  const { error } = schema.safeParse(input);
  for (const { section, key, known } of unknownKeys(error?.issues ?? [])) {
    const meant = nearest(key, known);
    const holder = valueAt(input, section);
    if (meant !== undefined && isPlainObject(holder) && holder[meant] === undefined) {
      return { section, written: key, meant };
    }
  }
  return undefined;
}

/** A copy with one key renamed in its place, so that the order of the file is kept. */
function renamed(value: unknown, { section, written, meant }: Misspelling): unknown {
  const [next, ...rest] = section;
  if (Array.isArray(value)) {
    return value.map((child: unknown, index) =>
      index === next ? renamed(child, { section: rest, written, meant }) : child,
    );
  }
  if (!isPlainObject(value)) return value;
  const entries = Object.entries(value).map(([key, child]) => {
    if (next === undefined) return [key === written ? meant : key, child];
    return [key, key === next ? renamed(child, { section: rest, written, meant }) : child];
  });
  return Object.fromEntries(entries) as object;
}

function writtenKey(misspellings: readonly Misspelling[], section: Path, key: PropertyKey): PropertyKey {
  const misspelt = misspellings.find(
    (other) => other.meant === key && JSON.stringify(other.section) === JSON.stringify(section),
  );
  return misspelt?.written ?? key;
}

/** The known name that is at most a third of its letters away; case does not count. */
function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((name) => ({ name, distance: editDistance(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.floor(name.length / 3))
    .sort((one, other) => one.distance - other.distance);
  return best?.name;
}

/** Letters to insert, drop, replace or swap with their neighbour (optimal string alignment). */
function editDistance(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Infinity;
  for (let row = 1; row <= one.length; row++) {
    rows[row] = [row];
    for (let column = 1; column <= other.length; column++) {
      const replaced = at(row - 1, column - 1) + (one[row - 1] === other[column - 1] ? 0 : 1);
      const isSwap = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const swapped = isSwap ? at(row - 2, column - 2) + 1 : Infinity;
      rows[row]?.push(Math.min(at(row - 1, column) + 1, at(row, column - 1) + 1, replaced, swapped));
    }
  }
  return at(one.length, other.length);
}
