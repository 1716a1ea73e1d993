import { DataTfeTeam } from "@cdktf/provider-tfe/lib/data-tfe-team";
import { TeamProjectAccess } from "@cdktf/provider-tfe/lib/team-project-access";
import { Construct } from "constructs";

import type { Project } from "./project";

/** HCP Terraform documentation, "Project permissions"; `plan` is a custom one: runs and plans, and states by their outputs. */
export type TeamAccessLevel = "read" | "plan" | "write" | "maintain" | "admin";

/** What an existing team may do. */
export interface TeamAccessProps {
  readonly team: string;
  readonly access: TeamAccessLevel;
  readonly projects: readonly Project[];
}

/** Sees runs and starts plans, which somebody else applies. It is shown outputs alone of states; a plan of its own reads them whole. */
const PLAN = {
  access: "custom",
  projectAccess: [{ settings: "read", teams: "none", variableSets: "none" }],
  workspaceAccess: [
    {
      runs: "plan",
      stateVersions: "read-outputs",
      variables: "read",
      sentinelMocks: "none",
      create: false,
      delete: false,
      locking: false,
      move: false,
      runTasks: false,
    },
  ],
};

/** What a team may do in projects. */
export class TeamAccess extends Construct {
  constructor(scope: Construct, id: string, { team, access, projects }: TeamAccessProps) {
    super(scope, id);
    const teamId = new DataTfeTeam(this, "team", { name: team }).id;
    for (const project of projects) {
      new TeamProjectAccess(this, project.node.id, {
        teamId,
        projectId: project.id,
        ...(access === "plan" ? PLAN : { access }),
      });
    }
  }
}
