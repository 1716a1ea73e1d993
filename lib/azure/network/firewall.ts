import { Firewall as AzureFirewall } from "@cdktf/provider-azurerm/lib/firewall";
import { MonitorDiagnosticSetting } from "@cdktf/provider-azurerm/lib/monitor-diagnostic-setting";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { fitName, NAME_RULES } from "../../names";
import type { AzurePlace } from "../place";
import type { FirewallRules } from "./firewall-rules";
import type { PublicAddress } from "./public-addresses";

/** Properties of {@link Firewall}. */
export interface FirewallProps {
  readonly name: string;
  readonly place: AzurePlace;
  readonly tier: "Standard" | "Premium";
  /** Availability zones; none where the Region has none. */
  readonly zones: readonly number[];
  /** `AzureFirewallSubnet` */
  readonly subnetId: string;
  /** The first carries the subnet: Azure lets it neither go nor change its place. */
  readonly addresses: readonly PublicAddress[];
  readonly rules: FirewallRules;
  /** Log Analytics workspace for its logs. */
  readonly workspaceId: string;
  /** What the subnet needs before anything leaves it. */
  readonly after: readonly ITerraformDependable[];
}

/**
 * Logs of Azure Firewall (Azure Firewall documentation, "Azure Firewall monitoring data reference"), less those that have to be switched on
 * apart and are charged by the packet: flow trace and fat flows.
 */
const LOGS: readonly string[] = [
  "AZFWApplicationRule",
  "AZFWDnsQuery",
  "AZFWFqdnResolveFailure",
  "AZFWIdpsSignature",
  "AZFWNatRule",
  "AZFWNetworkRule",
  "AZFWThreatIntel",
];

/** The firewall through which everything leaves, with its logs in tables of their own. */
export class Firewall extends Construct {
  readonly id: string;
  /** Where routes lead to, and whom machines ask for names. */
  readonly privateIp: string;

  constructor(scope: Construct, id: string, props: FirewallProps) {
    super(scope, id);
    const firewall = new AzureFirewall(this, "Resource", {
      ...props.place,
      name: fitName(props.name, NAME_RULES.azureFirewall),
      skuName: "AZFW_VNet",
      skuTier: props.tier,
      zones: props.zones.length === 0 ? undefined : props.zones.map(String),
      firewallPolicyId: props.rules.policyId,
      // The policy decides; scanners look here. What Azure makes of it beside a policy is documented nowhere, and does nothing: should it
      // give back something else, that is no difference, which would rewrite the firewall in every deploy.
      threatIntelMode: "Deny",
      lifecycle: { ignoreChanges: ["threat_intel_mode"] },
      ipConfiguration: props.addresses.map(({ name, id: publicIpAddressId }, index) => ({
        name,
        publicIpAddressId,
        subnetId: index === 0 ? props.subnetId : undefined,
      })),
      // Rules first: a policy takes no rules while a firewall takes the policy, and nothing shall leave before they are there.
      dependsOn: [...props.rules.groups, ...props.after],
    });
    this.id = firewall.id;
    this.privateIp = firewall.ipConfiguration.get(0).privateIpAddress;
    new MonitorDiagnosticSetting(this, "logs", {
      name: "ringfence",
      targetResourceId: firewall.id,
      logAnalyticsWorkspaceId: props.workspaceId,
      // A table for each kind of log, with columns, instead of one for all that Azure has.
      logAnalyticsDestinationType: "Dedicated",
      enabledLog: LOGS.map((category) => ({ category })),
      enabledMetric: [{ category: "AllMetrics" }],
    });
  }
}
