import { type Family, parseCidr } from "../../addresses";
import { egressClusterName, ipSetCount } from "../allowlist-facts";
import type { PartialEnvironment } from "../environment";
import { arnParts } from "../fields";
import { CAPACITY_DEFAULTS } from "../sections/allowlist";
import { describe, type Violation } from "../violation";
import { type CrossFieldRule, present, violation } from "./rule";

/** AWS WAF Developer Guide, "AWS WAF quotas": addresses in one IP set. */
const ADDRESSES_PER_SET = 10_000;

/** Amazon DynamoDB Developer Guide, "Quotas in Amazon DynamoDB": 400 KB an item. */
const ITEM_BYTES = 400 * 1024;

/** Bytes of an item besides its addresses: attribute names, the cluster's name, the list's own. */
const ITEM_OVERHEAD_BYTES = 256;

export const allowlistNeedsAws: CrossFieldRule = ({ allowlist, aws }) =>
  allowlist !== undefined && aws === undefined
    ? [
        {
          path: "allowlist",
          problem: "stands in AWS, and the environment has no section 'aws'",
          remedy: 'add aws: { accountId: "…", region: "…" }',
        },
      ]
    : [];

/** Blocking by default while nobody is admitted by hand locks everybody out for good. */
export const enforceNeedsOperators: CrossFieldRule = ({ allowlist, access }) =>
  allowlist?.mode === "enforce" && (access?.operators ?? []).length === 0
    ? [
        violation(
          ["allowlist", "mode"],
          "would lock you out: no operator is admitted",
          "enforce",
          'add your own ranges to access.operators, or write "observe"',
        ),
      ]
    : [];

/** All IP sets of the environment stay within the account's quota. */
export const setsWithinQuota: CrossFieldRule = (environment) => {
  if (environment.allowlist === undefined) return [];
  const quota = environment.allowlist.capacity?.quota ?? CAPACITY_DEFAULTS.quota;
  const sets = ipSetCount(environment);
  if (sets <= quota) return [];
  return [
    violation(
      ["allowlist", "capacity"],
      `needs ${sets} IP sets with those of 'access', and the account may have ${quota}`,
      undefined,
      "lower ipv4Sets or ipv6Sets, or have the quota raised by AWS and then write it into capacity.quota",
    ),
  ];
};

/** What Terraform itself writes into the table fits into the sets. */
export const addressesWithinCapacity: CrossFieldRule = ({ allowlist, aws }) => {
  if (allowlist === undefined) return [];
  const distinct: Record<Family, Set<string>> = { ipv4: new Set(), ipv6: new Set() };
  for (const text of Object.values(allowlist.clusters ?? {}).flatMap((list) => present(list).map(({ item }) => item))) {
    const parsed = parseCidr(text);
    if (parsed.ok) distinct[parsed.cidr.family].add(parsed.cidr.text);
  }
  const ownEgress = present(aws?.network && "zones" in aws.network ? aws.network.zones : []).length;
  return (["ipv4", "ipv6"] as const).flatMap((family) => {
    const sets = allowlist.capacity?.[`${family}Sets`] ?? CAPACITY_DEFAULTS[`${family}Sets`];
    const wanted = distinct[family].size + (family === "ipv4" ? ownEgress : 0);
    if (wanted <= sets * ADDRESSES_PER_SET) return [];
    return [
      violation(
        ["allowlist", "clusters"],
        `names ${wanted} ${family} addresses, and ${sets} sets hold ${sets * ADDRESSES_PER_SET}`,
        undefined,
        `raise allowlist.capacity.${family}Sets`,
      ),
    ];
  });
};

/** One item per cluster has to hold all of its addresses, unless the table's key lets a cluster have several. */
export const clustersFitItems: CrossFieldRule = ({ allowlist }) => {
  if (keySchemaOf(allowlist) === "id+ips") return [];
  return Object.entries(allowlist?.clusters ?? {}).flatMap(([cluster, addresses]) => {
    const bytes = present(addresses).reduce((sum, { item }) => sum + item.length + 1, ITEM_OVERHEAD_BYTES);
    if (bytes <= ITEM_BYTES) return [];
    return [
      violation(
        ["allowlist", "clusters", cluster],
        "has more addresses than one DynamoDB item holds (400 KB)",
        addresses,
        'split it under two names, or use a table with keySchema "id+ips"',
      ),
    ];
  });
};

/** The name under which this environment's own addresses are written belongs to no other cluster. */
export const egressNameIsFree: CrossFieldRule = ({ name, allowlist }) => {
  if (name === undefined || !Object.hasOwn(allowlist?.clusters ?? {}, egressClusterName(name))) return [];
  return [
    violation(
      ["allowlist", "clusters", egressClusterName(name)],
      "is the name under which Ringfence writes this environment's own addresses",
      undefined,
      "rename the cluster",
    ),
  ];
};

/** An existing table's stream is a stream of that table, in this account and Region. */
export const streamOfTable: CrossFieldRule = ({ allowlist, aws }) => {
  const existing = allowlist?.table && "existing" in allowlist.table ? allowlist.table.existing : undefined;
  if (existing?.streamArn === undefined) return [];
  const { region, accountId, resource } = arnParts(existing.streamArn);
  const found = describe(existing.streamArn);
  const path = "allowlist.table.existing.streamArn";
  const faults: Violation[] = [];
  if (existing.name !== undefined && !resource.startsWith(`table/${existing.name}/`)) {
    faults.push({
      path,
      problem: `is not a stream of the table ${existing.name}`,
      got: found,
      remedy: "write the stream of that table",
    });
  }
  if (
    (aws?.region !== undefined && region !== aws.region) ||
    (aws?.accountId !== undefined && accountId !== aws.accountId)
  ) {
    faults.push({
      path,
      problem: "lies in another account or Region than the environment",
      got: found,
      remedy: "write a table of this account and Region: a function reads only streams of its own",
    });
  }
  return faults;
};

function keySchemaOf(allowlist: PartialEnvironment["allowlist"]): "id" | "id+ips" {
  const table = allowlist?.table;
  if (table === undefined) return "id";
  return ("existing" in table ? table.existing?.keySchema : "keySchema" in table ? table.keySchema : undefined) ?? "id";
}
