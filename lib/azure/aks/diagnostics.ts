import { MonitorDataCollectionRule } from "@cdktf/provider-azurerm/lib/monitor-data-collection-rule";
import { MonitorDataCollectionRuleAssociation } from "@cdktf/provider-azurerm/lib/monitor-data-collection-rule-association";
import { MonitorDiagnosticSetting } from "@cdktf/provider-azurerm/lib/monitor-diagnostic-setting";
import { Construct } from "constructs";

/** Properties of {@link ClusterDiagnostics}. */
export interface ClusterDiagnosticsProps {
  /** Name of the cluster. */
  readonly name: string;
  readonly clusterId: string;
  readonly resourceGroupName: string;
  /** Log Analytics workspace that takes everything. */
  readonly workspaceId: string;
  /** Region of the workspace. */
  readonly workspaceLocation: string;
}

/**
 * Logs of the control plane (AKS documentation, "Monitor AKS data reference"). `kube-audit-admin` is every change of
 * anything; `kube-audit` would add every read, at many times the price.
 */
const CONTROL_PLANE_LOGS = [
  "cloud-controller-manager",
  "cluster-autoscaler",
  "guard",
  "kube-apiserver",
  "kube-audit-admin",
  "kube-controller-manager",
  "kube-scheduler",
] as const;

const INSIGHTS_STREAM = "Microsoft-ContainerInsights-Group-Default";
const WORKSPACE = "workspace";

/**
 * What a cluster tells: logs of its control plane, and container insights. The agent of the latter signs in with a managed identity,
 * and then collects nothing until a rule that says what is tied to the cluster.
 */
export class ClusterDiagnostics extends Construct {
  constructor(scope: Construct, id: string, props: ClusterDiagnosticsProps) {
    super(scope, id);
    new MonitorDiagnosticSetting(this, "control-plane", {
      name: "control-plane",
      targetResourceId: props.clusterId,
      logAnalyticsWorkspaceId: props.workspaceId,
      // A table for each kind of log, instead of one for all that Azure has.
      logAnalyticsDestinationType: "Dedicated",
      enabledLog: CONTROL_PLANE_LOGS.map((category) => ({ category })),
    });
    const rule = new MonitorDataCollectionRule(this, "insights", {
      name: `${props.name}-insights`,
      resourceGroupName: props.resourceGroupName,
      // Azure Monitor wants a rule where its workspace is, wherever that stands from which it collects.
      location: props.workspaceLocation,
      kind: "Linux",
      dataSources: {
        extension: [
          {
            name: "ContainerInsightsExtension",
            extensionName: "ContainerInsights",
            streams: [INSIGHTS_STREAM],
            extensionJson: JSON.stringify({
              dataCollectionSettings: { interval: "1m", namespaceFilteringMode: "Off", enableContainerLogV2: true },
            }),
          },
        ],
      },
      destinations: { logAnalytics: [{ name: WORKSPACE, workspaceResourceId: props.workspaceId }] },
      dataFlow: [{ streams: [INSIGHTS_STREAM], destinations: [WORKSPACE] }],
    });
    new MonitorDataCollectionRuleAssociation(this, "insights-association", {
      name: "ContainerInsightsExtension",
      targetResourceId: props.clusterId,
      dataCollectionRuleId: rule.id,
    });
  }
}
