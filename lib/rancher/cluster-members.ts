import { ClusterRoleTemplateBinding } from "@cdktf/provider-rancher2/cluster-role-template-binding";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { waitsFor } from "./after";
import { type GroupsByRole, membershipsOf } from "./groups";

/** Properties of {@link ClusterMembers}. */
export interface ClusterMembersProps {
  readonly clusterId: string;
  /** Groups by role template of clusters. */
  readonly groups: GroupsByRole;
  /** What must be there before. */
  readonly after: readonly ITerraformDependable[];
}

/** Who may use a cluster in Rancher, by group. */
export class ClusterMembers extends Construct {
  constructor(scope: Construct, id: string, { clusterId, groups, after }: ClusterMembersProps) {
    super(scope, id);
    for (const { name, role, group } of membershipsOf(groups)) {
      new ClusterRoleTemplateBinding(this, name, {
        name,
        clusterId,
        roleTemplateId: role,
        groupPrincipalId: group,
        dependsOn: waitsFor(after),
      });
    }
  }
}
