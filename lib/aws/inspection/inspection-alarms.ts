import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { Alarm, type AlarmProps, MathAlarm, type Metric } from "../alarm";
import type { Widget } from "../dashboard";

/** What the alarms and the dashboard of a fleet look at. */
export interface WatchedFleet {
  /** Begins the names of alarms; also what the appliances' own metrics call their fleet. */
  readonly name: string;
  /** Namespace of the appliances' own metrics. */
  readonly namespace: string;
  /** `gateway/<name>/<id>`. */
  readonly balancer: string;
  /** `targetgroup/<name>/<id>`. */
  readonly targetGroup: string;
  /** Full names of the zones, by letter: `eu-central-1a`. */
  readonly zones: Readonly<Record<string, string>>;
}

/** Properties of {@link InspectionAlarms}. */
export interface InspectionAlarmsProps extends WatchedFleet {
  /** Days after which rules that were not updated are too old. */
  readonly rulesMaxAgeDays: number;
  /** How long an appliance may take until it is healthy, in seconds. */
  readonly bootSeconds: number;
  /** By what zones get packets: until then one without appliances loses nothing, and nobody need be woken while the first ones start. */
  readonly attachment: ITerraformDependable;
  readonly topicArns: readonly string[];
}

/** What an appliance says of itself, a value each minute. */
type OfAppliance = "BootFailed" | "ConntrackDrops" | "GeneveDrops" | "KernelDrops" | "PacketsSeen" | "RulesetAgeDays";

const QUARTER_OF_AN_HOUR = { periodSeconds: 300, periods: 3 } as const;

/** The alarms of a fleet of appliances. */
export class InspectionAlarms extends Construct {
  constructor(scope: Construct, id: string, props: InspectionAlarmsProps) {
    super(scope, id);
    const { name, topicArns } = props;
    for (const [alarm, spec] of Object.entries(metricAlarms(props))) {
      new Alarm(this, alarm, { ...spec, name: `${name}-${alarm}`, topicArns });
    }
    for (const [zone, availabilityZone] of Object.entries(props.zones)) {
      new MathAlarm(this, `no-healthy-appliance-${zone}`, {
        name: `${name}-no-healthy-appliance-${zone}`,
        description:
          `Zone ${availabilityZone} has had no healthy appliance for two minutes. Connections that the transit gateway keeps in ` +
          "this zone, one of so many as there are zones, from whichever zone they come, are lost. See why instances of its Auto Scaling group fail or do not start; the log " +
          "group of boots has their last words.",
        // Without a healthy target the count may not be published at all.
        expression: "FILL(healthy, 0)",
        metrics: { healthy: { metric: hostMetric(props, "HealthyHostCount", availabilityZone), statistic: "Maximum" } },
        threshold: 1,
        below: true,
        missingData: "fault",
        periodSeconds: 60,
        periods: 2,
        after: [props.attachment],
        topicArns,
      });
    }
    for (const [alarm, { metric, percent, description }] of Object.entries(SHARES)) {
      new MathAlarm(this, alarm, {
        name: `${name}-${alarm}`,
        description,
        // Without any packet there is no value, and nothing wrong.
        expression: "100 * missing / (seen + missing)",
        metrics: {
          missing: { metric: applianceMetric(props, metric), statistic: "Sum" },
          seen: { metric: applianceMetric(props, "PacketsSeen"), statistic: "Sum" },
        },
        threshold: percent,
        ...QUARTER_OF_AN_HOUR,
        topicArns,
      });
    }
  }
}

/** What may be missing of what appliances see, in per cent, before somebody should know. */
const SHARES = {
  "dropped-packets": {
    metric: "KernelDrops",
    percent: 1,
    description:
      "Suricata has missed at least 1 % of the packets for a quarter of an hour. They were forwarded, but nobody looked at them. Give the " +
      "fleet more instances; one thread captures on each, however large it is.",
  },
  "lost-packets": {
    metric: "GeneveDrops",
    percent: 0.1,
    description:
      "At least 0.1 % of the packets have come faster than appliances could forward them for a quarter of an hour, and were lost: whoever " +
      "sent them has to send them again. Give the fleet more or larger instances.",
  },
} as const;

