import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group";
import { AutoscalingLifecycleHook } from "@cdktf/provider-aws/lib/autoscaling-lifecycle-hook";
import { AutoscalingPolicy } from "@cdktf/provider-aws/lib/autoscaling-policy";
import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

/** Properties of {@link ApplianceFleet}. */
export interface ApplianceFleetProps {
  /** Name tag of the instances. */
  readonly name: string;
  /** Further tags of groups, instances and disks, which Auto Scaling does not take from the provider. */
  readonly tags: Readonly<Record<string, string>>;
  /** Where the appliances stand: a group of them in each zone. */
  readonly zones: readonly {
    /** The zone's letter. */
    readonly zone: string;
    readonly subnetId: string;
    /** Name of the zone's group. */
    readonly groupName: string;
  }[];
  /** AMI, or a reference of EC2's own to a parameter: `resolve:ssm:/…`. */
  readonly imageId: string;
  /** The preferred type first. */
  readonly instanceTypes: readonly string[];
  /** What an instance runs when it boots, in base64. */
  readonly userData: string;
  readonly instanceProfileArn: string;
  readonly securityGroupId: string;
  /**
   * Seconds without a packet after which EC2 forgets a TCP connection of the instances, 60 to 432,000, where they have connections for others.
   * @default - EC2's own: five days, for most types (Amazon EC2 User Guide, "Security group connection tracking")
   */
  readonly forgetTcpSeconds?: number;
  readonly targetGroupArn: string;
  readonly kmsKeyArn: string;
  readonly volumeGb: number;
  /** Appliances in each zone, at least and at most. */
  readonly minPerZone: number;
  readonly maxPerZone: number;
  /** CPU that scaling aims at, in per cent. */
  readonly cpuPercent: number;
  /** Packets a second, in and out, that scaling aims at for one appliance. */
  readonly packetsPerSecond: number;
  readonly maxLifetimeDays: number;
  /** How long the load balancer leaves connections to an appliance that goes. */
  readonly deregistrationDelaySeconds: number;
  /** How long an appliance may take until it is healthy, in seconds. */
  readonly bootSeconds: number;
  /** What instances need when they boot. */
  readonly after: readonly ITerraformDependable[];
}

/** The hook that {@link ApplianceFleet} gives each group; the appliance's files complete it by this name. */
export const DRAIN_HOOK = "drain";

/**
 * How long an instance that goes may still work, in seconds: the load balancer has taken its connections away by then and waited for
 * the deregistration delay, and what is left is the last logs.
 */
export const DRAIN_SECONDS = 300;

/** What Terraform's provider waits for instances to go, unless it is told otherwise. */
const GOING_SECONDS = 600;

const DAY_SECONDS = 24 * 60 * 60;

/** A value every minute: an instance that forwards packets is overloaded long before five have passed. */
const PERIOD_SECONDS = 60;

/** Where both vendors' images keep their root disk. */
export const ROOT_DEVICES = { "ubuntu-24.04": "/dev/sda1", al2023: "/dev/xvda" } as const;

/**
 * The appliances: one Auto Scaling group in each zone, because a group over several promises no capacity in any of them, and a zone
 * without an appliance drops what its spokes send.
 *
 * Whatever changes in the launch template replaces the instances, new ones first: while a new one does not become healthy, none of the
 * old ones goes. Groups name a version of it and never the latest, which an instance could otherwise start from before anybody has
 * looked at it.
 */
