import type { Construct } from "constructs";

import type { AwsPlace } from "../../names";
import type { Metric } from "../alarm";
import { Dashboard, type Widget } from "../dashboard";
import { NOT_LISTED_RULE } from "../waf/allowlist-acl";
import type { SyncFunction } from "./sync-function";
import { familyMetric, type SyncMetrics, syncMetric } from "./sync-metrics";

/** Properties of {@link SyncDashboard}. */
export interface SyncDashboardProps {
  readonly name: string;
  readonly place: AwsPlace;
  /** Name of the web ACL, as its metrics carry it. */
  readonly webAclName: string;
  readonly sync: SyncFunction;
  readonly metrics: SyncMetrics;
  readonly families: readonly string[];
}

/** The allowlist at a glance: who is let in and turned away, how fast changes arrive, how full the sets are. */
export class SyncDashboard extends Dashboard {
  constructor(scope: Construct, id: string, props: SyncDashboardProps) {
    super(scope, id, { name: props.name, place: props.place, widgets: widgets(props) });
  }
}

function widgets({ place, webAclName, sync, metrics, families }: SyncDashboardProps): readonly Widget[] {
  const waf = (name: string, rule: string): Metric => ({
    namespace: "AWS/WAFV2",
    name,
    dimensions: { WebACL: webAclName, Rule: rule, Region: place.region },
  });
  const lambda = (name: string): Metric => ({
    namespace: "AWS/Lambda",
    name,
    dimensions: { FunctionName: sync.name },
  });
  const own = (...names: readonly (keyof SyncMetrics["names"])[]): Metric[] =>
    names.map((name) => syncMetric(metrics, name));
  return [
    {
      title: "Requests: admitted, refused, on no list",
      metrics: [waf("AllowedRequests", "ALL"), waf("BlockedRequests", "ALL"), waf("CountedRequests", NOT_LISTED_RULE)],
      statistic: "Sum",
    },
    { title: "Seconds from a change to the WAF", metrics: own("syncLagSeconds"), statistic: "Maximum" },
    {
      title: "Fill of the sets in percent",
      metrics: families.map((family) => familyMetric(metrics, "setFillPercent", family)),
      statistic: "Maximum",
    },
    {
      title: "Addresses",
      metrics: families.map((family) => familyMetric(metrics, "addresses", family)),
      statistic: "Maximum",
    },
    {
      title: "What needs a person",
      metrics: own("rejectedEntries", "removalsHeld", "addressesRefused", "drift"),
      statistic: "Maximum",
    },
    {
      title: "Passes",
      metrics: [...own("passSucceeded"), lambda("Errors"), lambda("Throttles")],
      statistic: "Sum",
    },
    {
      title: "Calls of WAF: sets written and read, calls lost to others",
      metrics: own("setsChanged", "setsRead", "lockConflicts", "throttles"),
      statistic: "Sum",
    },
  ];
}
