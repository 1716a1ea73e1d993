import type { PartialEnvironment } from "../environment";
import { describe } from "../values";
import type { Fault, Path } from "../violation";

/**
 * A check across fields. It sees only fields whose own shape is right, and says nothing where one it needs was refused: that
 * one has its message already.
 *
 * @param isRefused whether something at this path, or around it, was refused, and so is missing from the environment
 */
export type CrossFieldRule = (environment: PartialEnvironment, isRefused: (path: Path) => boolean) => readonly Fault[];

/** A fault with the found value shown. */
export function fault(path: Path, problem: string, found: unknown, remedy: string): Fault {
  return { path, problem, got: describe(found), remedy };
}

/** What stands in a list, with its places; refused items are holes. */
export function present<Item>(items: readonly (Item | undefined)[] | undefined): { index: number; item: Item }[] {
  return (items ?? []).flatMap((item, index) => (item === undefined ? [] : [{ index, item }]));
}

/**
 * The faults of a list whose items each become something of their own, and in which one stands twice.
 *
 * @param same what two items that mean the same have in common
 */
export function twice<Item extends string | number>(
  path: Path,
  items: readonly (Item | undefined)[] | undefined,
  same: (item: Item) => Item = (item) => item,
): readonly Fault[] {
  const written = present(items).map(({ index, item }) => ({ index, item, meant: same(item) }));
  return written
    .filter(({ index, meant }) => written.find((other) => other.meant === meant)?.index !== index)
    .map(({ index, item }) => fault([...path, index], "stands in the list a second time", item, "write it once"));
}
