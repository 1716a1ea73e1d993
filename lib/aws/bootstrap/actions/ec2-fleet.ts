import { allow, named, regional, type Scope } from "../scope";
import { EC2, making, own, tagging } from "./ec2";
import { type ActionTable, serviceLinkedRole } from "./table";

const AUTO_SCALING = regional("AutoScalingRead", "autoscaling");

const GROUPS: Scope = {
  ...named(
    "AutoScalingGroups",
    "autoscaling",
    "autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{name}",
  ),
  because:
    "the ARN of an Auto Scaling group has an id of Auto Scaling's own before its name, and all names of the environment begin with its own",
};

const TARGET_TRACKING_ALARMS = named(
  "AutoScalingAlarms",
  "cloudwatch",
  "cloudwatch:{region}:{account}:alarm:TargetTracking-{name}",
);

/** Instances start from a launch template, which has to be the environment's own. */
const LAUNCHED: Scope = {
  sid: "Ec2Launch",
  service: "ec2",
  resources: [
    "ec2:{region}::image/*",
    "ec2:{region}::snapshot/*",
    "ec2:{region}:{account}:image/*",
    "ec2:{region}:{account}:instance/*",
    "ec2:{region}:{account}:network-interface/*",
    "ec2:{region}:{account}:snapshot/*",
    "ec2:{region}:{account}:volume/*",
  ],
  conditions: { ArnLike: { "ec2:LaunchTemplate": "arn:{partition}:ec2:{region}:{account}:launch-template/*" } },
  because:
    "EC2 Auto Scaling asks on behalf of who writes a group whether he may start what its launch template says; the template carries the environment's tag " +
    '(Amazon EC2 Auto Scaling User Guide, "Control Amazon EC2 launch template usage in Auto Scaling groups")',
};

const IMAGES_OF_PARAMETERS: Scope = {
  sid: "ImageParameters",
  service: "ssm",
  resources: ["ssm:{region}:{account}:parameter/imagebuilder/{name}", "ssm:{region}::parameter/aws/service/*"],
  because: "a launch template may name its image by a parameter: the environment's own, or one that AWS publishes",
};

const HOOKS = [allow(GROUPS, "PutLifecycleHook", "DeleteLifecycleHook")];

/** Machines that are many: launch templates and Auto Scaling groups. */
export const EC2_FLEET: ActionTable = {
  aws_launch_template: {
    reads: [
      allow(EC2, "DescribeLaunchTemplates", "DescribeLaunchTemplateVersions"),
      allow(IMAGES_OF_PARAMETERS, "GetParameters"),
    ],
    writes: [
      ...making("launch-template", "CreateLaunchTemplate"),
      allow(own("launch-template"), "CreateLaunchTemplateVersion", "ModifyLaunchTemplate", "DeleteLaunchTemplate"),
    ],
  },
  aws_autoscaling_group: {
    reads: [
      allow(AUTO_SCALING, "DescribeAutoScalingGroups", "DescribeTags", "DescribeTrafficSources", "DescribeWarmPool"),
    ],
    writes: [
      allow(
        GROUPS,
        "CreateAutoScalingGroup",
        "UpdateAutoScalingGroup",
        "DeleteAutoScalingGroup",
        "CreateOrUpdateTags",
        "DeleteTags",
        "EnableMetricsCollection",
        "DisableMetricsCollection",
        "SuspendProcesses",
        "ResumeProcesses",
        "AttachLoadBalancerTargetGroups",
        "DetachLoadBalancerTargetGroups",
        "AttachTrafficSources",
        "DetachTrafficSources",
        "StartInstanceRefresh",
        "CancelInstanceRefresh",
        "SetDesiredCapacity",
        "SetInstanceProtection",
      ),
      ...HOOKS,
      allow(
        AUTO_SCALING,
        "DescribeInstanceRefreshes",
        "DescribeLifecycleHooks",
        "DescribeLoadBalancerTargetGroups",
        "DescribeScalingActivities",
      ),
      allow(LAUNCHED, "RunInstances"),
      allow(own("launch-template", "security-group", "subnet"), "RunInstances"),
      ...tagging("instance", "volume"),
      allow(serviceLinkedRole("AutoScalingRole", "autoscaling.amazonaws.com"), "CreateServiceLinkedRole"),
    ],
    passesRoleTo: "ec2.amazonaws.com",
  },
  aws_autoscaling_lifecycle_hook: {
    reads: [allow(AUTO_SCALING, "DescribeLifecycleHooks")],
    writes: HOOKS,
  },
  aws_autoscaling_policy: {
    reads: [allow(AUTO_SCALING, "DescribePolicies")],
    writes: [
      allow(GROUPS, "PutScalingPolicy", "DeletePolicy"),
      allow(TARGET_TRACKING_ALARMS, "PutMetricAlarm", "DescribeAlarms", "DeleteAlarms"),
    ],
  },
};
