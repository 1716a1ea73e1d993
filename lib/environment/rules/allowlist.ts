import { cidr, contains, type Family, parseCidr } from "../../addresses";
import { aksClusterName, egressClusterName, ipSetCount } from "../allowlist-facts";
import type { PartialEnvironment } from "../environment";
import { arnParts } from "../fields";
import { CAPACITY_DEFAULTS } from "../sections/allowlist";
import { itemsOfClusters, writtenOut } from "./cluster-items";
import { type CrossFieldRule, fault, present } from "./rule";

/** AWS WAF Developer Guide, "AWS WAF quotas": addresses in one IP set; cannot be raised. */
export const ADDRESSES_PER_SET = 10_000;

/** Amazon DynamoDB Developer Guide, "Quotas in Amazon DynamoDB": 400 KB an item. */
const ITEM_BYTES = 400 * 1024;

/** Bytes of an item besides its addresses: attribute names, the cluster's name, the list's own. */
const ITEM_OVERHEAD_BYTES = 256;

const FAMILY_NAMES: Readonly<Record<Family, string>> = { ipv4: "IPv4", ipv6: "IPv6" };

/** The allowlist is made of AWS services. */
export const allowlistNeedsAws: CrossFieldRule = ({ allowlist, aws }, isRefused) =>
  allowlist !== undefined && aws === undefined && !isRefused(["aws"])
    ? [
        fault(
          ["allowlist"],
          "stands in AWS, and the environment has no section 'aws'",
          undefined,
          'add aws: { accountId: "…", region: "…" }',
        ),
      ]
    : [];

/** Ranges that nobody owns: RFC 5737 (IPv4), RFC 3849 and RFC 9637 (IPv6) keep them for documentation. */
const DOCUMENTATION = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"].map(cidr);

const isDocumentation = (text: string): boolean => {
  const parsed = parseCidr(text);
  return parsed.ok && DOCUMENTATION.some((range) => contains(range, parsed.cidr));
};

/** Blocking by default while nobody real is admitted by hand locks everybody out for good. */
export const enforceNeedsOperators: CrossFieldRule = ({ allowlist, access }, isRefused) => {
  if (allowlist?.mode !== "enforce" || isRefused(["access", "operators"])) return [];
  const operators = access?.operators ?? [];
  const accepted = present(operators).map(({ item }) => item);
  // An operator whose range was refused is a fault of its own.
  if (accepted.length < operators.length || accepted.some((range) => !isDocumentation(range))) return [];
  return [
    fault(
      ["allowlist", "mode"],
      operators.length === 0
        ? "would lock you out: no operator is admitted"
        : "would lock you out: access.operators holds only ranges of the documentation, which nobody has",
      "enforce",
      'add your own ranges to access.operators, or write "observe"',
    ),
  ];
};

/** All IP sets of the environment stay within the account's quota. */
export const setsWithinQuota: CrossFieldRule = (environment, isRefused) => {
  if (environment.allowlist === undefined || isRefused(["allowlist", "capacity", "quota"])) return [];
  const quota = environment.allowlist.capacity?.quota ?? CAPACITY_DEFAULTS.quota;
  const sets = ipSetCount(environment);
  if (sets <= quota) return [];
  return [
    fault(
      ["allowlist", "capacity"],
      `needs ${sets} IP sets with those of 'access', and the account may have ${quota}`,
      undefined,
      "lower ipv4Sets or ipv6Sets, or have the quota raised by AWS and then write it into capacity.quota",
    ),
  ];
};

/** What Terraform itself writes into the table fits into the sets of its family. */
export const addressesWithinCapacity: CrossFieldRule = (environment, isRefused) => {
  const { allowlist, aws } = environment;
  if (allowlist === undefined) return [];
  const distinct: Record<Family, Set<string>> = { ipv4: new Set(), ipv6: new Set() };
  const network = aws?.network;
  const ownEgress = network && "existing" in network ? network.existing?.egress : undefined;
  const ranges = itemsOfClusters(environment).flatMap(({ addresses }) => writtenOut(addresses));
  for (const { item } of [...ranges, ...present(ownEgress)]) {
    const parsed = parseCidr(item);
    if (parsed.ok) distinct[parsed.cidr.family].add(parsed.cidr.text);
  }
  const zoneCount = present(network && "zones" in network ? network.zones : []).length;
  const isSingle = network !== undefined && "nat" in network && network.nat === "single";
  const natAddresses = isSingle ? Math.min(zoneCount, 1) : zoneCount;
  return (["ipv4", "ipv6"] as const).flatMap((family) => {
    const field = `${family}Sets` as const;
    if (isRefused(["allowlist", "capacity", field])) return [];
    const capacity = (allowlist.capacity?.[field] ?? CAPACITY_DEFAULTS[field]) * ADDRESSES_PER_SET;
    const wanted = distinct[family].size + (family === "ipv4" ? natAddresses : 0);
    if (wanted <= capacity) return [];
    return [
      fault(
        ["allowlist", "clusters"],
        `with this environment's own addresses, ${wanted} ${FAMILY_NAMES[family]} ranges go into the table, and the sets of this family hold ${capacity}`,
        undefined,
        `raise capacity.${field}, or join neighbouring ranges`,
      ),
    ];
  });
};

