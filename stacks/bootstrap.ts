import type { Construct } from "constructs";

import type { AwsPermissions } from "../lib/aws/bootstrap/contract";
import { awsPermissions } from "../lib/aws/bootstrap/permissions";
import { RunAccess as AwsRunAccess } from "../lib/aws/bootstrap/run-access";
import { type StateAccess, statesRead } from "../lib/aws/bootstrap/state-access";
import { StateBucket } from "../lib/aws/bootstrap/state-bucket";
import type { AzurePermissions } from "../lib/azure/bootstrap/contract";
import { azurePermissions } from "../lib/azure/bootstrap/permissions";
import { type LetInStack, RunAccess as AzureRunAccess } from "../lib/azure/bootstrap/run-access";
import type { FederatedSubject } from "../lib/azure/bootstrap/run-identity";
import {
  type AwsEnvironment,
  type AzureEnvironment,
  type BootstrapEnvironment,
  type Environment,
  githubTrust,
  hcpTrust,
  letsIn,
  trustsOf,
} from "../lib/environment";
import {
  BOOTSTRAP,
  bootstrapRoleArn,
  bootstrapStackId,
  boundaryArn,
  iamArn,
  oidcProviderResource,
  RUN_PHASES,
  type RunPhase,
  stateKey,
  workspaceName,
} from "../lib/names";
import type { PolicyException } from "../lib/policy/exception";
import { RingfenceStack } from "../lib/terraform";
import type { BuiltSet } from "./built-set";

/** What runs sign in as, for whoever configures them. */
export interface BootstrapOutputs {
  /** ARNs of the roles in AWS, known before they are made. @default - nobody is let into AWS */
  readonly awsRoleArns?: Readonly<Record<RunPhase, string>>;
  /** A pair of identities in Azure for most sets, more for many stacks, none where nobody is let in. */
  readonly azureIdentities: readonly AzureIdentities[];
}

/** A pair of identities in Azure. */
export interface AzureIdentities {
  readonly planClientId: string;
  readonly applyClientId: string;
  /** The stacks whose workspaces in HCP Terraform may take them. */
  readonly stackIds: readonly string[];
}

/** What the stack needs besides the environment's common sections. */
export interface BootstrapProps {
  readonly bootstrap: BootstrapEnvironment;
  /** What the stacks of the set hold: rights are for that. */
  readonly set: BuiltSet;
}

/**
 * What has to be there before an environment's set runs anywhere but on a laptop: who is let in, what they may do, and the bucket for
 * the states. Somebody with more rights than it gives deploys it, and it stands apart from the set by its id, its tags and its names.
 */
export class BootstrapStack extends RingfenceStack {
  readonly outputs: BootstrapOutputs;
  readonly #exceptions: PolicyException[] = [];

  constructor(scope: Construct, environment: Environment, { bootstrap, set }: BootstrapProps) {
    const { aws, azure, state } = environment;
    super(scope, environment, BOOTSTRAP, {
      clouds: cloudsOf(environment),
      // Runs may not register any: this stack does it for them.
      azureServices: set.azureServices,
      apart: {
        id: bootstrapStackId(environment.name),
        state: bootstrap.state === "local" ? { kind: "local" } : state,
      },
    });
    const bucket = aws && this.#stateBucket(environment, bootstrap, aws);
    this.outputs = {
      awsRoleArns: aws && letsIn(bootstrap) ? this.#letIntoAws(environment, aws, set, bucket) : undefined,
      azureIdentities: azure && letsIn(bootstrap) ? this.#letIntoAzure(environment, azure, set) : [],
    };
  }

  /** The wildcards in its policies, each with the reason that stands beside it where it is written. */
  get exceptions(): readonly PolicyException[] {
    return this.#exceptions;
  }

  #stateBucket(
    { state, protect }: Environment,
    { bucket }: BootstrapEnvironment,
    place: AwsEnvironment,
  ): StateBucket | undefined {
    if (bucket === undefined || state.kind !== "s3") return undefined;
    const { accessLogs, oldVersionsDays } = bucket;
    const made = new StateBucket(this, "states", {
      name: state.bucket,
      place,
      keyAlias: `${this.node.id}-states`,
      oldVersionsDays,
      accessLogs: accessLogs && { bucket: accessLogs.bucket, prefix: accessLogs.prefix ?? `${state.bucket}/` },
      protect,
    });
    this.publish("state-bucket", made.name, "The bucket of the states");
    this.publish(
      "state-key-arn",
      made.keyArn,
      "The key of the states: state.kmsKeyArn of other environments in the bucket",
    );
    return made;
  }

  #letIntoAws(
    environment: Environment,
    place: AwsEnvironment,
    set: BuiltSet,
    bucket: StateBucket | undefined,
  ): Readonly<Record<RunPhase, string>> {
    const { name, protect } = environment;
    const permissions = awsPermissions(set.blocks, {
      environmentName: name,
      place,
      boundaryArn: boundaryArn(place, name),
      guardedArns: GUARDED.map((resource) => iamArn(place, resource)),
    });
    this.#exceptions.push(...awsWildcards(this.node.id, permissions));
    const { roleArns } = new AwsRunAccess(this, AWS_RUNS, {
      name: this.node.id,
      place,
      issuers: trustsOf(environment),
      descriptions: descriptionsOf(environment),
      permissions,
      states: stateAccess(environment, place, set, bucket?.keyArn),
      protect,
    });
    for (const phase of RUN_PHASES) {
      this.publish(`aws-${phase}-role-arn`, roleArns[phase], `${SIGNS_IN[phase]} in AWS`);
    }
    return { plan: bootstrapRoleArn(place, name, "plan"), apply: bootstrapRoleArn(place, name, "apply") };
  }

  #letIntoAzure(environment: Environment, azure: AzureEnvironment, set: BuiltSet): readonly AzureIdentities[] {
    const { subscriptionId, location } = azure;
    const permissions = azurePermissions(set.blocks, { environmentName: environment.name, subscriptionId });
    this.#exceptions.push(...azureWildcards(this.node.id, permissions));
    const { pairs } = new AzureRunAccess(this, AZURE_RUNS, {
      name: this.node.id,
      location,
      subscriptionId,
      jobs: jobsOf(environment),
      stacks: letInStacks(environment, set.azureStackIds),
      descriptions: descriptionsOf(environment),
      permissions,
    });
    return pairs.map(({ suffix, clientIds, stackIds }) => {
      for (const phase of RUN_PHASES) {
        this.publish(`azure-${phase}-client-id${suffix}`, clientIds[phase], `${SIGNS_IN[phase]} in Azure`);
      }
      return { planClientId: clientIds.plan, applyClientId: clientIds.apply, stackIds };
    });
  }
}

