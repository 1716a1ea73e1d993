import type { PartialEnvironment } from "../environment";
import type { Fault, Path } from "../violation";
import type { CrossFieldRule } from "./rule";

type Fields = NonNullable<NonNullable<PartialEnvironment["wallarm"]>[string]>;

/** One edge, as far as it was read. */
export interface Edge {
  readonly name: string;
  readonly fields: Fields;
  readonly environment: PartialEnvironment;
  /** The path of a field of the edge. */
  readonly at: (...keys: Path) => Path;
  readonly isRefused: (...keys: Path) => boolean;
  /** What stands in a field, or its default where it was left out; `undefined` where it was refused. */
  readonly settled: <Value>(value: Value | undefined, fallback: Value, ...keys: Path) => Value | undefined;
}

/** The edges of an environment. */
export function edgesOf(environment: PartialEnvironment, isPathRefused: (path: Path) => boolean): readonly Edge[] {
  return Object.entries(environment.wallarm ?? {}).flatMap(([name, fields]) => {
    if (fields === undefined) return [];
    const at = (...keys: Path): Path => ["wallarm", name, ...keys];
    const isRefused = (...keys: Path): boolean => isPathRefused(at(...keys));
    const settled: Edge["settled"] = (value, fallback, ...keys) => value ?? (isRefused(...keys) ? undefined : fallback);
    return [{ name, fields, environment, at, isRefused, settled }];
  });
}

/** A rule that looks at each edge by itself. */
export const ofEdge =
  (faultsOf: (edge: Edge) => readonly Fault[]): CrossFieldRule =>
  (environment, isRefused) =>
    edgesOf(environment, isRefused).flatMap(faultsOf);
