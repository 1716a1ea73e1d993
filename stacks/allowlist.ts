import { resolve } from "node:path";

import { Token } from "cdktf";
import type { Construct } from "constructs";

import * as contract from "../lambda/allowlist-sync/contract";
import type { Family } from "../lib/addresses";
import { ClusterItems } from "../lib/aws/allowlist/cluster-items";
import { ClusterItemsOfState } from "../lib/aws/allowlist/cluster-items-of-state";
import { ClusterTable, existingClusterTable, type IClusterTable } from "../lib/aws/allowlist/cluster-table";
import { SyncAlarms } from "../lib/aws/allowlist/sync-alarms";
import { SyncDashboard } from "../lib/aws/allowlist/sync-dashboard";
import { SyncFunction } from "../lib/aws/allowlist/sync-function";
import type { SyncMetrics } from "../lib/aws/allowlist/sync-metrics";
import { WriterPolicy } from "../lib/aws/allowlist/writer-policy";
import { EncryptionKey } from "../lib/aws/encryption-key";
import { AllowGroup, REFERENCES_PER_GROUP } from "../lib/aws/waf/allow-group";
import { type AccessList, AllowlistAcl } from "../lib/aws/waf/allowlist-acl";
import { IpSet } from "../lib/aws/waf/ip-set";
import { WafLogs } from "../lib/aws/waf/waf-logs";
import {
  accessFamilies,
  addressesOf,
  aksClusterName,
  type AllowlistEnvironment,
  type AwsEnvironment,
  clusterTableName,
  egressClusterName,
  type Environment,
  foreignClusters,
} from "../lib/environment";
import { stackId } from "../lib/names";
import { RingfenceStack } from "../lib/terraform";

/** What other stacks may know of the allowlist. */
export interface AllowlistOutputs {
  readonly webAclArn: string;
  readonly tableName: string;
  readonly tableArn: string;
  /** Managed policy for whoever else writes clusters into the table. */
  readonly writerPolicyArn: string;
}

/** What the stack needs besides the environment's common sections. */
export interface AllowlistProps {
  readonly aws: AwsEnvironment;
  readonly allowlist: AllowlistEnvironment;
  /** Addresses that this environment's own AWS network leaves from. @default - none: no item is written for it */
  readonly ownEgressCidrs?: readonly string[];
  /**
   * Addresses that this environment's AKS clusters leave from, by the cluster's name. Each cluster has an item of its own, though they may
   * share the addresses: one that goes closes the door on no other. @default - it has none
   */
  readonly aksEgressCidrs?: Readonly<Record<string, readonly string[]>>;
}

const SYNC_ENTRY = resolve(__dirname, "..", "lambda", "allowlist-sync", "handler.ts");

/**
 * The allowlist in front of the Rancher server: a table of clusters and their addresses, a function that keeps WAF IP sets
 * equal to it, and the web ACL that admits only what the sets and the access lists hold.
 */
export class AllowlistStack extends RingfenceStack {
  readonly outputs: AllowlistOutputs;

