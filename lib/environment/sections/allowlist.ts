import { z } from "zod";

import { arn, cidr, kmsKeyArn, oneOf, says, text, wholeNumber } from "../fields";

/** What a cluster may be called. A colon is reserved for Ringfence's own items of the table. */
export const CLUSTER_NAME = /^[A-Za-z0-9][\w.-]{0,62}$/;

/** A removal larger than both limits waits for a person. */
export const GUARD_DEFAULTS = { maxShare: 0.2, maxAddresses: 50 } as const;

/** AWS WAF Developer Guide, "AWS WAF quotas": 100 IP sets for an account and Region, raised on request. */
export const IP_SETS_QUOTA = 100;

export const CAPACITY_DEFAULTS = { ipv4Sets: 1, ipv6Sets: 1, quota: IP_SETS_QUOTA } as const;

const tableName = text({
  pattern: /^[\w.-]{3,255}$/,
  what: "the name of a DynamoDB table",
  example: '"prod-cluster-bootstrapping"',
});

/** `id`: one item per cluster. `id+ips`: `ips` is the range key, and one cluster may have several items. */
const keySchema = oneOf(["id", "id+ips"]);

const madeTable = z.strictObject({
  /** @default "<environment>-cluster-bootstrapping" */
  name: tableName.optional(),
  /** @default "id" */
  keySchema: keySchema.default("id"),
});

const existingTable = z.strictObject({
  /** A table that somebody else manages; its stream must carry new and old images. */
  existing: z.strictObject({
    name: tableName,
    streamArn: arn(
      "the ARN of a DynamoDB stream",
      /dynamodb:[a-z0-9-]+:\d{12}:table\/[\w.-]+\/stream\/[\w:.-]+/,
      "arn:aws:dynamodb:eu-central-1:111122223333:table/clusters/stream/2026-01-01T00:00:00.000",
    ),
    keySchema,
    /** Key that encrypts the table. @default - the AWS owned key */
    kmsKeyArn: kmsKeyArn.optional(),
  }),
});

const share = says("must be a share between 0 and 1", "write for example 0.2 for 20 %");

/** The allowlist in front of the Rancher server. */
export const allowlist = z.strictObject({
  /**
   * `observe` counts and logs who would be refused and lets everybody in; `enforce` refuses. Begin with `observe`.
   * @default "observe"
   */
  mode: oneOf(["observe", "enforce"]).default("observe"),
  /** What a refused client is told to do: an address, a channel, a page. @default - ask the platform team */
  contact: text({
    pattern: /^[^\n"\\]{3,200}$/,
    what: "one line of text without quotes",
    example: '"platform@example.com"',
  }).optional(),
  /** IP sets of 10,000 addresses each. They only grow by appending, so that growth moves no rule. */
  capacity: z
    .strictObject({
      ipv4Sets: wholeNumber("the number of IPv4 sets", 1, 100).default(CAPACITY_DEFAULTS.ipv4Sets),
      ipv6Sets: wholeNumber("the number of IPv6 sets", 1, 100).default(CAPACITY_DEFAULTS.ipv6Sets),
      /** IP sets the account may have in this Region; raise it here only after AWS has raised it. */
      quota: wholeNumber("the account's quota of IP sets", 1, 1000).default(CAPACITY_DEFAULTS.quota),
    })
    .default(CAPACITY_DEFAULTS),
  /**
   * A pass that would remove more than this share *and* more than this number of addresses removes nothing and alarms.
   * Raise both for as long as a large removal is meant.
   */
  guard: z
    .strictObject({
      maxShare: z
        .number({ error: share })
        .min(0, { error: share })
        .max(1, { error: share })
        .default(GUARD_DEFAULTS.maxShare),
      maxAddresses: wholeNumber("a number of addresses", 0, 1_000_000).default(GUARD_DEFAULTS.maxAddresses),
    })
    .default(GUARD_DEFAULTS),
  /** The table: made here, or an existing one. */
  table: z.union([madeTable, existingTable]).default({ keySchema: "id" }),
  /** How often the whole table is compared with the sets, besides every change, in minutes. @default 5 */
  scheduleMinutes: wholeNumber("a number of minutes", 1, 60).default(5),
  /** Concurrent runs set aside for the function. Accounts with a low limit cannot set any aside. @default - none */
  reservedConcurrency: wholeNumber("a number of concurrent runs", 1, 10).optional(),
  /** Clusters made elsewhere, by name, with the addresses they leave from. Each becomes an item of the table. */
  clusters: z
    .record(
      z.string().regex(CLUSTER_NAME, {
        error: says(
          "is not a cluster name: letters, digits, dots, hyphens and underscores, 63 at most",
          "rename the cluster; a colon is reserved for Ringfence's own items",
        ),
      }),
      z
        .array(cidr, { error: says("must be a list of address ranges", 'write for example ["203.0.113.10/32"]') })
        .min(1, {
          error: says(
            "must name at least one address",
            "write the cluster's egress addresses, or leave the cluster out",
          ),
        }),
      {
        error: says(
          "must map cluster names to address ranges",
          'write for example { "otc-billing": ["203.0.113.10/32"] }',
        ),
      },
    )
    .default({}),
});