/** An access list is one IP set for each family. */
export const accessWithinSets: CrossFieldRule = ({ allowlist, access }) => {
  if (allowlist === undefined) return [];
  return (["operators", "runners"] as const).flatMap((list) =>
    (["ipv4", "ipv6"] as const).flatMap((family) => {
      const ranges = present(access?.[list]).filter(({ item }) => {
        const parsed = parseCidr(item);
        return parsed.ok && parsed.cidr.family === family;
      });
      if (ranges.length <= ADDRESSES_PER_SET) return [];
      return [
        fault(
          ["access", list],
          `names ${ranges.length} ${FAMILY_NAMES[family]} ranges, and one IP set holds ${ADDRESSES_PER_SET}`,
          undefined,
          "join neighbouring ranges",
        ),
      ];
    }),
  );
};

/** One item per cluster has to hold all of its addresses, unless the table's key lets a cluster have several. */
export const clustersFitItems: CrossFieldRule = (environment, isRefused) => {
  if (keySchemaOf(environment.allowlist) === "id+ips") return [];
  if (isRefused(["allowlist", "table", "existing", "keySchema"])) return [];
  if (isRefused(["allowlist", "table", "keySchema"])) return [];
  return itemsOfClusters(environment).flatMap(({ path, addresses }) => {
    const bytes = writtenOut(addresses).reduce((sum, { item }) => sum + item.length + 1, ITEM_OVERHEAD_BYTES);
    if (bytes <= ITEM_BYTES) return [];
    return [
      fault(
        path,
        "has more addresses than one DynamoDB item holds (400 KB)",
        addresses,
        'split it under two names, or use a table with keySchema "id+ips"',
      ),
    ];
  });
};

/** A name is also a Terraform address, in which dots are dropped. */
export const clusterNamesDiffer: CrossFieldRule = (environment) => {
  const firstOfAddress = new Map<string, string>();
  return itemsOfClusters(environment).flatMap(({ cluster, place }) => {
    const address = cluster.replaceAll(".", "");
    const twin = firstOfAddress.get(address);
    if (twin === undefined) {
      firstOfAddress.set(address, cluster);
      return [];
    }
    // One name in both places is told by the rule of names in Rancher.
    if (twin === cluster) return [];
    const problem = `differs from ${twin} in dots only, which Terraform's addresses leave out`;
    return [fault(place, problem, undefined, "rename one of the two clusters")];
  });
};

/** The names under which this environment's own addresses and clusters are written belong to no other cluster. */
export const ownNamesAreFree: CrossFieldRule = (environment) => {
  const { name, aks } = environment;
  if (name === undefined) return [];
  const own = [
    { item: egressClusterName(name), what: "this environment's own addresses" },
    ...Object.keys(aks ?? {}).map((cluster) => ({
      item: aksClusterName(name, cluster),
      what: `the cluster ${cluster} of aks`,
    })),
  ];
  return itemsOfClusters(environment).flatMap(({ cluster, place }) =>
    own
      .filter(({ item }) => item === cluster)
      .map(({ what }) =>
        fault(place, `is the name under which Ringfence writes ${what}`, undefined, "rename the cluster"),
      ),
  );
};

/** An existing table's stream is a stream of that table, in this account and Region. */
export const streamOfTable: CrossFieldRule = ({ allowlist, aws }) => {
  const existing = allowlist?.table && "existing" in allowlist.table ? allowlist.table.existing : undefined;
  if (existing?.streamArn === undefined) return [];
  const { region, accountId, resource } = arnParts(existing.streamArn);
  const path = ["allowlist", "table", "existing", "streamArn"];
  const isOfTable = existing.name === undefined || resource.startsWith(`table/${existing.name}/`);
  const isNear = region === (aws?.region ?? region) && accountId === (aws?.accountId ?? accountId);
  const ofTable = fault(
    path,
    `is not a stream of the table ${existing.name ?? ""}`,
    existing.streamArn,
    "write the stream of that table",
  );
  const near = fault(
    path,
    "lies in another account or Region than the environment",
    existing.streamArn,
    "write a table of this account and Region: a function reads only streams of its own",
  );
  return [...(isOfTable ? [] : [ofTable]), ...(isNear ? [] : [near])];
};

function keySchemaOf(allowlist: PartialEnvironment["allowlist"]): "id" | "id+ips" {
  const table = allowlist?.table;
  if (table === undefined) return "id";
  return ("existing" in table ? table.existing?.keySchema : "keySchema" in table ? table.keySchema : undefined) ?? "id";
}