  constructor(scope: Construct, environment: Environment, props: AllowlistProps) {
    super(scope, environment, "allowlist", { clouds: ["aws"] });
    const { aws, allowlist } = props;
    const { protect, notify, rancher } = environment;
    const name = stackId(environment.name, "allowlist");
    const metrics = syncMetrics(environment);
    const families = contract.FAMILIES;

    const key = new EncryptionKey(this, "key", {
      alias: name,
      description: `Data and logs of ${name}`,
      place: aws,
      protect,
    });
    const table = this.#clusterTable(environment, props, key);

    const clusterGroups = families.flatMap((family) =>
      this.#clusterGroups(environment, family, allowlist.capacity[`${family}Sets`]),
    );
    const accessLists = (["operators", "runners"] as const).flatMap((list) => this.#accessList(environment, list));
    const acl = new AllowlistAcl(this, "web-acl", {
      name: stackId(environment.name, "rancher"),
      accessLists,
      clusterGroups,
      mode: allowlist.mode,
      refusal: refusal(environment, allowlist),
      loadBalancerArns: rancher?.loadBalancerArns,
    });
    new WafLogs(this, "waf-logs", { name, place: aws, webAcl: acl, kmsKeyArn: key.arn });

    const items = this.#clusterItems(environment, props, table);
    const sync = new SyncFunction(this, "sync", {
      name: stackId(environment.name, "allowlist-sync"),
      place: aws,
      table,
      ipSetPrefix: contract.ipSetPrefix(environment.name),
      entry: SYNC_ENTRY,
      handler: contract.HANDLER,
      environment: syncVariables(environment, allowlist, table),
      knowledge: {
        variable: contract.VARIABLES.knowledgeBucket,
        keys: Object.values(contract.KNOWLEDGE_KEYS).map((keyOf) => keyOf("*")),
      },
      schedule: { everyMinutes: allowlist.scheduleMinutes, payload: contract.SCHEDULE_EVENT },
      audit: { everyMinutes: allowlist.auditMinutes, payload: contract.AUDIT_EVENT },
      startingPosition: "existing" in allowlist.table ? "LATEST" : "TRIM_HORIZON",
      after: [...clusterGroups.map(({ resource }) => resource), ...items.flatMap(({ resources }) => resources)],
      reservedConcurrency: allowlist.reservedConcurrency,
      kmsKeyArn: key.arn,
      protect,
    });
    const watched = { name, sync, metrics, families };
    new SyncAlarms(this, "alarms", {
      ...watched,
      setCount: allowlist.capacity.ipv4Sets + allowlist.capacity.ipv6Sets,
      scheduleMinutes: allowlist.scheduleMinutes,
      waitingPlan: { key: contract.KNOWLEDGE_KEYS.plan("<digest>"), approvalId: contract.APPROVAL.id },
      topicArns: notify.alarmTopicArns,
    });
    new SyncDashboard(this, "dashboard", { ...watched, place: aws, webAclName: acl.name });

    const writer = new WriterPolicy(this, "writer", {
      name: stackId(environment.name, "allowlist-writer"),
      place: aws,
      table,
      reservedIds: `${contract.RESERVED_ID_PREFIX}*`,
    });

    this.outputs = { webAclArn: acl.arn, tableName: table.name, tableArn: table.arn, writerPolicyArn: writer.arn };
    this.publish("table-name", table.name, "Put an item into this table for each cluster");
    this.publish("web-acl-arn", acl.arn, "Associate it with load balancers that the environment does not name");
    const groupArns = clusterGroups.map(({ arn }) => arn);
    this.publish("rule-group-arns", groupArns, "Refer to them in the web ACL of a load balancer that has its own");
    this.publish("writer-policy-arn", writer.arn, "Attach it to whoever writes clusters into the table");
    this.publish("knowledge-bucket", sync.knowledgeBucket, "Under plans/ it lists what a waiting plan would remove");
    this.publish("function-name", sync.name, "The function whose log explains every change of the sets");
  }

  #clusterTable(environment: Environment, { aws, allowlist }: AllowlistProps, key: EncryptionKey): IClusterTable {
    const { table } = allowlist;
    if ("existing" in table) return existingClusterTable(aws, table.existing);
    return new ClusterTable(this, "clusters", {
      name: clusterTableName(environment.name, table),
      keySchema: table.keySchema,
      kmsKeyArn: key.arn,
      protect: environment.protect,
    });
  }

