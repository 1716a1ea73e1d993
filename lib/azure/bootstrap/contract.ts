import type { OwnRole } from "./run-command-role";

/** A block of a synthesized stack, as far as it says what is made or read. */
export interface SetBlock {
  readonly kind: "resource" | "data";
  /** Terraform's type: `azurerm_subnet`. Types of other clouds are left aside. */
  readonly type: string;
  /** Arguments in Terraform's own names (snake_case), references as `${...}`. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What a custom role allows, as `permissions` of azurerm_role_definition takes it. */
export interface RolePermissions {
  /** Operations of Azure Resource Manager: `Microsoft.Network/virtualNetworks/write`. */
  readonly actions: readonly string[];
  /** Why a wildcard stands among the actions, by action. */
  readonly wildcards: Readonly<Record<string, string>>;
}

/** What the two identities of an environment may do. */
export interface AzurePermissions {
  /** Of the identity that plans: what Terraform reads. */
  readonly plan: RolePermissions;
  /** Of the identity that applies: what Terraform reads and writes. */
  readonly apply: RolePermissions;
  /** Roles to be made with these rights, assignable in the subscription, for no run may make any; the set gives them by their ids. */
  readonly roles: readonly OwnRole[];
  /**
   * Condition (version 2.0) of the assignment of `apply`: which roles the identity may give and take away.
   *
   * @default - none: the set assigns no roles, and `apply` may not either
   */
  readonly applyCondition?: string;
}
