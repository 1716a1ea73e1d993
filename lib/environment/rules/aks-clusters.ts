import type { PartialEnvironment } from "../environment";
import type { Path } from "../violation";

/** A cluster as far as it was read. */
export type Cluster = NonNullable<NonNullable<PartialEnvironment["aks"]>[string]>;

/** A cluster with its name and where it stands. */
export interface Placed {
  readonly name: string;
  readonly path: Path;
  readonly cluster: Cluster;
}

/** The clusters of a file. */
export function clustersOf({ aks }: PartialEnvironment): readonly Placed[] {
  return Object.entries(aks ?? {}).flatMap(([name, cluster]) =>
    cluster === undefined ? [] : [{ name, path: ["aks", name], cluster }],
  );
}
