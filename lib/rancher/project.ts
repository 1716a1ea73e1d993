import { Project as RancherProject } from "@cdktf/provider-rancher2/project";
import { ProjectRoleTemplateBinding } from "@cdktf/provider-rancher2/project-role-template-binding";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { waitsFor } from "./after";
import { type GroupsByRole, membershipsOf } from "./groups";

/** Properties of a {@link Project}. */
export interface ProjectProps {
  readonly clusterId: string;
  readonly name: string;
  /** One line for people. @default - none */
  readonly description?: string;
  /** Groups by role template of projects. */
  readonly groups: GroupsByRole;
  /** What must be there before. */
  readonly after: readonly ITerraformDependable[];
}

/** How long a project waits for its cluster to be connected: as long as the provider itself waits for a cluster. */
const CONNECTED_WITHIN = "30m";

/** Namespaces of a cluster that have their people and limits in common. It exists in the cluster, too, and so waits for its agent. */
export class Project extends Construct {
  constructor(scope: Construct, id: string, props: ProjectProps) {
    super(scope, id);
    const project = new RancherProject(this, "Resource", {
      name: props.name,
      clusterId: props.clusterId,
      description: props.description,
      waitForCluster: true,
      timeouts: { create: CONNECTED_WITHIN },
      dependsOn: waitsFor(props.after),
    });
    for (const { name, role, group } of membershipsOf(props.groups)) {
      new ProjectRoleTemplateBinding(this, name, {
        name,
        projectId: project.id,
        roleTemplateId: role,
        groupPrincipalId: group,
      });
    }
  }
}
