/**
 * What the function and the stack that deploys it agree on: names, limits and payloads.
 *
 * Imports nothing, so that a stack can read it without loading an SDK.
 */

/** Address families, in the order in which the function handles them. A WAF IP set holds exactly one. */
export const FAMILIES = ["ipv4", "ipv6"] as const;
/** One of {@link FAMILIES}. */
export type Family = (typeof FAMILIES)[number];

/** File name of the bundle inside the function's package. */
export const BUNDLE_FILE = "index.js";

/** Value for the function's `handler` setting: export `handler` of {@link BUNDLE_FILE}. */
export const HANDLER = "index.handler";

/**
 * Names of the environment variables, by meaning. Region, credentials and endpoints are the SDK's own variables
 * (`AWS_REGION`, `AWS_ENDPOINT_URL`, ...) and not listed here.
 */
export const VARIABLES = {
  /** Name of the environment; becomes the metric dimension. Required. */
  environment: "ENVIRONMENT",
  /** Name (or ARN) of the table that lists the clusters. Required. */
  tableName: "TABLE_NAME",
  /** What the names of the managed IP sets start with, see {@link ipSetPrefix}. Required. */
  ipSetPrefix: "IP_SET_PREFIX",
  /**
   * Number of the IPv4 sets that rules refer to: slots from 0 on. A set that no rule refers to yet admits nobody, so it must not be
   * filled. Required.
   */
  ipv4Sets: "IPV4_SETS",
  /** The same for IPv6. Required. */
  ipv6Sets: "IPV6_SETS",
  /** Share of the addresses, 0 to 1, up to which one pass may always remove. Required. */
  guardMaxShare: "GUARD_MAX_SHARE",
  /** Number of addresses up to which one pass may always remove. Required. */
  guardMaxAddresses: "GUARD_MAX_ADDRESSES",
  /** Name of the bucket in which the function keeps what it knows of the sets, see {@link KNOWLEDGE_KEYS}. Required. */
  knowledgeBucket: "KNOWLEDGE_BUCKET",
} as const;

/** CloudWatch namespace of the metrics. */
export const METRIC_NAMESPACE = "Ringfence/Allowlist";

/** Scope of the IP sets: load balancers are regional. */
export const WAF_SCOPE = "REGIONAL";

/** Attributes of an item in the table. With the composite key, `ips` is the range key and always a string. */
export const ATTRIBUTES = {
  /** Hash key, String: the cluster. */
  id: "id",
  /** Its egress CIDRs: a String Set, a List of strings, or a String holding a JSON array of strings. */
  ips: "ips",
} as const;

/**
 * Keys in the bucket of knowledge. All of it can be lost at any time: it spares reads of WAF, shows people what they
 * are asked to approve, and lets an approval count once.
 */
export const KNOWLEDGE_KEYS = {
  /** What one set held when the function last wrote or read it: its lock token, then a CIDR a line. */
  set: (name: string) => `sets/${name}.txt`,
  /** What a waiting plan would remove, a CIDR a line. */
  plan: (digest: string) => `plans/${digest}.txt`,
  /** When the approvals under which a plan was carried out would have expired, in milliseconds since 1970, a line each. */
  use: (digest: string) => `uses/${digest}.txt`,
  /** Digest of the plan that waits for consent; empty when none does. */
  waiting: (ipSetPrefix: string) => `waiting/${ipSetPrefix}.txt`,
} as const;

/** Items whose id starts so belong to Ringfence itself: never a cluster, whatever they hold. */
export const RESERVED_ID_PREFIX = "ringfence:";

/**
 * An operator's consent to one plan that the guard holds: an item of this id whose {@link ATTRIBUTES}.ips is the plan's digest (with
 * the composite key, several may stand side by side).
 */
export const APPROVAL = {
  id: `${RESERVED_ID_PREFIX}approval`,
  /** Number, required: when the consent ends, in seconds since 1970. */
  expires: "expires",
  /** String: who consents, for the record. Default: unknown. */
  approvedBy: "approvedBy",
  /** Longest validity, in hours: a consent to what nobody remembers is none. Our own choice. */
  maxHours: 24,
} as const;

/** Addresses one IP set can hold; cannot be raised. Source: AWS WAF Developer Guide, "AWS WAF quotas". */
export const MAX_ADDRESSES_PER_SET = 10_000;

/** Slots a family can have: a slot number has two digits. */
export const MAX_SLOTS = 100;

/**
 * Description that the stack gives a new set: it says in the function's own format that the set is empty, so that the first
 * pass need not read it.
 */
export const EMPTY_DESCRIPTION = "ringfence/1 sha256=e3b0c44298fc1c149afbf4c8996fb924 count=0";

/**
 * Seconds before its timeout at which the function begins no further call of WAF: longer than one call can take, with what is stored in
 * the bucket behind it. The timeout of the function must be well above it: a pass that meets throttles from other users of the account
 * waits them out.
 */
export const TIME_RESERVE_SECONDS = 30;

