import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { Alarm, type AlarmProps, MathAlarm, type Metric } from "../alarm";
import type { LogTable, Widget } from "../dashboard";
import type { LOGS } from "./appliance-contract";

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
  /** Whether a policy decides what passes. */
  readonly hasPolicy: boolean;
  /** With two arms, appliances have a table of connections without a policy, too, and a proxy with a log of its own. */
  readonly mode: "one-arm" | "two-arm";
}

/** Properties of {@link InspectionAlarms}. */
export interface InspectionAlarmsProps extends WatchedFleet {
  /** What becomes of packets for which Suricata has no room. @default - they have passed already, and Suricata gets a copy */
  readonly onFailure?: "open" | "closed";
  /** Days after which rules that were not updated are too old. */
  readonly rulesMaxAgeDays: number;
  /** How long an appliance may take until it is healthy, in seconds. */
  readonly bootSeconds: number;
  /** By what zones get packets: until then one without appliances loses nothing, and nobody need be woken while the first ones start. */
  readonly attachment: ITerraformDependable;
  readonly topicArns: readonly string[];
}

/** What an appliance says of itself, a value each minute. */
type OfAppliance =
  | "BootFailed"
  | "ConnectionTablePercent"
  | "ConntrackDrops"
  | "GeneveDrops"
  | "KernelDrops"
  | "PacketsSeen"
  | "PacketsUnseen"
  | "PolicyAgeSeconds"
  | "PolicyRejected"
  | "RulesetAgeDays";

const QUARTER_OF_AN_HOUR = { periodSeconds: 300, periods: 3 } as const;

/** Appliances ask for their policy each minute, and may take three to put it to work. */
const STALE_POLICY_SECONDS = 900;

/** From here on a table of connections is so full that a rush of new ones could fill it, in per cent. */
const FULL_TABLE_PERCENT = 80;

