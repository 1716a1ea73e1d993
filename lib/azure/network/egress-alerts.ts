import { Construct } from "constructs";

import { fitName, NAME_RULES } from "../../names";
import { MetricAlert, type MetricAlertProps, type MetricCondition } from "../metric-alert";

/** Properties of {@link EgressAlerts}. */
export interface EgressAlertsProps {
  /** Begins the name of each. */
  readonly name: string;
  readonly resourceGroupName: string;
  readonly firewallId: string;
  readonly tier: "Standard" | "Premium";
  /** @default - traffic leaves by the firewall's own addresses */
  readonly natGatewayId?: string;
  /** Who hears of them. @default - nobody: they show in the portal only */
  readonly actionGroupIds?: readonly string[];
}

/** One alert, less what all have in common. */
interface Alert extends Pick<MetricAlertProps, "severity" | "description"> {
  /** Its construct. */
  readonly id: string;
  readonly condition: MetricCondition;
}

/** Azure Firewall documentation, "Azure Firewall performance": bits a second in all. */
const MOST_THROUGHPUT = { Standard: 30e9, Premium: 100e9 } as const;

const NEARLY = 0.8;

/** What goes wrong on the way out before anybody notices. */
export class EgressAlerts extends Construct {
  constructor(scope: Construct, id: string, props: EgressAlertsProps) {
    super(scope, id);
    this.#add(props, "Microsoft.Network/azureFirewalls", props.firewallId, firewallAlerts(props));
    if (props.natGatewayId !== undefined) {
      this.#add(props, "Microsoft.Network/natGateways", props.natGatewayId, NAT_ALERTS);
    }
  }

  #add(
    { name, resourceGroupName, actionGroupIds }: EgressAlertsProps,
    targetType: string,
    targetId: string,
    alerts: readonly Alert[],
  ) {
    for (const { id, ...alert } of alerts) {
      new MetricAlert(this, id, {
        ...alert,
        name: fitName(`${name}-${id}`, NAME_RULES.azureMonitor),
        resourceGroupName,
        targetId,
        targetType,
        actionGroupIds,
      });
    }
  }
}

function firewallAlerts({ tier }: EgressAlertsProps): readonly Alert[] {
  return [
    {
      id: "snat",
      severity: 1,
      description:
        "The firewall runs out of ports to leave from, and new connections will fail. Add public IPs, or a NAT gateway.",
      condition: { metric: "SNATPortUtilization", aggregation: "Maximum", operator: "GreaterThan", threshold: 80 },
    },
    {
      id: "health",
      severity: 0,
      description:
        "The firewall is degraded; the dimension Reason of its metric says why. Clusters may have no way out.",
      condition: { metric: "FirewallHealth", aggregation: "Average", operator: "LessThan", threshold: 90 },
    },
    {
      id: "throughput",
      severity: 2,
      description: `The firewall carries ${NEARLY * 100} % of what the tier ${tier} can. Find who sends so much, or use more networks.`,
      condition: {
        metric: "Throughput",
        aggregation: "Average",
        operator: "GreaterThan",
        threshold: MOST_THROUGHPUT[tier] * NEARLY,
      },
    },
  ];
}

const NAT_ALERTS: readonly Alert[] = [
  {
    id: "nat-connections",
    severity: 1,
    description: "Connections fail at the NAT gateway, most often for want of ports. Add public IPs to it.",
    condition: {
      metric: "SNATConnectionCount",
      aggregation: "Total",
      operator: "GreaterThan",
      threshold: 0,
      dimension: { name: "ConnectionState", value: "Failed" },
    },
  },
  {
    id: "nat-health",
    severity: 0,
    description: "The NAT gateway does not answer; its zone may be down. Clusters may have no way out.",
    condition: { metric: "DatapathAvailability", aggregation: "Average", operator: "LessThan", threshold: 90 },
  },
];
