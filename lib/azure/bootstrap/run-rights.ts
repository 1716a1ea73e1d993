import { RoleDefinition } from "@cdktf/provider-azurerm/lib/role-definition";
import { Construct } from "constructs";

import type { RolePermissions } from "./contract";

/** Properties of {@link RunRights}. */
export interface RunRightsProps {
  /** Unique in the tenant (Azure RBAC documentation, "Azure custom roles"). */
  readonly name: string;
  readonly description: string;
  /** The subscription, by its resource id. */
  readonly scope: string;
  readonly permissions: RolePermissions;
}

/** A role for what the runs of one environment do, and nothing else. */
export class RunRights extends Construct {
  readonly definitionId: string;

  constructor(scope: Construct, id: string, props: RunRightsProps) {
    super(scope, id);
    this.definitionId = new RoleDefinition(this, "Resource", {
      name: props.name,
      description: props.description,
      scope: props.scope,
      assignableScopes: [props.scope],
      permissions: [{ actions: [...props.permissions.actions] }],
    }).roleDefinitionResourceId;
  }
}
