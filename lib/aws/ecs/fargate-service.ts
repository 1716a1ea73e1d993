import { EcsService } from "@cdktf/provider-aws/lib/ecs-service";
import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { type AwsPlace, fitName, NAME_RULES } from "../../names";
import type { PolicyStatement } from "../iam";
import { LogGroup } from "../log-group";
import type { EcsCluster } from "./cluster";
import { containerDefinitions, type ContainerProps } from "./container";
import { executionRole, taskRole } from "./task-roles";
import { capacityStrategy, type ServiceRequests, TaskScaling, type TaskScalingOptions } from "./task-scaling";

/** A port of a service behind a load balancer. */
export interface ServiceEntry extends ServiceRequests {
  /** Of type `ip`; a listener forwards to it. */
  readonly targetGroup: ServiceRequests["targetGroup"] & { readonly arn: string };
  readonly port: number;
}

/** Properties of a {@link FargateService}. */
export interface FargateServiceProps {
  /** Full name; shortened to fit. Names the log group `/ringfence/<name>/containers` and the task definition family. */
  readonly name: string;
  readonly place: AwsPlace;
  readonly cluster: EcsCluster;
  /** Private subnets, one for each zone: tasks get no public address, and leave through whatever the subnets leave through. */
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  /** CPU in units (1,024 is one vCPU) and memory in MB, a pair that Fargate offers. */
  readonly size: { readonly cpu: number; readonly memoryMb: number };
  readonly architecture: "x86_64" | "arm64";
  /** The container that serves. */
  readonly container: ContainerProps;
  /** @default - none */
  readonly sidecars?: readonly ContainerProps[];
  /** Whence requests come, one way for each port of {@link container} that serves: every task has a place in each of their groups. */
  readonly entries: readonly ServiceEntry[];
  /** Time in which a task may fail the load balancer's health checks while it starts: longer than it may need to. */
  readonly healthCheckGraceSeconds: number;
  readonly scaling: TaskScalingOptions;
  /** Lets people run commands in the containers, through ECS Exec, encrypted. Weakens the task role, which else is empty. */
  readonly exec: boolean;
  /** What the containers may do by themselves. @default - nothing */
  readonly taskStatements?: readonly PolicyStatement[];
  /** Key of the log group. */
  readonly kmsKeyArn: string;
  /** What must be there before the first task and gone only after the last: the listener, without which the target group is refused. */
  readonly after: readonly ITerraformDependable[];
}

/**
 * How long Terraform waits for a deployment, and for tasks to go: the longest deregistration delay, an hour (Elastic Load
 * Balancing API Reference, "TargetGroupAttribute"), and half an hour for tasks to start and stop.
 */
const PATIENCE = "90m";

/**
 * A service on Fargate behind a load balancer, spread over its subnets' zones, scaled by CPU and requests.
 *
 * - A deployment starts all new tasks before it stops old ones. When they do not become healthy, the circuit breaker ends it and
 *   brings the last good one back; `apply` waits, and fails then with the reason. The next `apply` tries again. A first deployment
 *   has nothing to go back to: its service is left without healthy tasks, and the next `apply` makes it anew.
 * - The number of tasks belongs to autoscaling: Terraform sets it once, to the minimum.
 * - Task definitions are never deregistered, so that any earlier revision can be deployed by hand:
 *   `aws ecs update-service --task-definition <family>:<revision>`. Revisions outlive the stack and cost nothing.
 * - On the way out, Amazon ECS has the load balancer drain a task, for the target group's deregistration delay, before it sends
 *   SIGTERM. A reclaimed Spot task has two minutes for both.
 */
export class FargateService extends Construct {
  readonly name: string;
  readonly clusterName: string;
  readonly logGroupName: string;
  readonly taskRoleArn: string;

  constructor(scope: Construct, id: string, props: FargateServiceProps) {
    super(scope, id);
    const { cluster, place, container, scaling } = props;
    const name = fitName(props.name, NAME_RULES.ecs);
    const containers = [container, ...(props.sidecars ?? [])];

    const logGroup = new LogGroup(this, "logs", {
      name: `/ringfence/${name}/containers`,
      kmsKeyArn: props.kmsKeyArn,
    });
    const execution = executionRole(this, "execution-role", { name, place, containers, logGroup });
    const task = taskRole(this, "task-role", {
      name,
      place,
      statements: props.taskStatements ?? [],
      execSessions: props.exec ? cluster.execSessions : undefined,
    });
    const definition = new EcsTaskDefinition(this, "task", {
      family: name,
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: String(props.size.cpu),
      memory: String(props.size.memoryMb),
      runtimePlatform: {
        operatingSystemFamily: "LINUX",
        cpuArchitecture: props.architecture === "arm64" ? "ARM64" : "X86_64",
      },
      executionRoleArn: execution.arn,
      taskRoleArn: task.arn,
      containerDefinitions: containerDefinitions(containers, {
        region: place.region,
        logGroupName: logGroup.name,
        exec: props.exec,
      }),
      // Terraform would deregister the old revision before the new one is deployed, and nobody could go back to it.
      skipDestroy: true,
    });
    const service = new EcsService(this, "Resource", {
      name,
      cluster: cluster.arn,
      taskDefinition: definition.arn,
      desiredCount: scaling.minTasks,
      lifecycle: { ignoreChanges: ["desired_count"] },
      capacityProviderStrategy: capacityStrategy(scaling),
      // The provider refuses to change the strategy of a service without it. It adds no deployment of its own to an apply.
      forceNewDeployment: true,
      // Today's is 1.4.0; a pinned one would be retired some day, and Fargate patches either by itself.
      platformVersion: "LATEST",
      networkConfiguration: {
        subnets: [...props.subnetIds],
        securityGroups: [props.securityGroupId],
        assignPublicIp: false,
      },
      loadBalancer: props.entries.map(({ targetGroup, port }) => ({
        targetGroupArn: targetGroup.arn,
        containerName: container.name,
        containerPort: port,
      })),
      healthCheckGracePeriodSeconds: props.healthCheckGraceSeconds,
      deploymentMinimumHealthyPercent: 100,
      deploymentMaximumPercent: 200,
      deploymentCircuitBreaker: { enable: true, rollback: true },
      availabilityZoneRebalancing: "ENABLED",
      enableExecuteCommand: props.exec,
      enableEcsManagedTags: true,
      propagateTags: "SERVICE",
      // An apply that ends while the circuit breaker is still deciding would call a failed deployment done.
      waitForSteadyState: true,
      timeouts: { create: PATIENCE, update: PATIENCE, delete: PATIENCE },
      // Tasks that start without their permissions fail, and count against the first deployment.
      dependsOn: [execution.policy, task.policy, cluster.capacityProviders, ...props.after],
    });
    new TaskScaling(this, "scaling", {
      ...scaling,
      clusterName: cluster.name,
      serviceName: service.name,
      requests: props.entries,
    });
    this.name = service.name;
    this.clusterName = cluster.name;
    this.logGroupName = logGroup.name;
    this.taskRoleArn = task.arn;
  }
}
