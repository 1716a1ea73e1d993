import type { PartialEnvironment } from "../environment";
import { describe, formatPath, type Violation } from "../violation";

/** A check across fields. It sees only fields whose own shape is right, and says nothing where one it needs is missing. */
export type CrossFieldRule = (environment: PartialEnvironment) => readonly Violation[];

/** A fault at a path, with the found value shown. */
export function violation(path: readonly PropertyKey[], problem: string, found: unknown, remedy: string): Violation {
  return { path: formatPath(path), problem, got: describe(found), remedy };
}

/** What stands in a list, with its places; refused items are holes. */
export function present<Item>(items: readonly (Item | undefined)[] | undefined): { index: number; item: Item }[] {
  return (items ?? []).flatMap((item, index) => (item === undefined ? [] : [{ index, item }]));
}
