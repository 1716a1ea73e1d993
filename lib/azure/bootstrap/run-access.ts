import { Construct } from "constructs";

import { RUN_PHASES, type RunPhase } from "../../names";
import { ResourceGroup } from "../resource-group";
import type { AzurePermissions } from "./contract";
import { credentialGroups } from "./credential-groups";
import { type FederatedSubject, RunIdentity } from "./run-identity";
import { RunRights } from "./run-rights";

/** A stack whose workspace is let in. */
export interface LetInStack {
  readonly stackId: string;
  readonly subjects: Readonly<Record<RunPhase, FederatedSubject>>;
}

/** Properties of {@link RunAccess}. */
export interface RunAccessProps {
  /** Begins the names of identities and roles, and is that of their resource group: `bootstrap-prod`. */
  readonly name: string;
  readonly location: string;
  readonly subscriptionId: string;
  /** Jobs that are let in whichever stack they run. */
  readonly jobs: Readonly<Record<RunPhase, readonly FederatedSubject[]>>;
  /** Stacks that are let in one by one. */
  readonly stacks: readonly LetInStack[];
  /** What each identity is for. */
  readonly descriptions: Readonly<Record<RunPhase, string>>;
  readonly permissions: AzurePermissions;
}

/** A pair of identities, and the stacks that take it. */
export interface IdentityPair {
  /** Ends the names of what belongs to it: nothing for the first pair, `-2` for the second. */
  readonly suffix: string;
  readonly clientIds: Readonly<Record<RunPhase, string>>;
  readonly stackIds: readonly string[];
}

/** Pairs of identities, one to plan and one to apply, what they may do, and who may take them on. Jobs take the first pair. */
export class RunAccess extends Construct {
  readonly pairs: readonly IdentityPair[];

  constructor(scope: Construct, id: string, props: RunAccessProps) {
    super(scope, id);
    const { name, location, jobs, stacks } = props;
    const place = { resourceGroupName: new ResourceGroup(this, "resource-group", { name, location }).name, location };
    for (const { key, id: roleId, name: roleName, description, actions } of props.permissions.roles) {
      new RunRights(this, `role-${key}`, { name: roleName, description, scope: scopeOf(props), actions, roleId });
    }
    const groups = credentialGroups(stacks, Math.max(...RUN_PHASES.map((phase) => jobs[phase].length)));
    const rights = { plan: this.#rights(props, "plan"), apply: this.#rights(props, "apply") };
    this.pairs = groups.map((group, index) => {
      const suffix = index === 0 ? "" : `-${index + 1}`;
      const clientId = (phase: RunPhase): string =>
        new RunIdentity(this, `${phase}${suffix}`, {
          name: `${name}-${phase}${suffix}`,
          place,
          subjects: [...(index === 0 ? jobs[phase] : []), ...group.map(({ subjects }) => subjects[phase])],
          role: {
            definitionId: rights[phase],
            scope: scopeOf(props),
            description: props.descriptions[phase],
            condition: phase === "apply" ? props.permissions.applyCondition : undefined,
          },
        }).clientId;
      return {
        suffix,
        clientIds: { plan: clientId("plan"), apply: clientId("apply") },
        stackIds: group.map(({ stackId }) => stackId),
      };
    });
  }

  #rights(props: RunAccessProps, phase: RunPhase): string {
    return new RunRights(this, `${phase}-rights`, {
      // Names of custom roles are unique in a tenant; those of environments are so in a repository.
      name: `${props.name}-${phase}-${props.subscriptionId}`,
      description: props.descriptions[phase],
      scope: scopeOf(props),
      actions: props.permissions[phase].actions,
    }).definitionId;
  }
}

/** The whole subscription: resource groups are made by the set itself. */
const scopeOf = ({ subscriptionId }: RunAccessProps): string => `/subscriptions/${subscriptionId}`;