export class ApplianceFleet extends Construct {
  /** A zone's group is there once its least number of appliances is healthy. */
  readonly groups: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ApplianceFleetProps & { readonly rootDevice: string }) {
    super(scope, id);
    const tags = tagsOf(props);
    const template = new LaunchTemplate(this, "template", {
      name: props.name,
      description: `Appliances of ${props.name}`,
      imageId: props.imageId,
      updateDefaultVersion: true,
      userData: props.userData,
      ...interfaceOf(props),
      iamInstanceProfile: { arn: props.instanceProfileArn },
      metadataOptions: {
        httpEndpoint: "enabled",
        httpTokens: "required",
        // One hop: what the appliance forwards for others never gets an answer.
        httpPutResponseHopLimit: 1,
        instanceMetadataTags: "disabled",
      },
      monitoring: { enabled: true },
      blockDeviceMappings: [
        {
          deviceName: props.rootDevice,
          ebs: {
            volumeType: "gp3",
            volumeSize: props.volumeGb,
            encrypted: "true",
            kmsKeyId: props.kmsKeyArn,
            deleteOnTermination: "true",
          },
        },
      ],
      tagSpecifications: ["instance", "volume"].map((resourceType) => ({ resourceType, tags })),
      tags,
    });
    this.groups = props.zones.map((zone) => this.#group(zone, template, props));
  }

  #group(
    { zone, subnetId, groupName }: ApplianceFleetProps["zones"][number],
    template: LaunchTemplate,
    props: ApplianceFleetProps,
  ): AutoscalingGroup {
    const group = new AutoscalingGroup(this, `zone-${zone}`, {
      name: groupName,
      vpcZoneIdentifier: [subnetId],
      minSize: props.minPerZone,
      maxSize: props.maxPerZone,
      targetGroupArns: [props.targetGroupArn],
      healthCheckType: "ELB",
      healthCheckGracePeriod: props.bootSeconds,
      defaultInstanceWarmup: props.bootSeconds,
      maxInstanceLifetime: props.maxLifetimeDays * DAY_SECONDS,
      // What comes after this stack sends its traffic through appliances that are there.
      // When it is made only: later there may be more than the least, and waiting for exactly that many would have no end.
      minElbCapacity: props.minPerZone,
      waitForCapacityTimeout: `${Math.ceil((2 * props.bootSeconds) / 60)}m`,
      mixedInstancesPolicy: {
        launchTemplate: {
          launchTemplateSpecification: {
            launchTemplateId: template.id,
            version: String(template.latestVersion),
          },
          override: props.instanceTypes.map((instanceType) => ({ instanceType })),
        },
        instancesDistribution: {
          onDemandAllocationStrategy: "prioritized",
          onDemandPercentageAboveBaseCapacity: 100,
        },
      },
      instanceRefresh: {
        strategy: "Rolling",
        preferences: {
          minHealthyPercentage: 100,
          maxHealthyPercentage: 200,
          instanceWarmup: String(props.bootSeconds),
          // Terraform changes the group before it starts the refresh, so that a rollback would lead to the version that failed
          // (hashicorp/terraform-provider-aws, issue 34189). Without it, what ran before goes on running.
          autoRollback: false,
        },
      },
      // New ones first also where a zone is rebalanced or an instance has reached its age.
      instanceMaintenancePolicy: { minHealthyPercentage: 100, maxHealthyPercentage: 200 },
      enabledMetrics: ["GroupDesiredCapacity", "GroupInServiceInstances"],
      metricsGranularity: "1Minute",
      tag: Object.entries(tagsOf(props)).map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
      // Nothing is taken down before the last instance has waited for its connections and its hook.
      timeouts: { delete: `${Math.ceil((props.deregistrationDelaySeconds + DRAIN_SECONDS + GOING_SECONDS) / 60)}m` },
      dependsOn: [...props.after],
    });
    // A resource of its own: what stands in the group itself is read when the group is made, and never again.
    new AutoscalingLifecycleHook(this, `zone-${zone}-drain`, {
      name: DRAIN_HOOK,
      autoscalingGroupName: group.name,
      lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
      heartbeatTimeout: DRAIN_SECONDS,
      defaultResult: "CONTINUE",
    });
    new AutoscalingPolicy(this, `zone-${zone}-cpu`, {
      name: `${groupName}-cpu`,
      autoscalingGroupName: group.name,
      policyType: "TargetTrackingScaling",
      targetTrackingConfiguration: {
        targetValue: props.cpuPercent,
        predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
      },
    });
    const packets = (name: "NetworkPacketsIn" | "NetworkPacketsOut", id: string) => ({
      id,
      returnData: false,
      metricStat: {
        stat: "Average",
        period: PERIOD_SECONDS,
        metric: {
          namespace: "AWS/EC2",
          metricName: name,
          dimensions: [{ name: "AutoScalingGroupName", value: group.name }],
        },
      },
    });
    new AutoscalingPolicy(this, `zone-${zone}-packets`, {
      name: `${groupName}-packets`,
      autoscalingGroupName: group.name,
      policyType: "TargetTrackingScaling",
      targetTrackingConfiguration: {
        targetValue: props.packetsPerSecond,
        customizedMetricSpecification: {
          metrics: [
            packets("NetworkPacketsIn", "received"),
            packets("NetworkPacketsOut", "sent"),
            { id: "each", expression: `(received + sent) / ${PERIOD_SECONDS}`, returnData: true },
          ],
        },
      },
    });
    return group;
  }
}

/** Where connections are forgotten sooner, the security group is the interface's to name. */
function interfaceOf({ securityGroupId, forgetTcpSeconds }: ApplianceFleetProps) {
  if (forgetTcpSeconds === undefined) return { vpcSecurityGroupIds: [securityGroupId] };
  return {
    networkInterfaces: [
      {
        deviceIndex: 0,
        deleteOnTermination: "true",
        securityGroups: [securityGroupId],
        connectionTrackingSpecification: { tcpEstablishedTimeout: forgetTcpSeconds },
      },
    ],
  };
}

const tagsOf = ({ name, tags }: ApplianceFleetProps): Record<string, string> => ({ ...tags, Name: name });
