import { RoleAssignment } from "@cdktf/provider-azurerm/lib/role-assignment";
import { UserAssignedIdentity } from "@cdktf/provider-azurerm/lib/user-assigned-identity";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

/** A role that the control plane needs on something outside of the cluster. */
export interface ControlPlaneRole {
  /** Names the assignment within the stack. */
  readonly id: string;
  /** Name of a built-in role. */
  readonly role: string;
  /** Resource id of what it is for, and nothing wider. */
  readonly scope: string;
  /** Why the control plane needs it. */
  readonly description: string;
}

/** Properties of {@link ClusterIdentities}. */
export interface ClusterIdentitiesProps {
  /** Name of the cluster. */
  readonly name: string;
  readonly resourceGroupName: string;
  readonly location: string;
  readonly roles: readonly ControlPlaneRole[];
  /** Whether the nodes get an identity of their own; those of a cluster that is older than its stack keep theirs. */
  readonly makesKubelet: boolean;
  /** Resource id of the identity that the nodes keep, if it is a user-assigned one. @default - it is AKS's own */
  readonly keptKubeletId?: string;
}

/** With what the nodes sign in to Azure. */
export interface KubeletIdentity {
  readonly id: string;
  readonly clientId: string;
  readonly objectId: string;
}

/**
 * The two identities of a cluster, made before it so that they have their roles when it starts: the control plane's, and the
 * one with which nodes pull images.
 */
export class ClusterIdentities extends Construct {
  readonly controlPlaneId: string;
  /** @default - the one that the cluster has */
  readonly kubelet?: KubeletIdentity;
  /** No attribute of a cluster refers to its roles: what is made with the identities waits for these. */
  readonly assignments: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ClusterIdentitiesProps) {
    super(scope, id);
    const { name, resourceGroupName, location } = props;
    const controlPlane = new UserAssignedIdentity(this, "control-plane", {
      name: `${name}-control-plane`,
      resourceGroupName,
      location,
    });
    const kubelet = props.makesKubelet
      ? new UserAssignedIdentity(this, "kubelet", { name: `${name}-kubelet`, resourceGroupName, location })
      : undefined;
    const kubeletId = kubelet?.id ?? props.keptKubeletId;
    const roles: readonly ControlPlaneRole[] = [
      ...props.roles,
      ...(kubeletId === undefined
        ? []
        : [
            {
              id: "kubelet-operator",
              role: "Managed Identity Operator",
              scope: kubeletId,
              description: "Gives the kubelet identity to nodes",
            },
          ]),
    ];
    this.assignments = roles.map(
      (role) =>
        new RoleAssignment(this, role.id, {
          scope: role.scope,
          roleDefinitionName: role.role,
          principalId: controlPlane.principalId,
          // Said outright, Azure does not look the new identity up in a directory that may not know it yet.
          principalType: "ServicePrincipal",
          description: role.description,
        }),
    );
    this.controlPlaneId = controlPlane.id;
    this.kubelet = kubelet && { id: kubelet.id, clientId: kubelet.clientId, objectId: kubelet.principalId };
  }
}