function metricAlarms(props: InspectionAlarmsProps): Record<string, Omit<AlarmProps, "name" | "topicArns">> {
  return {
    "unhealthy-appliances": {
      description:
        "For longer than an appliance takes to start at least one has failed its health checks, and so have its replacements. The answer of its " +
        "health page says what is wrong; the log group of health records has it.",
      metric: hostMetric(props, "UnHealthyHostCount"),
      statistic: "Maximum",
      threshold: 1,
      periodSeconds: QUARTER_OF_AN_HOUR.periodSeconds,
      // An appliance is unhealthy until it has started.
      periods: Math.ceil(props.bootSeconds / QUARTER_OF_AN_HOUR.periodSeconds) + 2,
    },
    "refused-connections": {
      description:
        "EC2 has dropped packets that were meant for or came from an appliance, because more connections were open than an instance of its " +
        "type can have: new ones fail, and the appliance itself does not see it. Give the fleet more or larger instances.",
      metric: applianceMetric(props, "ConntrackDrops"),
      statistic: "Sum",
      threshold: 1,
    },
    "old-rules": {
      description:
        `The rules of an appliance are older than ${props.rulesMaxAgeDays} days: its updates fail. The unit ringfence-rules of an instance ` +
        "says why; a source may have moved.",
      metric: applianceMetric(props, "RulesetAgeDays"),
      statistic: "Maximum",
      threshold: props.rulesMaxAgeDays,
      periodSeconds: 3600,
    },
    "failed-boots": {
      description:
        "An appliance could not install itself, and was or will be replaced. The log group of boots has the last words of its " +
        "installation: a download that is gone, or one whose checksum differs from the environment's.",
      metric: applianceMetric(props, "BootFailed"),
      statistic: "Sum",
      threshold: 1,
    },
  };
}

/** The charts of a fleet of appliances. */
export function inspectionWidgets(fleet: WatchedFleet, groupNames: readonly string[]): readonly Widget[] {
  const perGroup = (name: string, namespace = "AWS/EC2"): Metric[] =>
    groupNames.map((group) => ({ namespace, name, dimensions: { AutoScalingGroupName: group } }));
  return [
    {
      title: "Healthy appliances by zone",
      statistic: "Minimum",
      metrics: Object.values(fleet.zones).map((zone) => ({
        ...hostMetric(fleet, "HealthyHostCount", zone),
        label: zone,
      })),
    },
    {
      title: "Appliances in service",
      statistic: "Minimum",
      metrics: perGroup("GroupInServiceInstances", "AWS/AutoScaling"),
    },
    {
      title: "Connections",
      statistic: "Sum",
      // How many there are is measured each minute: a sum over more than one would count them again.
      metrics: [
        { ...balancerMetric(fleet, "ActiveFlowCount"), statistic: "Maximum" },
        balancerMetric(fleet, "NewFlowCount"),
      ],
    },
    { title: "Bytes", statistic: "Sum", metrics: [balancerMetric(fleet, "ProcessedBytes")] },
    { title: "CPU", statistic: "Average", metrics: perGroup("CPUUtilization") },
    {
      title: "Packets in and out",
      statistic: "Average",
      metrics: [...perGroup("NetworkPacketsIn"), ...perGroup("NetworkPacketsOut")],
    },
    {
      title: "Packets that Suricata saw and missed, and that were lost",
      statistic: "Sum",
      metrics: (["PacketsSeen", "KernelDrops", "GeneveDrops", "ConntrackDrops"] as const).map((name) =>
        applianceMetric(fleet, name),
      ),
    },
    { title: "Age of the rules in days", statistic: "Maximum", metrics: [applianceMetric(fleet, "RulesetAgeDays")] },
  ];
}

const NAMESPACE = "AWS/GatewayELB";

/** Elastic Load Balancing User Guide for Gateway Load Balancers, "CloudWatch metrics for your Gateway Load Balancer". */
function hostMetric(
  { balancer, targetGroup }: WatchedFleet,
  name: "HealthyHostCount" | "UnHealthyHostCount",
  availabilityZone?: string,
): Metric {
  const dimensions = { LoadBalancer: balancer, TargetGroup: targetGroup };
  return {
    namespace: NAMESPACE,
    name,
    dimensions: availabilityZone === undefined ? dimensions : { AvailabilityZone: availabilityZone, ...dimensions },
  };
}

const balancerMetric = ({ balancer }: WatchedFleet, name: string): Metric => ({
  namespace: NAMESPACE,
  name,
  dimensions: { LoadBalancer: balancer },
});

const applianceMetric = ({ name: fleet, namespace }: WatchedFleet, name: OfAppliance): Metric => ({
  namespace,
  name,
  dimensions: { Fleet: fleet },
});