  /** The clusters of the file, those that this environment makes, and its own addresses. */
  #clusterItems(
    environment: Environment,
    { ownEgressCidrs, aksEgressCidrs = {} }: AllowlistProps,
    table: IClusterTable,
  ): (ClusterItems | ClusterItemsOfState)[] {
    const itemsFor = (id: string, cluster: string, cidrs: readonly string[]): ClusterItems =>
      new ClusterItems(this, id, { table, items: itemsOf(table, cluster, cidrs) });
    return [
      ...Object.entries(foreignClusters(environment)).map(([cluster, addresses]) =>
        "state" in addresses
          ? new ClusterItemsOfState(this, `cluster-${cluster}`, { table, cluster, ...addresses })
          : itemsFor(`cluster-${cluster}`, cluster, addresses),
      ),
      ...Object.entries(aksEgressCidrs).map(([cluster, cidrs]) =>
        itemsFor(`aks-${cluster}`, aksClusterName(environment.name, cluster), cidrs),
      ),
      ...(ownEgressCidrs ? [itemsFor("own-egress", egressClusterName(environment.name), ownEgressCidrs)] : []),
    ];
  }

  /** Sets of one family in slots that are only ever appended, and the rule groups that refer to them. */
  #clusterGroups(environment: Environment, family: Family, setCount: number): AllowGroup[] {
    const prefix = contract.ipSetPrefix(environment.name);
    const sets = Array.from({ length: setCount }, (_, slot) => {
      const name = contract.ipSetName(prefix, family, slot);
      const id = name.slice(environment.name.length + 1);
      return new IpSet(this, id, { name, family, description: contract.EMPTY_DESCRIPTION });
    });
    return Array.from({ length: Math.ceil(setCount / REFERENCES_PER_GROUP) }, (_, group) => {
      const ipSets = sets.slice(group * REFERENCES_PER_GROUP, (group + 1) * REFERENCES_PER_GROUP);
      return new AllowGroup(this, `clusters-${family}-group-${group}`, {
        name: `${prefix}-${family}-group-${group}`,
        ipSets,
      });
    });
  }

  /** A list of `access` as sets of their own, outside what the function may write. Empty lists make no rule. */
  #accessList(environment: Environment, list: "operators" | "runners"): AccessList[] {
    const addresses = environment.access[list];
    const ipSets = accessFamilies(addresses).map(
      (family) =>
        new IpSet(this, `access-${list}-${family}`, {
          name: stackId(environment.name, `access-${list}`, family),
          family,
          description: `access.${list} of the environment ${environment.name}`,
          addresses: addressesOf(family, addresses),
        }),
    );
    return ipSets.length === 0 ? [] : [{ name: list, ipSets }];
  }
}

/** An address that is known only after apply may turn out as long as any IPv4 address. */
function itemsOf(table: IClusterTable, cluster: string, cidrs: readonly string[]): readonly string[] {
  const lengthOf = (cidr: string): number => (Token.isUnresolved(cidr) ? "255.255.255.255/32".length : cidr.length);
  return contract.encodeCluster(table.keySchema, cluster, cidrs, lengthOf);
}

function syncVariables(
  environment: Environment,
  { guard, capacity }: AllowlistEnvironment,
  table: IClusterTable,
): Record<string, string> {
  const { VARIABLES } = contract;
  return {
    [VARIABLES.environment]: environment.name,
    [VARIABLES.tableName]: table.name,
    [VARIABLES.ipSetPrefix]: contract.ipSetPrefix(environment.name),
    [VARIABLES.ipv4Sets]: String(capacity.ipv4Sets),
    [VARIABLES.ipv6Sets]: String(capacity.ipv6Sets),
    [VARIABLES.guardMaxShare]: String(guard.maxShare),
    [VARIABLES.guardMaxAddresses]: String(guard.maxAddresses),
  };
}

function syncMetrics({ name }: Environment): SyncMetrics {
  return {
    namespace: contract.METRIC_NAMESPACE,
    environmentDimension: { name: contract.DIMENSIONS.environment, value: name },
    familyDimension: contract.DIMENSIONS.family,
    planDimension: contract.DIMENSIONS.plan,
    names: contract.METRICS,
  };
}

function refusal({ rancher }: Environment, { contact }: AllowlistEnvironment): string {
  const server = rancher === undefined ? "this server" : rancher.url;
  return `Your address is not on the allowlist of ${server}. To have it admitted, ask ${contact ?? "your platform team"}.`;
}
