import { ACTIONS } from "./actions";
import { passingRolesTo } from "./actions/identity";
import type { TypeActions } from "./actions/table";
import { boundaryStatements } from "./boundary";
import type { AwsPermissions, AwsScope, ReasonedStatement, SetBlock } from "./contract";
import { LONGEST_POLICY, lengthOf, packed, POLICIES_OF_ROLE } from "./pack";
import { allow, type Filling, ownNames } from "./scope";
import { type FilledGrants, statementsFor, without } from "./statements";

/**
 * What the roles of an environment need to plan and to apply its set, and the boundary of the roles that the set makes: derived from the
 * types in the set, the names it gives, and what it names of others.
 *
 * @throws Error naming every type of AWS that no table knows; when the policies are more than a role takes; when the boundary is longer
 * than a managed policy.
 */
export function awsPermissions(blocks: readonly SetBlock[], scope: AwsScope): AwsPermissions {
  const types = typesOf(blocks.filter(({ type }) => type.startsWith("aws_")));
  const read = statementsFor(types.map((type) => filled(type, type.entry.reads, scope)));
  const written = statementsFor([
    ...types.map((type) => filled(type, type.entry.writes ?? [], scope)),
    ...passes(types, scope),
  ]);
  const permissions: AwsPermissions = {
    plan: packed("read", read),
    apply: packed("write", [...guards(scope), ...without(written, read)]),
    boundary: { id: "boundary", statements: boundaryStatements(blocks, scope) },
  };
  requireRoom(permissions, scope);
  return permissions;
}

interface TypeOfSet {
  readonly entry: TypeActions;
  readonly blocks: readonly SetBlock[];
}

function typesOf(blocks: readonly SetBlock[]): readonly TypeOfSet[] {
  const byType = new Map<string, SetBlock[]>();
  for (const block of blocks) {
    const type = block.kind === "data" ? `data.${block.type}` : block.type;
    byType.set(type, [...(byType.get(type) ?? []), block]);
  }
  const types = [...byType.entries()].sort(([one], [other]) => (one < other ? -1 : 1));
  const missing = types.map(([type]) => type).filter((type) => ACTIONS[type] === undefined);
  if (missing.length > 0) {
    throw new Error(
      `No table says which actions of AWS these types need: ${missing.join(", ")}; ` +
        "add each to the file of its service in lib/aws/bootstrap/actions",
    );
  }
  return types.flatMap(([type, ofType]) => {
    const entry = ACTIONS[type];
    return entry === undefined ? [] : [{ entry, blocks: ofType }];
  });
}

function filled({ entry, blocks }: TypeOfSet, grants: FilledGrants["grants"], scope: AwsScope): FilledGrants {
  return { grants, filling: fillingOf(entry, blocks, scope) };
}

function fillingOf({ nameArgument }: TypeActions, blocks: readonly SetBlock[], scope: AwsScope): Filling {
  const { environmentName, place, boundaryArn } = scope;
  const own = ownNames(scope);
  const given = nameArgument === undefined ? [] : blocks.map(({ attributes }) => attributes[nameArgument]);
  const others = given.filter(
    (name): name is string =>
      typeof name === "string" && !name.includes("${") && !name.startsWith(`${environmentName}-`),
  );
  const text = JSON.stringify(
    blocks.map(({ attributes }) => attributes),
    (key, value: unknown) => (key === "//" ? undefined : value),
  );
  // A document within an argument has its quotes escaped.
  return { environmentName, place, boundaryArn, names: [own, ...others], text: text.replaceAll("\\", "") };
}

function passes(types: readonly TypeOfSet[], scope: AwsScope): readonly FilledGrants[] {
  const services = types.flatMap(({ entry }) => entry.passesRoleTo ?? []);
  if (services.length === 0) return [];
  const on = passingRolesTo([...new Set(services)].sort());
  return [{ grants: [allow(on, "PassRole")], filling: fillingOf({ reads: [] }, [], scope) }];
}

/** What no permission above may undo, stated so that it holds whatever else the role is given. */
function guards({ boundaryArn, guardedArns }: AwsScope): readonly ReasonedStatement[] {
  return [
    { sid: "KeepWhatGrants", effect: "Deny", actions: ["iam:*"], resources: guardedArns },
    { sid: "KeepBoundary", effect: "Deny", actions: ["iam:DeleteRolePermissionsBoundary"], resources: ["*"] },
    {
      sid: "MakeNoRoleWithoutBoundary",
      effect: "Deny",
      actions: ["iam:CreateRole", "iam:PutRolePermissionsBoundary"],
      resources: ["*"],
      conditions: { StringNotEquals: { "iam:PermissionsBoundary": boundaryArn } },
    },
  ];
}

function requireRoom({ plan, apply, boundary }: AwsPermissions, { environmentName }: AwsScope): void {
  const policies = plan.length + apply.length;
  if (policies > POLICIES_OF_ROLE) {
    throw new Error(
      `What applies ${environmentName} needs ${policies} managed policies (${plan.length} to read, ${apply.length} to write), and a role takes ` +
        `${POLICIES_OF_ROLE}; have AWS raise the quota "Managed policies per role", to 20 at most, or divide the environment`,
    );
  }
  const length = lengthOf(boundary.statements);
  if (length > LONGEST_POLICY) {
    throw new Error(
      `The permissions boundary of ${environmentName} has ${length} characters, and a managed policy takes ${LONGEST_POLICY}; ` +
        "give its roles fewer actions, or divide the environment",
    );
  }
}
