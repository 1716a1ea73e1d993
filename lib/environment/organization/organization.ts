import type { z } from "zod";

import { HCP_HOST } from "../../names";
import type { DeepPartial, DeepReadonly } from "../deep";
import type { organizationSchema } from "./schema";

/** What an organization's file says: every field that has a default may be left out. */
export type OrganizationInput = DeepReadonly<z.input<typeof organizationSchema>>;

/** A validated organization of HCP Terraform, defaults filled in, frozen. */
export type Organization = DeepReadonly<z.output<typeof organizationSchema>>;

/** An organization some of whose fields were refused, and are therefore missing: what cross-field rules work on. */
export type PartialOrganization = DeepPartial<Organization>;

/** Who hears of runs. */
export type NotificationSettings = Organization["notifications"][string];

/** What a team may do in a project. */
export type TeamAccess = Organization["teams"][string];

/** How Terraform runs in the workspaces of one environment. */
export interface RunSettings {
  readonly terraformVersion: string;
  readonly executionMode: "remote" | "agent" | "local";
  readonly agentPoolId?: string;
  readonly autoApply: boolean;
  readonly assessments: boolean;
  /** Whether runs start runs in the workspaces that wait for them. */
  readonly runTriggers: boolean;
  readonly vcs?: Organization["vcs"];
  readonly credentials?: Organization["environments"][string]["credentials"];
}

/** How Terraform runs in an environment's workspaces: as in all, but for what the organization's file says of this one. */
export function runSettingsOf(organization: Organization, environment: string): RunSettings {
  const { vcs, runTriggers = vcs !== undefined } = organization;
  const { branch, ...own } = organization.environments[environment] ?? {};
  const executionMode = own.executionMode ?? organization.executionMode;
  return {
    terraformVersion: own.terraformVersion ?? organization.terraformVersion,
    executionMode,
    agentPoolId: executionMode === "agent" ? (own.agentPoolId ?? organization.agentPoolId) : undefined,
    autoApply: own.autoApply ?? organization.autoApply,
    assessments: own.assessments ?? organization.assessments,
    runTriggers,
    vcs: vcs && { ...vcs, branch: branch ?? vcs.branch },
    credentials: own.credentials,
  };
}

/** An organization of one host, as two descriptions of it are compared. */
export function organizationKey({
  hostname = HCP_HOST,
  organization,
}: Pick<Organization, "hostname" | "organization">): string {
  return `${hostname}/${organization}`;
}
