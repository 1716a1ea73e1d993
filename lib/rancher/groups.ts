import { createHash } from "node:crypto";

import { fitName, NAME_RULES } from "../names";

/** Groups of the sign-in provider, by the id of the role template that they have. */
export type GroupsByRole = Readonly<Record<string, readonly string[]>>;

/** One group in one role. */
export interface Membership {
  /** Names it in Rancher and in the stack. */
  readonly name: string;
  /** Id of the role template. */
  readonly role: string;
  /** As Rancher's sign-in provider names it: `azuread_group://…`. */
  readonly group: string;
}

const HASH_LENGTH = 8;

/** Each group in each of its roles. It is named after what it says, and so stays where it is when others come and go. */
export function membershipsOf(groups: GroupsByRole): readonly Membership[] {
  return Object.entries(groups).flatMap(([role, members]) =>
    members.map((group) => {
      const hash = createHash("sha256").update(group).digest("hex").slice(0, HASH_LENGTH);
      return { name: fitName(`${role}-${hash}`, NAME_RULES.kubernetesObject), role, group };
    }),
  );
}
