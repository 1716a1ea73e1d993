import { DataTfeProject } from "@cdktf/provider-tfe/lib/data-tfe-project";
import { Project as TfeProject } from "@cdktf/provider-tfe/lib/project";
import { Construct } from "constructs";

import { guarded } from "../terraform";

/** What a project is to be. */
export interface ProjectProps {
  readonly name: string;
  /** Whether somebody else manages it. */
  readonly existing: boolean;
  /** Whether it may not be destroyed. */
  readonly protect: boolean;
}

/** A project of HCP Terraform, made or existing. */
export class Project extends Construct {
  readonly id: string;

  constructor(scope: Construct, id: string, { name, existing, protect }: ProjectProps) {
    super(scope, id);
    this.id = existing
      ? new DataTfeProject(this, "Resource", { name }).id
      : new TfeProject(this, "Resource", {
          name,
          description: "Workspaces of Ringfence",
          ignoreAdditionalTags: true,
          lifecycle: guarded(protect),
        }).id;
  }
}
