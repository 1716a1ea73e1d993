import { EcsCluster as Cluster } from "@cdktf/provider-aws/lib/ecs-cluster";
import { EcsClusterCapacityProviders } from "@cdktf/provider-aws/lib/ecs-cluster-capacity-providers";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { fitName, NAME_RULES } from "../../names";
import { LogGroup } from "../log-group";

/** Properties of an {@link EcsCluster}. */
export interface EcsClusterProps {
  /** Full name; shortened to fit. Names the log group `/ringfence/<name>/exec`. */
  readonly name: string;
  /** Encrypts the logs, and the sessions of ECS Exec. */
  readonly kmsKeyArn: string;
}

/** What ECS Exec needs to know of a cluster. */
export interface ExecSessions {
  readonly kmsKeyArn: string;
  /** Keeps what was typed and shown, of containers whose images hold `script`. */
  readonly logGroup: LogGroup;
}

/**
 * A cluster for tasks on Fargate, with Container Insights per task and container, whose ECS Exec sessions are always encrypted, and
 * logged where the container's image holds `script` and `cat` (Amazon ECS Developer Guide, "Monitor Amazon ECS containers with ECS Exec").
 *
 * The first cluster of an account makes the role `AWSServiceRoleForECS`, and the first scaled service
 * `AWSServiceRoleForApplicationAutoScaling_ECSService`: whoever applies needs `iam:CreateServiceLinkedRole` for both. A first
 * apply that stops with "Unable to assume the service linked role" succeeds when it is repeated (Amazon ECS Developer Guide,
 * "Using service-linked roles for Amazon ECS").
 */
export class EcsCluster extends Construct {
  readonly name: string;
  readonly arn: string;
  readonly execSessions: ExecSessions;
  /** Services must wait for it, and be gone before it. */
  readonly capacityProviders: ITerraformDependable;

  constructor(scope: Construct, id: string, { name: fullName, kmsKeyArn }: EcsClusterProps) {
    super(scope, id);
    const name = fitName(fullName, NAME_RULES.ecs);
    const execLogs = new LogGroup(this, "exec-logs", { name: `/ringfence/${name}/exec`, kmsKeyArn });
    // Container Insights would make it by itself, without key and for ever.
    const insights = new LogGroup(this, "insights", {
      name: `/aws/ecs/containerinsights/${name}/performance`,
      kmsKeyArn,
    });
    const cluster = new Cluster(this, "Resource", {
      name,
      setting: [{ name: "containerInsights", value: "enhanced" }],
      configuration: {
        executeCommandConfiguration: {
          kmsKeyId: kmsKeyArn,
          logging: "OVERRIDE",
          logConfiguration: { cloudWatchEncryptionEnabled: true, cloudWatchLogGroupName: execLogs.name },
        },
      },
      dependsOn: [insights.resource],
    });
    this.capacityProviders = new EcsClusterCapacityProviders(this, "capacity-providers", {
      clusterName: cluster.name,
      capacityProviders: ["FARGATE", "FARGATE_SPOT"],
      // For tasks that somebody starts by hand; a service brings its own.
      defaultCapacityProviderStrategy: [{ capacityProvider: "FARGATE", weight: 1 }],
    });
    this.name = cluster.name;
    this.arn = cluster.arn;
    this.execSessions = { kmsKeyArn, logGroup: execLogs };
  }
}
