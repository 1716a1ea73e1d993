import type { PartialEnvironment } from "../environment";
import type { Path } from "../violation";
import { present } from "./rule";

/** What a cluster leaves from, as far as it was read. */
export type Addresses = NonNullable<NonNullable<NonNullable<PartialEnvironment["allowlist"]>["clusters"]>[string]>;

/** A cluster made elsewhere whose item Terraform writes. */
interface ClusterItem {
  readonly cluster: string;
  /** Where its name stands. */
  readonly place: Path;
  /** Where its addresses stand. */
  readonly path: Path;
  readonly addresses: Addresses;
}

/** The clusters of the allowlist, and those that are registered in Rancher with their addresses. */
export function itemsOfClusters({ allowlist, rancher }: PartialEnvironment): readonly ClusterItem[] {
  const listed = Object.entries(allowlist?.clusters ?? {}).map(([cluster, addresses]) => {
    const place = ["allowlist", "clusters", cluster];
    return { cluster, place, path: place, addresses };
  });
  const registered = Object.entries(rancher?.clusters ?? {}).map(([cluster, fields]) => {
    const place = ["rancher", "clusters", cluster];
    return { cluster, place, path: [...place, "egress"], addresses: fields?.egress };
  });
  return [...listed, ...registered].flatMap(({ addresses, ...item }) =>
    addresses === undefined ? [] : [{ ...item, addresses }],
  );
}

const isList = (addresses: Addresses): addresses is Extract<Addresses, readonly unknown[]> => Array.isArray(addresses);

/** The ranges that stand in the file, with their places; what another state holds is not known before Terraform reads it. */
export function writtenOut(addresses: Addresses): { readonly index: number; readonly item: string }[] {
  return isList(addresses) ? present(addresses) : [];
}