/** What the managed sets of an environment start with. Sets of people and runners must not start so. */
export function ipSetPrefix(environment: string): string {
  return `${environment}-clusters`;
}

/**
 * Name of one managed IP set, e.g. `prod-clusters-ipv4-00`.
 *
 * @param slot 0 to 99; slots are only ever appended, so that growth never renames a set.
 * @throws RangeError when the slot has no two-digit number
 */
export function ipSetName(prefix: string, family: Family, slot: number): string {
  if (!Number.isInteger(slot) || slot < 0 || slot >= MAX_SLOTS) {
    throw new RangeError(`slot ${slot} is no whole number from 0 to ${MAX_SLOTS - 1}`);
  }
  return `${prefix}-${family}-${String(slot).padStart(2, "0")}`;
}

/**
 * Names of the metrics, by meaning.
 *
 * Every successful pass emits all of them, zeros included. A failed pass emits only what it knows: `passSucceeded` (0),
 * `syncLagSeconds`, `lockConflicts`, `throttles`, `setsRead`, `setsChanged` and `drift`.
 */
export const METRICS = {
  /** Count, 1 or 0. */
  passSucceeded: "PassSucceeded",
  /** Seconds from the oldest change in the event to the end of the pass; 0 without a change. */
  syncLagSeconds: "SyncLagSeconds",
  /** Count of entries and whole items of the table that were skipped because they cannot be admitted. */
  rejectedEntries: "RejectedEntries",
  /** Count of addresses that the guard keeps although no cluster names them; held ones also under {@link DIMENSIONS}.plan. */
  removalsHeld: "RemovalsHeld",
  /** Count of wanted addresses that found no room. */
  addressesRefused: "AddressesRefused",
  /** Count of IP sets written. */
  setsChanged: "SetsChanged",
  /** Count of rounds repeated because another writer was faster. */
  lockConflicts: "LockConflicts",
  /** Count of calls that WAF refused because the account's rate was used up. */
  throttles: "Throttles",
  /** Count of IP sets whose addresses were read from WAF. */
  setsRead: "SetsRead",
  /** Count of IP sets that are missing, or whose content was not what this function had written. */
  drift: "Drift",
  /** Count of addresses in the sets of one family; carries the dimension {@link DIMENSIONS}.family too. */
  addresses: "Addresses",
  /** Percent of one family's capacity in use; carries the dimension {@link DIMENSIONS}.family too. */
  setFillPercent: "SetFillPercent",
} as const;

/** Names of the metric dimensions; values of `family` are {@link FAMILIES}, of `plan` the digests of waiting plans. */
export const DIMENSIONS = { environment: "Environment", family: "Family", plan: "Plan" } as const;

/** What the schedule sends as the event. */
export const SCHEDULE_EVENT = { source: "ringfence.schedule" } as const;

/** What the audit's schedule sends as the event: that pass also reads what the sets really hold. */
export const AUDIT_EVENT = { source: "ringfence.audit" } as const;

/** `id`: one item per cluster. `id+ips`: `ips` is the range key, and a cluster may have several items. */
export type TableKeySchema = "id" | "id+ips";

/** Longest value of a sort key, in bytes. Source: Amazon DynamoDB Developer Guide, "Quotas in Amazon DynamoDB". */
const MAX_SORT_KEY_BYTES = 1024;

/**
 * The items that a writer puts into the table for one cluster, in DynamoDB's JSON.
 *
 * With the hash key alone it is one item with a list: DynamoDB returns a string set in an order of its own, which a writer that
 * compares would take for a change. With the composite key the addresses are spread over as many items as the length of
 * a sort key asks for, in the given order.
 *
 * @param lengthOf length of a range once it is known, for writers that hold placeholders. @default - its own
 */
export function encodeCluster(
  keySchema: TableKeySchema,
  cluster: string,
  cidrs: readonly string[],
  lengthOf: (cidr: string) => number = (cidr) => cidr.length,
): readonly string[] {
  const item = (ips: unknown): string => JSON.stringify({ [ATTRIBUTES.id]: { S: cluster }, [ATTRIBUTES.ips]: ips });
  if (keySchema === "id") return [item({ L: cidrs.map((cidr) => ({ S: cidr })) })];
  return splitBySortKey(cidrs, lengthOf).map((part) => item({ S: JSON.stringify(part) }));
}

function splitBySortKey(cidrs: readonly string[], lengthOf: (cidr: string) => number): readonly (readonly string[])[] {
  const parts: string[][] = [];
  let bytesLeft = 0;
  for (const cidr of cidrs) {
    const bytes = lengthOf(cidr) + '"",'.length;
    const current = parts.at(-1);
    if (current !== undefined && bytes <= bytesLeft) {
      current.push(cidr);
      bytesLeft -= bytes;
    } else {
      parts.push([cidr]);
      bytesLeft = MAX_SORT_KEY_BYTES - "[]".length - bytes;
    }
  }
  return parts;
}
