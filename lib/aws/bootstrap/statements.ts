import type { ReasonedStatement } from "./contract";
import { conditionsOf, type Filling, type Grant, resourcesOf } from "./scope";

/** Some grants of one type, and what fills their scopes. */
export interface FilledGrants {
  readonly grants: readonly Grant[];
  readonly filling: Filling;
}

interface Draft {
  readonly actions: Set<string>;
  readonly resources: Set<string>;
  readonly reasons: Set<string>;
  readonly statement: Pick<ReasonedStatement, "sid" | "conditions">;
}

/** One statement for each Sid, in its order of the alphabet, whatever the order of the grants. */
export function statementsFor(all: readonly FilledGrants[]): readonly ReasonedStatement[] {
  const drafts = new Map<string, Draft>();
  for (const { grants, filling } of all) {
    for (const { on, actions } of grants) {
      const resources = resourcesOf(on, filling);
      if (resources.length === 0) continue;
      const draft = drafts.get(on.sid) ?? emptyDraft(on.sid, conditionsOf(on, filling));
      for (const action of actions) draft.actions.add(`${on.service}:${action}`);
      for (const resource of resources) draft.resources.add(resource);
      if (resources.some(isPattern)) draft.reasons.add(on.because);
      drafts.set(on.sid, draft);
    }
  }
  return [...drafts.values()].map(finished).sort((one, other) => (one.sid < other.sid ? -1 : 1));
}

/** The statements less what others of the same Sid allow already. */
export function without(
  statements: readonly ReasonedStatement[],
  granted: readonly ReasonedStatement[],
): readonly ReasonedStatement[] {
  const bySid = new Map(granted.map((statement) => [statement.sid, statement]));
  return statements.flatMap((statement) => {
    const other = bySid.get(statement.sid);
    if (other === undefined || statement.resources?.some((resource) => other.resources?.includes(resource) !== true)) {
      return [statement];
    }
    const actions = statement.actions.filter((action) => !other.actions.includes(action));
    return actions.length === 0 ? [] : [{ ...statement, actions }];
  });
}

/** Whether an ARN stands for more than one resource. */
export function isPattern(resource: string): boolean {
  return /[*?]/.test(resource);
}

function emptyDraft(sid: string, conditions: ReasonedStatement["conditions"]): Draft {
  return { actions: new Set(), resources: new Set(), reasons: new Set(), statement: { sid, conditions } };
}

function finished({ actions, resources, reasons, statement }: Draft): ReasonedStatement {
  return {
    ...statement,
    actions: [...actions].sort(),
    resources: [...resources].sort(),
    ...(reasons.size > 0 && { wildcards: { Resource: [...reasons].sort().join("; ") } }),
  };
}
