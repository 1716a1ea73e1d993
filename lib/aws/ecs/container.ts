import type { SecretReference } from "../secret-token";
import type { ContainerImage } from "./image";

/**
 * One container of a task.
 *
 * Terraform reads `${` and `%{` in any of its texts as the beginning of an expression, which is how references get in; a
 * text that means them literally doubles the first character.
 */
export interface ContainerProps {
  readonly name: string;
  readonly image: ContainerImage;
  /** @default - the image's */
  readonly entryPoint?: readonly string[];
  /** @default - the image's */
  readonly command?: readonly string[];
  /** Not for secrets: anyone who may describe the task definition reads it. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Values of Secrets Manager, by the name of the variable that brings them into the container. @default - none */
  readonly secrets?: Readonly<Record<string, SecretReference>>;
  /** TCP ports that it listens on. @default - none that is reached from outside the task */
  readonly ports?: readonly number[];
  /** @default - the container is healthy while it runs */
  readonly healthCheck?: ContainerHealthCheck;
  /** Time between SIGTERM and SIGKILL: 2 to 120 seconds on Fargate. @default 30 */
  readonly stopTimeoutSeconds?: number;
  /** User, or user and group, by name or number. @default - the image's */
  readonly user?: string;
  /** Open files, soft and hard limit alike. @default - 65,535 on Fargate */
  readonly openFiles?: number;
  /** Whether the container can write only to its volumes. ECS Exec needs it to write elsewhere too. */
  readonly readonlyRootFilesystem: boolean;
  /** Whether the task stops when the container does. @default true */
  readonly essential?: boolean;
}

/** How Amazon ECS asks a container for its health (Amazon ECS API Reference, "HealthCheck"). */
export interface ContainerHealthCheck {
  /** Begins with `CMD` or `CMD-SHELL`. Exit status 0 is healthy. */
  readonly command: readonly string[];
  /** 5 to 300. */
  readonly intervalSeconds: number;
  /** 2 to 60. */
  readonly timeoutSeconds: number;
  /** Failures in a row that make it unhealthy: 1 to 10. */
  readonly retries: number;
  /** Time at the start in which failures do not count: 0 to 300. */
  readonly startPeriodSeconds: number;
}

/** What all containers of a task have in common. */
export interface TaskContext {
  readonly region: string;
  readonly logGroupName: string;
  /** Whether people may run commands in its containers. */
  readonly exec: boolean;
}

/** Holds what a burst of some seconds writes; Amazon ECS Developer Guide, "Send Amazon ECS logs to CloudWatch". */
const LOG_BUFFER = "25m";

/** The text of a task definition's `container_definitions`, the same for the same containers. */
export function containerDefinitions(containers: readonly ContainerProps[], context: TaskContext): string {
  return JSON.stringify(containers.map((container) => containerDefinition(container, context)));
}

/** @throws Error when a variable is both plain and secret, which Amazon ECS would refuse */
function containerDefinition(container: ContainerProps, { region, logGroupName, exec }: TaskContext): object {
  const { environment = {}, secrets = {}, healthCheck, ports = [], openFiles } = container;
  const { credentials } = container.image;
  const twice = Object.keys(environment).filter((name) => name in secrets);
  if (twice.length > 0) {
    throw new Error(
      `Container ${container.name} has ${twice.join(", ")} both as plain variable and as secret; drop one`,
    );
  }
  return {
    name: container.name,
    image: container.image.uri,
    repositoryCredentials: credentials && { credentialsParameter: credentials.valueFrom },
    essential: container.essential ?? true,
    entryPoint: container.entryPoint,
    command: container.command,
    environment: sortedEntries(environment).map(([name, value]) => ({ name, value })),
    secrets: sortedEntries(secrets).map(([name, { valueFrom }]) => ({ name, valueFrom })),
    portMappings: ports.map((port) => ({ containerPort: port, hostPort: port, protocol: "tcp" })),
    healthCheck: healthCheck && {
      command: healthCheck.command,
      interval: healthCheck.intervalSeconds,
      timeout: healthCheck.timeoutSeconds,
      retries: healthCheck.retries,
      startPeriod: healthCheck.startPeriodSeconds,
    },
    stopTimeout: container.stopTimeoutSeconds,
    user: container.user,
    ulimits: openFiles === undefined ? undefined : [{ name: "nofile", softLimit: openFiles, hardLimit: openFiles }],
    readonlyRootFilesystem: container.readonlyRootFilesystem,
    // Commands of ECS Exec leave processes behind that somebody has to reap.
    linuxParameters: exec ? { initProcessEnabled: true } : undefined,
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        "awslogs-group": logGroupName,
        "awslogs-region": region,
        "awslogs-stream-prefix": "task",
        // When CloudWatch Logs cannot be reached, lines are lost; a blocking driver would stop the container at its next one.
        mode: "non-blocking",
        "max-buffer-size": LOG_BUFFER,
      },
    },
  };
}

/** In the order of the names, as Amazon ECS returns them: another order would be another revision. */
function sortedEntries<Value>(record: Readonly<Record<string, Value>>): [string, Value][] {
  return Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1));
}
