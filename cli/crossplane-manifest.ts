import { createHash } from "node:crypto";

import { stringify } from "yaml";

import { parseAdmitted } from "../lib/addresses";
import { encodeCluster } from "../lambda/allowlist-sync/contract";
import { CLUSTER_NAME, clusterTableName, itemNames, type Environment } from "../lib/environment";
import { fitName, NAME_RULES } from "../lib/names";

/** Which cluster a manifest is for, and where Crossplane keeps it. */
export interface ManifestOptions {
  readonly cluster: string;
  /** The cluster's egress ranges, in CIDR notation. */
  readonly cidrs: readonly string[];
  /** Namespace of the managed resource (Crossplane 2). @default - the cluster-scoped API (Crossplane 1) */
  readonly namespace?: string;
  /** Name of the provider configuration. @default "default" */
  readonly providerConfig?: string;
}

/** API groups of `TableItem` in the Upbound provider family for AWS: with and without a namespace. */
const API_VERSION = {
  cluster: "dynamodb.aws.upbound.io/v1beta1",
  namespaced: "dynamodb.aws.m.upbound.io/v1beta1",
} as const;

/**
 * The manifests by which Crossplane writes a cluster into the allowlist's table: one `TableItem`, or several where the table's
 * composite key asks for it.
 *
 * @returns YAML documents
 * @throws Error when the environment has no allowlist to write to, the cluster is none that Crossplane may write, or a range
 * cannot be admitted
 */
export function crossplaneManifests(environment: Environment, options: ManifestOptions): string {
  const { aws, allowlist } = environment;
  if (aws === undefined || allowlist === undefined) {
    throw new Error(`the environment ${environment.name} has no allowlist; add the sections 'aws' and 'allowlist'`);
  }
  const faults = options.cidrs
    .map((text) => parseAdmitted(text))
    .flatMap((result) => (result.ok ? [] : [result.message]));
  if (faults.length > 0) throw new Error(faults.join("\n"));
  requireOwnKey(environment, options.cluster);
  const table = "existing" in allowlist.table ? allowlist.table.existing : allowlist.table;
  const isComposite = table.keySchema === "id+ips";
  const items = encodeCluster(table.keySchema, options.cluster, [...new Set(options.cidrs)]);
  const documents = items.map((item) => ({
    apiVersion: options.namespace === undefined ? API_VERSION.cluster : API_VERSION.namespaced,
    kind: "TableItem",
    metadata: {
      name: objectName(environment.name, options.cluster, item, isComposite),
      namespace: options.namespace,
    },
    spec: {
      forProvider: {
        region: aws.region,
        tableName: clusterTableName(environment.name, table),
        hashKey: "id",
        rangeKey: isComposite ? "ips" : undefined,
        item,
      },
      providerConfigRef: {
        name: options.providerConfig ?? "default",
        kind: options.namespace === undefined ? undefined : "ClusterProviderConfig",
      },
    },
  }));
  return documents.map((document) => stringify(document, { lineWidth: 0 })).join("---\n");
}

/** Two writers of one key would undo each other's work for ever. */
function requireOwnKey(environment: Environment, cluster: string): void {
  if (!CLUSTER_NAME.test(cluster)) {
    throw new Error(
      `${JSON.stringify(cluster)} is no cluster name: letters, digits, dots, hyphens and underscores, 63 at most, a letter or digit first and last`,
    );
  }
  if (itemNames(environment).includes(cluster)) {
    throw new Error(
      `${cluster} is written by Terraform already; take its addresses out of ${environment.name}, or choose another name`,
    );
  }
}

/**
 * An object of its own for each cluster, and with the composite key for each list of addresses: there the addresses are part of
 * the key, which an object can never change.
 */
function objectName(environment: string, cluster: string, item: string, isComposite: boolean): string {
  const content = isComposite ? `-${createHash("sha256").update(item).digest("hex").slice(0, 8)}` : "";
  return fitName(`${environment}-${cluster}${content}`, NAME_RULES.kubernetesObject);
}
