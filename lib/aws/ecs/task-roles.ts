import type { Construct } from "constructs";

import { arnOf, type AwsPlace } from "../../names";
import { type Conditions, type PolicyStatement, ServiceRole } from "../iam";
import type { LogGroup } from "../log-group";
import type { ExecSessions } from "./cluster";
import type { ContainerProps } from "./container";

/** Properties of an {@link executionRole}. */
export interface ExecutionRoleProps {
  /** Full name of the service. */
  readonly name: string;
  readonly place: AwsPlace;
  readonly containers: readonly ContainerProps[];
  readonly logGroup: LogGroup;
}

/** Properties of a {@link taskRole}. */
export interface TaskRoleProps {
  /** Full name of the service. */
  readonly name: string;
  readonly place: AwsPlace;
  /** What the containers themselves may do. */
  readonly statements: readonly PolicyStatement[];
  /** Sessions of ECS Exec that the containers take part in. @default - none */
  readonly execSessions?: ExecSessions;
}

/** The role under which Fargate starts the containers: it fetches their images and secrets and writes their logs, and no others. */
export function executionRole(scope: Construct, id: string, props: ExecutionRoleProps): ServiceRole {
  const { name, place, containers, logGroup } = props;
  return new ServiceRole(scope, id, {
    name: `${name}-execution`,
    description: `Starts the containers of ${name}`,
    service: ECS_TASKS,
    trustConditions: ownTasks(place),
    statements: [
      {
        sid: "WriteLogs",
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: [`${logGroup.arn}:*`],
      },
      ...readSecrets(containers, place),
      ...pullImages(containers),
    ],
  });
}

/** The role of the containers themselves. Unless they need AWS, it may do nothing. */
export function taskRole(scope: Construct, id: string, props: TaskRoleProps): ServiceRole {
  const { name, place, statements, execSessions } = props;
  return new ServiceRole(scope, id, {
    name: `${name}-task`,
    description: `What the containers of ${name} may do themselves`,
    service: ECS_TASKS,
    trustConditions: ownTasks(place),
    statements: [...statements, ...(execSessions === undefined ? [] : takePartIn(execSessions))],
  });
}

const ECS_TASKS = "ecs-tasks.amazonaws.com";

/**
 * Tasks of this account and Region, in any cluster: Amazon ECS cannot be held to one (Amazon ECS Developer Guide, "Amazon ECS
 * task IAM role").
 */
function ownTasks(place: AwsPlace): Conditions {
  return {
    StringEquals: { "aws:SourceAccount": place.accountId },
    ArnLike: { "aws:SourceArn": arnOf(place, "ecs", "*") },
  };
}

function readSecrets(containers: readonly ContainerProps[], { region }: AwsPlace): readonly PolicyStatement[] {
  const secrets = containers.flatMap(({ secrets: own = {}, image }) => [
    ...Object.values(own),
    ...(image.credentials ? [image.credentials] : []),
  ]);
  if (secrets.length === 0) return [];
  const encrypted = secrets.filter(({ kmsKeyArn }) => kmsKeyArn !== undefined);
  const read: PolicyStatement = {
    sid: "ReadSecrets",
    actions: ["secretsmanager:GetSecretValue"],
    resources: unique(secrets.map(({ secretArn }) => secretArn)),
  };
  if (encrypted.length === 0) return [read];
  const decrypt: PolicyStatement = {
    sid: "DecryptSecrets",
    actions: ["kms:Decrypt"],
    resources: unique(encrypted.flatMap(({ kmsKeyArn }) => kmsKeyArn ?? [])),
    conditions: {
      StringEquals: {
        "kms:ViaService": `secretsmanager.${region}.amazonaws.com`,
        // What Secrets Manager encrypts carries the secret's ARN: nothing else under the same key opens.
        "kms:EncryptionContext:SecretARN": unique(encrypted.map(({ secretArn }) => secretArn)),
      },
    },
  };
  return [read, decrypt];
}

function pullImages(containers: readonly ContainerProps[]): readonly PolicyStatement[] {
  const repositories = containers.flatMap(({ image }) => image.repository ?? []);
  const caches = repositories.filter(({ isCache }) => isCache);
  if (repositories.length === 0) return [];
  const pull: readonly PolicyStatement[] = [
    { sid: "LogInToRegistry", actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
    {
      sid: "PullImages",
      actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      resources: unique(repositories.map(({ arn }) => arn)),
    },
  ];
  if (caches.length === 0) return pull;
  return [
    ...pull,
    { sid: "FillCaches", actions: ["ecr:BatchImportUpstreamImage"], resources: unique(caches.map(({ arn }) => arn)) },
  ];
}

/** Amazon ECS Developer Guide, "Monitor Amazon ECS containers with ECS Exec". */
function takePartIn({ kmsKeyArn, logGroup }: ExecSessions): readonly PolicyStatement[] {
  return [
    {
      sid: "OpenExecChannels",
      actions: [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ],
      resources: ["*"],
    },
    { sid: "DecryptExecSessions", actions: ["kms:Decrypt"], resources: [kmsKeyArn] },
    { sid: "FindExecLogs", actions: ["logs:DescribeLogGroups"], resources: ["*"] },
    {
      sid: "WriteExecLogs",
      actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      resources: [`${logGroup.arn}:*`],
    },
  ];
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
