import { z } from "zod";

import { arn, kmsKeyArn, oneOf, says, text, wholeNumber } from "../fields";
import { madeOrExisting, mapOf, section } from "../shapes";
import { clusterAddresses } from "./cluster-addresses";

/** What a cluster may be called. A colon is reserved for Ringfence's own items of the table. */
export const CLUSTER_NAME = /^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;

/** A removal larger than both limits waits for a person. */
const GUARD_DEFAULTS = { maxShare: 0.2, maxAddresses: 50 } as const;

/** AWS WAF Developer Guide, "AWS WAF quotas": 100 IP sets for an account and Region, raised on request. */
const IP_SETS_QUOTA = 100;

/** One set for each family, within the quota that every account has. */
export const CAPACITY_DEFAULTS = { ipv4Sets: 1, ipv6Sets: 1, quota: IP_SETS_QUOTA } as const;

const tableName = text({
  pattern: /^[\w.-]{3,255}$/,
  what: "the name of a DynamoDB table: 3 to 255 letters, digits and _ . -",
  example: '"prod-cluster-bootstrapping"',
});

const keySchema = oneOf(["id", "id+ips"]);

const madeTable = section(
  '{ name: "…" } or { existing: { … } }',
  {
    /** Changing it makes a new table and deletes the old one with its items. @default "<environment>-cluster-bootstrapping" */
    name: tableName.optional(),
    /**
     * `id`: one item per cluster. `id+ips`: `ips` is the range key, and one cluster may have several items. Changing it makes a
     * new table and deletes the old one with its items. @default "id"
     */
    keySchema: keySchema.default("id"),
  },
  ["existing"],
);

const existingTable = section("{ name, streamArn, keySchema }", {
  /** The table's name. */
  name: tableName,
  /** Its stream, which must carry new and old images. */
  streamArn: arn(
    "the ARN of a DynamoDB stream",
    /dynamodb:[a-z0-9-]+:\d{12}:table\/[\w.-]+\/stream\/[\w:.-]+/,
    "arn:aws:dynamodb:eu-central-1:111122223333:table/clusters/stream/2026-01-01T00:00:00.000",
  ),
  /** `id`: one item per cluster. `id+ips`: `ips` is the range key, and one cluster may have several items. */
  keySchema,
  /** Key that encrypts the table. @default - the AWS owned key */
  kmsKeyArn: kmsKeyArn.optional(),
});

const CLUSTERS = '{ "otc-billing": ["203.0.113.10/32"] }';

function clusterNameFault(name: string): string | undefined {
  if (CLUSTER_NAME.test(name)) return undefined;
  return says(
    "is not a cluster name: letters, digits, dots, hyphens and underscores, 63 at most, a letter or digit first and last",
    "rename the cluster; a colon is reserved for Ringfence's own items",
  );
}

const SHARE = says("must be a share from 0 to 1", "write for example 0.2 for 20 %");

/** The allowlist in front of the Rancher server. */
export const allowlist = section('{ mode: "observe", clusters: { … } }', {
  /**
   * `observe` counts and logs who would be refused and lets everybody in; `enforce` refuses. Begin with `observe`: until the
   * function's first pass the sets are empty, and a first deploy in `enforce` would admit no cluster.
   * @default "observe"
   */
  mode: oneOf(["observe", "enforce"]).default("observe"),
  /** What a refused client is told to do: an address, a channel, a page. @default - ask the platform team */
  contact: text({
    pattern: /^[^\p{Cc}"\\]{3,200}$/u,
    what: "one line of 3 to 200 characters without double quotes and backslashes",
    example: '"platform@example.com"',
  }).optional(),
  /**
   * IP sets of 10,000 addresses each; the function spreads the addresses over all sets of their family. They only grow by
   * appending, so that growth moves no rule.
   */
  capacity: section("{ ipv4Sets: 1, ipv6Sets: 1 }", {
    /** Sets for IPv4 addresses. @default 1 */
    ipv4Sets: wholeNumber("the number of IPv4 sets", 1, 100).default(CAPACITY_DEFAULTS.ipv4Sets),
    /** Sets for IPv6 addresses. @default 1 */
    ipv6Sets: wholeNumber("the number of IPv6 sets", 1, 100).default(CAPACITY_DEFAULTS.ipv6Sets),
    /** IP sets the account may have in this Region; raise it here only after AWS has raised it. @default 100 */
    quota: wholeNumber("the account's quota of IP sets", 1, 1000).default(CAPACITY_DEFAULTS.quota),
  }).default(CAPACITY_DEFAULTS),
  /**
   * A pass that would remove more than this share *and* more than this number of addresses removes nothing and alarms.
   * What it would have removed waits as a plan with a digest. If it is meant, an operator approves exactly that digest by the
   * item `ringfence:approval` of the table.
   */
  guard: section("{ maxShare: 0.2, maxAddresses: 50 }", {
    /** Share of the addresses that the sets hold, from 0 to 1. @default 0.2 */
    maxShare: z
      .number({ error: SHARE })
      .min(0, { error: SHARE })
      .max(1, { error: SHARE })
      .default(GUARD_DEFAULTS.maxShare),
    /** Number of addresses. @default 50 */
    maxAddresses: wholeNumber("a number of addresses", 0, 1_000_000).default(GUARD_DEFAULTS.maxAddresses),
  }).default(GUARD_DEFAULTS),
  /** The table: made here, or an existing one. */
  table: madeOrExisting("a table", madeTable, existingTable).default({ keySchema: "id" }),
  /** How often the whole table is compared with the sets, besides every change, in minutes. @default 5 */
  scheduleMinutes: wholeNumber("a number of minutes", 1, 60).default(5),
  /**
   * How often the function also reads what the sets really hold, and repairs what somebody else has changed, in minutes. It
   * reads each set once, at five a second: 100 sets take 20 seconds of the rate at which WAF lets the whole account read.
   * @default 15
   */
  auditMinutes: wholeNumber("a number of minutes", 5, 1440).default(15),
  /** Concurrent runs set aside for the function. Accounts with a low limit cannot set any aside. @default - none */
  reservedConcurrency: wholeNumber("a number of concurrent runs", 1, 10).optional(),
  /**
   * Clusters made elsewhere, by name, with the addresses they leave from: written out, or read from another Terraform state. Each
   * becomes an item of the table. @default - none
   */
  clusters: mapOf(
    clusterAddresses,
    clusterNameFault,
    "an object of clusters with their address ranges",
    CLUSTERS,
  ).default({}),
});
