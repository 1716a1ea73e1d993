import { allow, claimed, made, named, owned, regional, retagged, type Scope } from "../scope";
import { type ActionTable, keysThrough, serviceLinkedRole } from "./table";

const arn = (path: string): string => `ecs:{region}:{account}:${path}`;

const CLUSTERS = named("Containers", "ecs", arn("cluster/{name}"));
const SERVICES = named(
  "Containers",
  "ecs",
  arn("service/{name}/{environment}-*"),
  arn("service-deployment/{name}/{environment}-*"),
  arn("service-revision/{name}/{environment}-*"),
);
const TASKS = named("Containers", "ecs", arn("task-definition/{name}:*"));
const ANY_TASKS = regional("ContainersRead", "ecs");
const TAGS = ["TagResource", "UntagResource"];

const REPOSITORIES = named("Repositories", "ecr", "ecr:{region}:{account}:repository/{name}");
const CACHE_RULES = regional("CacheRules", "ecr");
const REPOSITORY_KEYS = keysThrough("KeysOfRepositories", "ecr");

const TARGETS = "application-autoscaling:{region}:{account}:scalable-target/*";
const SCALING_READ = regional("ScalingRead", "application-autoscaling");
const OWN_TARGETS = owned("Scaling", "application-autoscaling", TARGETS);

const TARGET_TRACKING_ALARMS: Scope = named(
  "ScalingAlarms",
  "cloudwatch",
  "cloudwatch:{region}:{account}:alarm:TargetTracking-service/{name}",
);

/** Amazon ECS with what scales its services, and Amazon ECR. */
export const CONTAINERS: ActionTable = {
  aws_ecs_cluster: {
    nameArgument: "name",
    reads: [allow(CLUSTERS, "DescribeClusters", "ListTagsForResource")],
    writes: [
      allow(CLUSTERS, "CreateCluster", "UpdateCluster", "UpdateClusterSettings", "DeleteCluster", ...TAGS),
      allow(serviceLinkedRole("ContainersRole", "ecs.amazonaws.com"), "CreateServiceLinkedRole"),
    ],
  },
  aws_ecs_cluster_capacity_providers: {
    reads: [allow(CLUSTERS, "DescribeClusters")],
    writes: [allow(CLUSTERS, "PutClusterCapacityProviders")],
  },
  aws_ecs_service: {
    reads: [allow(SERVICES, "DescribeServices", "ListTagsForResource")],
    writes: [
      allow(
        SERVICES,
        "CreateService",
        "UpdateService",
        "DeleteService",
        "DescribeServiceDeployments",
        "DescribeServiceRevisions",
        "ListServiceDeployments",
        ...TAGS,
      ),
    ],
  },
  aws_ecs_task_definition: {
    nameArgument: "family",
    reads: [allow(ANY_TASKS, "DescribeTaskDefinition"), allow(TASKS, "ListTagsForResource")],
    writes: [
      allow(TASKS, "RegisterTaskDefinition", "DeleteTaskDefinitions", ...TAGS),
      allow(ANY_TASKS, "DeregisterTaskDefinition"),
    ],
    passesRoleTo: "ecs-tasks.amazonaws.com",
  },
  aws_appautoscaling_target: {
    reads: [allow(SCALING_READ, "DescribeScalableTargets"), allow(OWN_TARGETS, "ListTagsForResource")],
    writes: [
      allow(made("Scaling", "application-autoscaling", TARGETS), "RegisterScalableTarget"),
      allow(OWN_TARGETS, "RegisterScalableTarget", "DeregisterScalableTarget"),
      allow(claimed("Scaling", "application-autoscaling", TARGETS), "TagResource"),
      allow(retagged("Scaling", "application-autoscaling", TARGETS), "TagResource", "UntagResource"),
      allow(SERVICES, "DescribeServices", "UpdateService"),
      allow(serviceLinkedRole("ScalingRole", "ecs.application-autoscaling.amazonaws.com"), "CreateServiceLinkedRole"),
    ],
  },
  aws_appautoscaling_policy: {
    reads: [allow(SCALING_READ, "DescribeScalingPolicies")],
    writes: [
      allow(OWN_TARGETS, "PutScalingPolicy", "DeleteScalingPolicy"),
      allow(SERVICES, "DescribeServices", "UpdateService"),
      allow(TARGET_TRACKING_ALARMS, "PutMetricAlarm", "DescribeAlarms", "DeleteAlarms"),
    ],
  },
  aws_ecr_repository: {
    nameArgument: "name",
    reads: [allow(REPOSITORIES, "DescribeRepositories", "ListTagsForResource")],
    writes: [
      allow(
        REPOSITORIES,
        "CreateRepository",
        "DeleteRepository",
        "PutImageScanningConfiguration",
        "PutImageTagMutability",
        "TagResource",
        "UntagResource",
      ),
      allow(REPOSITORY_KEYS, "CreateGrant", "DescribeKey", "RetireGrant"),
    ],
  },
  aws_ecr_lifecycle_policy: {
    reads: [allow(REPOSITORIES, "GetLifecyclePolicy")],
    writes: [allow(REPOSITORIES, "PutLifecyclePolicy", "DeleteLifecyclePolicy")],
  },
  aws_ecr_pull_through_cache_rule: {
    reads: [allow(CACHE_RULES, "DescribePullThroughCacheRules")],
    writes: [
      allow(CACHE_RULES, "CreatePullThroughCacheRule", "UpdatePullThroughCacheRule", "DeletePullThroughCacheRule"),
      allow(serviceLinkedRole("CacheRole", "pullthroughcache.ecr.amazonaws.com"), "CreateServiceLinkedRole"),
    ],
  },
};
