import { RoleDefinition } from "@cdktf/provider-azurerm/lib/role-definition";
import { Construct } from "constructs";

/** Properties of {@link RunRights}. */
export interface RunRightsProps {
  /** Unique in the tenant (Azure RBAC documentation, "Azure custom roles"). */
  readonly name: string;
  readonly description: string;
  /** The subscription, by its resource id. */
  readonly scope: string;
  readonly actions: readonly string[];
  /** Its GUID, where others name it before it is made. @default - Azure's provider makes one up */
  readonly roleId?: string;
}

/** A role for what runs of one environment do, or what its set gives others to do, and nothing else. */
export class RunRights extends Construct {
  readonly definitionId: string;

  constructor(scope: Construct, id: string, props: RunRightsProps) {
    super(scope, id);
    this.definitionId = new RoleDefinition(this, "Resource", {
      name: props.name,
      description: props.description,
      scope: props.scope,
      assignableScopes: [props.scope],
      roleDefinitionId: props.roleId,
      permissions: [{ actions: [...props.actions] }],
    }).roleDefinitionResourceId;
  }
}