/** Construct ids. */
const [AWS_RUNS, AZURE_RUNS] = ["aws-runs", "azure-runs"];

/** What nobody may change with rights from here: those rights, and whose tokens are taken. */
const GUARDED: readonly string[] = [`role/${BOOTSTRAP}-*`, `policy/${BOOTSTRAP}-*`, oidcProviderResource("*")];

const SIGNS_IN: Readonly<Record<RunPhase, string>> = {
  plan: "What a run that plans signs in as",
  apply: "What a run that applies signs in as",
};

const descriptionsOf = ({ name }: Environment): Readonly<Record<RunPhase, string>> => ({
  plan: `Reads what the set ${name} holds, to plan`,
  apply: `Makes and changes what the set ${name} holds`,
});

/** The clouds in which there is something to make. */
function cloudsOf({ aws, azure, bootstrap }: Environment): ("aws" | "azure")[] {
  const needsAws = aws !== undefined && (letsIn(bootstrap) || bootstrap?.bucket !== undefined);
  const needsAzure = azure !== undefined && letsIn(bootstrap);
  return [...(needsAws ? ["aws" as const] : []), ...(needsAzure ? ["azure" as const] : [])];
}

/** The jobs of GitHub that are let into Azure. */
function jobsOf(environment: Environment): Readonly<Record<RunPhase, readonly FederatedSubject[]>> {
  const github = githubTrust(environment);
  const of = (phase: RunPhase): readonly FederatedSubject[] =>
    github === undefined
      ? []
      : Object.entries(github.jobs[phase]).map(([id, subject]) => ({
          name: `github-${id}`,
          issuer: github.issuer,
          subject,
        }));
  return { plan: of("plan"), apply: of("apply") };
}

/** The stacks whose workspaces are let into Azure: those that have business there. */
function letInStacks(environment: Environment, stackIds: readonly string[]): readonly LetInStack[] {
  const hcp = hcpTrust(environment);
  if (hcp === undefined) return [];
  const subjectOf = (stackId: string, phase: RunPhase): FederatedSubject => ({
    name: `hcp-${stackId}`,
    issuer: hcp.issuer,
    subject: hcp.subjectOf(workspaceName(stackId), phase),
  });
  return stackIds.map((stackId) => ({
    stackId,
    subjects: { plan: subjectOf(stackId, "plan"), apply: subjectOf(stackId, "apply") },
  }));
}

/** Which states the runs read and write, as far as they are in S3. */
function stateAccess(
  { name, state }: Environment,
  place: AwsEnvironment,
  { blocks }: BuiltSet,
  madeKeyArn: string | undefined,
): StateAccess {
  const read = statesRead(blocks);
  if (state.kind !== "s3") return { place, others: read };
  const { bucket, prefix, kmsKeyArn, roleArn } = state;
  const isOwn = (other: { readonly bucket: string; readonly key: string }): boolean =>
    other.bucket === bucket && other.key.startsWith(stateKey(`${name}-`, prefix).replace(/\.tfstate$/, ""));
  return {
    place,
    own: { bucket, keys: stateKey(`${name}-*`, prefix), kmsKeyArn: madeKeyArn ?? kmsKeyArn, roleArn },
    others: read.filter((other) => !isOwn(other)),
  };
}

function awsWildcards(stack: string, { plan, apply, boundary }: AwsPermissions): readonly PolicyException[] {
  return [...plan, ...apply, boundary].flatMap(({ id, statements }) =>
    statements.flatMap(({ sid, wildcards = {} }) =>
      Object.entries(wildcards).map(([element, reason]) => ({
        rule: "iam-wildcard",
        stack,
        resource: `${AWS_RUNS}/policy-${id}`,
        detail: `${sid}.${element}`,
        reason,
      })),
    ),
  );
}

function azureWildcards(stack: string, permissions: AzurePermissions): readonly PolicyException[] {
  return RUN_PHASES.flatMap((phase) =>
    Object.entries(permissions[phase].wildcards).map(([action, reason]) => ({
      rule: "azure-role",
      stack,
      resource: `${AZURE_RUNS}/${phase}-rights/Resource`,
      detail: "permissions.actions",
      reason: `${action}: ${reason}`,
    })),
  );
}
