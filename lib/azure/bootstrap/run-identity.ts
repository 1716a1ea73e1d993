import { FederatedIdentityCredential } from "@cdktf/provider-azurerm/lib/federated-identity-credential";
import { RoleAssignment } from "@cdktf/provider-azurerm/lib/role-assignment";
import { UserAssignedIdentity } from "@cdktf/provider-azurerm/lib/user-assigned-identity";
import { Construct } from "constructs";

import { AZURE_AUDIENCE } from "../../names";
import type { AzurePlace } from "../place";
import { CREDENTIALS_PER_IDENTITY } from "./credential-groups";

/** One job or workspace whose tokens Azure takes. Azure knows no patterns: issuer and subject are compared letter by letter. */
export interface FederatedSubject {
  /** Names the credential: letters, digits and hyphens. */
  readonly name: string;
  /** Host of the issuer, without scheme. */
  readonly issuer: string;
  readonly subject: string;
}

/** Properties of a {@link RunIdentity}. */
export interface RunIdentityProps {
  readonly name: string;
  readonly place: AzurePlace;
  /** At most {@link CREDENTIALS_PER_IDENTITY}. */
  readonly subjects: readonly FederatedSubject[];
  /** What it may do, and where. */
  readonly role: {
    readonly definitionId: string;
    readonly scope: string;
    readonly description: string;
    /** Condition of the assignment, version 2.0. @default - none */
    readonly condition?: string;
  };
}

/** An identity of Azure that runs elsewhere take on, by tokens that name them. */
export class RunIdentity extends Construct {
  readonly clientId: string;

  /** @throws Error when there are more subjects than one identity takes */
  constructor(scope: Construct, id: string, { name, place, subjects, role }: RunIdentityProps) {
    super(scope, id);
    if (subjects.length > CREDENTIALS_PER_IDENTITY) {
      throw new Error(
        `${name} has ${subjects.length} federated credentials, and Azure takes ${CREDENTIALS_PER_IDENTITY}`,
      );
    }
    const { resourceGroupName, location } = place;
    const identity = new UserAssignedIdentity(this, "Resource", { name, resourceGroupName, location });
    let previous: FederatedIdentityCredential | undefined;
    for (const { name: credential, issuer, subject } of subjects) {
      previous = new FederatedIdentityCredential(this, credential, {
        name: credential,
        parentId: identity.id,
        resourceGroupName,
        issuer: `https://${issuer}`,
        audience: [AZURE_AUDIENCE],
        subject,
        // Of one identity Azure writes one credential at a time, and answers 409 to others (the same page of Entra's documentation).
        dependsOn: previous && [previous],
      });
    }
    new RoleAssignment(this, "role", {
      scope: role.scope,
      roleDefinitionId: role.definitionId,
      principalId: identity.principalId,
      // Said outright, Azure does not look the new identity up in a directory that may not know it yet.
      principalType: "ServicePrincipal",
      description: role.description,
      condition: role.condition,
      conditionVersion: role.condition === undefined ? undefined : "2.0",
    });
    this.clientId = identity.clientId;
  }
}
