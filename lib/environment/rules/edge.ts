import type { PartialEnvironment } from "../environment";
import type { Fault, Path } from "../violation";
import type { CrossFieldRule } from "./rule";

type EdgeFields = NonNullable<NonNullable<PartialEnvironment["wallarm"]>[string]>;
type IngressFields = NonNullable<NonNullable<PartialEnvironment["lattice"]>["ingress"]>;

/** A section of the environment that a rule looks at by itself. */
interface Place<Fields> {
  readonly fields: Fields;
  readonly environment: PartialEnvironment;
  /** The path of a field. */
  readonly at: (...keys: Path) => Path;
  readonly isRefused: (...keys: Path) => boolean;
  /** What stands in a field, or its default where it was left out; `undefined` where it was refused. */
  readonly settled: <Value>(value: Value | undefined, fallback: Value, ...keys: Path) => Value | undefined;
}

/** One edge, as far as it was read. */
export interface Edge extends Place<EdgeFields> {
  readonly name: string;
}

/** Whatever clients connect to: an edge, or the proxies in front of VPC Lattice. */
export type Entry = Place<EdgeFields | IngressFields>;

function placeOf<Fields>(
  fields: Fields,
  environment: PartialEnvironment,
  isPathRefused: (path: Path) => boolean,
  ...place: Path
): Place<Fields> {
  const at = (...keys: Path): Path => [...place, ...keys];
  const isRefused = (...keys: Path): boolean => isPathRefused(at(...keys));
  const settled: Edge["settled"] = (value, fallback, ...keys) => value ?? (isRefused(...keys) ? undefined : fallback);
  return { fields, environment, at, isRefused, settled };
}

/** The edges of an environment. */
export function edgesOf(environment: PartialEnvironment, isRefused: (path: Path) => boolean): readonly Edge[] {
  return Object.entries(environment.wallarm ?? {}).flatMap(([name, fields]) =>
    fields === undefined ? [] : [{ name, ...placeOf(fields, environment, isRefused, "wallarm", name) }],
  );
}

/** A rule that looks at each edge by itself. */
export const ofEdge =
  (faultsOf: (edge: Edge) => readonly Fault[]): CrossFieldRule =>
  (environment, isRefused) =>
    edgesOf(environment, isRefused).flatMap(faultsOf);

/** A rule that looks at each edge and at the ingress into VPC Lattice by itself. */
export const ofEntry =
  (faultsOf: (entry: Entry) => readonly Fault[]): CrossFieldRule =>
  (environment, isRefused) => {
    const ingress = environment.lattice?.ingress;
    const entries: readonly Entry[] = [
      ...edgesOf(environment, isRefused),
      ...(ingress === undefined ? [] : [placeOf(ingress, environment, isRefused, "lattice", "ingress")]),
    ];
    return entries.flatMap(faultsOf);
  };