/** The alarms of a fleet of appliances. */
export class InspectionAlarms extends Construct {
  constructor(scope: Construct, id: string, props: InspectionAlarmsProps) {
    super(scope, id);
    const { name, topicArns } = props;
    for (const [alarm, spec] of Object.entries({
      ...metricAlarms(props),
      ...(props.hasPolicy && policyAlarms(props)),
      ...(hasConnections(props) && connectionAlarms(props)),
    })) {
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
    for (const [alarm, { metric, percent, description }] of Object.entries(sharesFor(props))) {
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

/** A part of the packets that is missing somewhere, and how much of it, in per cent, somebody should know of. */
interface Share {
  readonly metric: OfAppliance;
  readonly percent: number;
  readonly description: string;
}

const LOST: Share = {
  metric: "GeneveDrops",
  percent: 0.1,
  description:
    "At least 0.1 % of the packets have come faster than appliances could forward them for a quarter of an hour, and were lost: whoever " +
    "sent them has to send them again. Give the fleet more or larger instances.",
};

const UNSEEN: Share = {
  metric: "KernelDrops",
  percent: 1,
  description:
    "Suricata has missed at least 1 % of the packets for a quarter of an hour. They were forwarded, but nobody looked at them. Give the " +
    "fleet more instances; one thread captures on each, however large it is.",
};

const REFUSED: Share = {
  metric: "KernelDrops",
  percent: 0.1,
  description:
    "At least 0.1 % of the packets have found no room in the queues before Suricata for a quarter of an hour, and were dropped, as " +
    "onFailure: closed says: whoever sent them has to send them again. Give the fleet more or larger instances.",
};

const PASSED_BY: Share = {
  metric: "PacketsUnseen",
  percent: 1,
  description:
    "At least 1 % of the packets have passed Suricata by for a quarter of an hour, because it was gone or had no room for them, as " +
    "onFailure: open says. Nobody looked at them, and no name in them was denied. Give the fleet more or larger instances, and see " +
    "whether Suricata ends again and again: the stream <instance>/suricata in the log group of health records.",
};

/** With `open` the kernel drops no packet for want of room, and what it lets on is a metric of its own. */
function sharesFor({ onFailure }: InspectionAlarmsProps): Readonly<Record<string, Share>> {
  const ofSuricata = {
    open: { "uninspected-packets": PASSED_BY },
    closed: { "refused-packets": REFUSED },
    none: { "dropped-packets": UNSEEN },
  };
  return { ...ofSuricata[onFailure ?? "none"], "lost-packets": LOST };
}

function policyAlarms(props: InspectionAlarmsProps): Record<string, Omit<AlarmProps, "name" | "topicArns">> {
  return {
    "rejected-policy": {
      description:
        "An appliance does not take the policy that lies in S3, and goes on with the one before. The stream <instance>/policy in the log group " +
        "of health records says what is wrong with it. Put the policy back in the environment file, and deploy.",
      metric: applianceMetric(props, "PolicyRejected"),
      statistic: "Sum",
      threshold: 1,
    },
    "stale-policy": {
      description:
        "For a quarter of an hour an appliance could not find out whether its policy is the newest: S3 does not answer it or refuses, or the " +
        "policy there is rejected. The one that it has stays at work. The stream <instance>/policy in the log group of health records says why.",
      metric: applianceMetric(props, "PolicyAgeSeconds"),
      statistic: "Maximum",
      threshold: STALE_POLICY_SECONDS,
    },
  };
}

/** Whether appliances know connections, for a policy or to find the tunnel of an answer. */
const hasConnections = ({ hasPolicy, mode }: WatchedFleet): boolean => hasPolicy || mode === "two-arm";

function connectionAlarms(props: InspectionAlarmsProps): Record<string, Omit<AlarmProps, "name" | "topicArns">> {
  return {
    "full-connection-table": {
      description:
        `The table of connections of an appliance is full to ${FULL_TABLE_PERCENT} %. When it is full, new connections through it fail. Give ` +
        "the fleet more or larger instances: how many fit goes by memory. See in the flow logs whether one machine opens them all.",
      metric: applianceMetric(props, "ConnectionTablePercent"),
      statistic: "Maximum",
      threshold: FULL_TABLE_PERCENT,
    },
  };
}

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
      metrics: (["PacketsSeen", "PacketsUnseen", "KernelDrops", "GeneveDrops", "ConntrackDrops"] as const).map((name) =>
        applianceMetric(fleet, name),
      ),
    },
    { title: "Age of the rules in days", statistic: "Maximum", metrics: [applianceMetric(fleet, "RulesetAgeDays")] },
    ...(fleet.hasPolicy ? [policyAge(fleet)] : []),
    ...(hasConnections(fleet) ? [connectionTables(fleet)] : []),
  ];
}

const policyAge = (fleet: WatchedFleet): Widget => ({
  title: "Seconds since the policy was found to be the newest",
  statistic: "Maximum",
  metrics: [applianceMetric(fleet, "PolicyAgeSeconds")],
});

const connectionTables = (fleet: WatchedFleet): Widget => ({
  title: "Tables of connections in per cent",
  statistic: "Maximum",
  metrics: [applianceMetric(fleet, "ConnectionTablePercent")],
});

/** What is refused, and which policy is at work, out of the appliances' logs. */
export function logTables(fleet: WatchedFleet): readonly LogTable[] {
  return [...(fleet.mode === "two-arm" ? [proxyTable(fleet)] : []), ...(fleet.hasPolicy ? policyTables(fleet) : [])];
}

/**
 * Squid's own errors besides the policy's verdicts: `ERR_CONFLICT_HOST` where a name is not at the address that the client goes to. A status says
 * less, for servers have errors, too; and a client that leaves is none.
 */
const proxyTable = (fleet: WatchedFleet): LogTable => ({
  title: "What the proxy refused or could not reach, or the policy would have refused",
  logGroup: logGroupOf(fleet, "proxy"),
  query: [
    'filter verdict in ["denied", "would-deny", "unknown"] or error not in ["-", "ERR_CLIENT_GONE"]',
    "stats count(*) as times, latest(@timestamp) as last by verdict, error, spoke, name, host, server, server_port",
    "sort times desc",
    "limit 100",
  ],
});

function policyTables(fleet: WatchedFleet): readonly LogTable[] {
  return [
    {
      title: "What the policy denied, or would have",
      logGroup: logGroupOf(fleet, "policy"),
      query: [
        "filter ispresent(verdict)",
        "fields coalesce(name, destination) as reached",
        "stats count(*) as times, latest(@timestamp) as last by verdict, spoke, reached, protocol, port",
        "sort times desc",
        "limit 100",
      ],
    },
    {
      title: "Policies at work, by their digests",
      logGroup: logGroupOf(fleet, "health"),
      query: [
        "filter ispresent(policy)",
        "stats count_distinct(@logStream) as appliances, earliest(@timestamp) as first, latest(@timestamp) as last by policy",
        "sort last desc",
      ],
    },
  ];
}

const logGroupOf = ({ name }: WatchedFleet, log: (typeof LOGS)[number]): string => `/ringfence/${name}/${log}`;

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
