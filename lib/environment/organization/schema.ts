import { z } from "zod";

import { expected, oneOf, roleArn, says, text, trueOrFalse } from "../fields";
import { listOf, mapOf, section } from "../shapes";
import { organizationName, projectName, state, terraformHost } from "../sections/state";

/** Where Terraform runs: on HCP Terraform's machines, on agents of yours, or wherever its command line is called. */
const executionMode = oneOf(["remote", "agent", "local"]);

/** HCP Terraform API Reference, "Agent Pools". */
const agentPoolId = text({
  pattern: /^apool-[A-Za-z0-9]+$/,
  what: "the id of an agent pool",
  example: '"apool-yoGUFz5zcRMMz53i"',
});

/** Terraform 1.11 is the oldest that the stacks run on; `lib/terraform/base-stack.ts` says why. */
const terraformVersion = text({
  pattern: /^(1\.(1[1-9]|[2-9]\d)|[2-9]\.\d+)\.\d+$/,
  what: "an exact version of Terraform, 1.11.0 or newer",
  example: '"1.11.4"',
});

const vcs = section('{ repository: "acme/platform", githubAppInstallationId: "ghain-…" }', {
  /** The repository, as the provider names it: `acme/platform`. */
  repository: text({
    pattern: /^[\w.-]+(\/[\w. -]+)+$/,
    what: "a repository with its owner",
    example: '"acme/platform"',
  }),
  /** Branch that runs follow. @default - the repository's default branch */
  branch: text({ pattern: /^(?!-)[\w./-]{1,250}$/, what: "the name of a branch", example: '"main"' }).optional(),
  /**
   * Folder of the repository that CI commits the synthesized stacks to, one folder in it for each stack.
   * @default "synthesized/stacks"
   */
  folder: text({
    pattern: /^(?!\.{1,2}(\/|$))[\w.-]+(\/(?!\.{1,2}(\/|$))[\w.-]+)*$/,
    what: "a folder of the repository, without slashes at its ends",
    example: '"synthesized/stacks"',
  }).default("synthesized/stacks"),
  /** The organization's connection to the repository's host, where it is an OAuth client. */
  oauthTokenId: text({
    pattern: /^ot-[A-Za-z0-9]+$/,
    what: "the id of an OAuth token of the organization",
    example: '"ot-hmAyP66qk2AMVdbJ"',
  }).optional(),
  /** The same, where it is an installation of HCP Terraform's GitHub App. */
  githubAppInstallationId: text({
    pattern: /^ghain-[A-Za-z0-9]+$/,
    what: "the id of an installation of HCP Terraform's GitHub App",
    example: '"ghain-ixLTq3wbJLBpGVi8"',
  }).optional(),
});

/** HCP Terraform documentation, "Workspace Notifications". */
const trigger = oneOf([
  "run:created",
  "run:planning",
  "run:needs_attention",
  "run:applying",
  "run:completed",
  "run:errored",
  "assessment:check_failure",
  "assessment:drifted",
  "assessment:failed",
]);

const triggers = listOf(trigger, "a list of events", '["run:errored"]', {
  min: 1,
  fault: says("must name at least one event", 'write for example "run:errored"'),
}).default([
  "run:needs_attention",
  "run:errored",
  "assessment:drifted",
  "assessment:check_failure",
  "assessment:failed",
]);

const webhook = (kind: "slack" | "generic" | "microsoft-teams") =>
  section(`{ kind: "${kind}" }`, {
    /** A webhook. Its address is a secret, which a variable of the stack has: `docs/stacks/workspaces.md`. */
    kind: z.literal(kind),
    /** What it is told of. @default - what waits for people, fails, or has drifted */
    triggers,
  });

const email = section('{ kind: "email", addresses: ["ops@example.com"] }', {
  /** Mail to members of the organization. */
  kind: z.literal("email"),
  /** Their addresses. */
  addresses: listOf(
    z
      .string({ error: expected("a mail address", 'write for example "ops@example.com"') })
      .regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, {
        error: says("must be a mail address", 'write for example "ops@example.com"'),
      }),
    "a list of mail addresses",
    '["ops@example.com"]',
    { min: 1, fault: says("must name at least one member", "write the address of a member of the organization") },
  ),
  /** What they are told of. @default - what waits for people, fails, or has drifted */
  triggers,
});

/** The provider's documentation, "tfe_notification_configuration": at most this many for a workspace. */
const MOST_NOTIFICATIONS = 20;

const notifications = mapOf(
  z.discriminatedUnion("kind", [webhook("slack"), webhook("generic"), webhook("microsoft-teams"), email], {
    error: says("is no known kind of notification", 'write kind: "slack", "generic", "microsoft-teams" or "email"'),
  }),
  (name, names) => {
    if (!/^[a-z][a-z0-9-]{0,39}$/.test(name)) {
      return says("is not a name for a notification", "use lower-case letters, digits and hyphens, 40 at most");
    }
    if (names.indexOf(name) < MOST_NOTIFICATIONS) return undefined;
    return says("is one notification too many for a workspace", `keep ${MOST_NOTIFICATIONS} at most`);
  },
  "an object of notifications",
  '{ "on-call": { kind: "slack" } }',
);

/** HCP Terraform documentation, "Project permissions"; `plan` is a custom one: runs and plans, and no states. All others read whole states. */
const teamAccess = oneOf(["read", "plan", "write", "maintain", "admin"]);

function teamFault(name: string): string | undefined {
  if (!/^[\w-]{1,255}$/.test(name)) return says("is not the name of a team", "use letters, digits, - and _");
  return name === "owners" ? says("may do everything by itself", "leave it out") : undefined;
}

const clientId = text({
  pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  what: "the client id of an identity in Microsoft Entra, in lower case",
  example: '"00000000-0000-0000-0000-000000000000"',
});

/** How the runs of one environment differ from those of the others. */
const environmentRuns = section("{ autoApply: true }", {
  /** @default - as for all */
  terraformVersion: terraformVersion.optional(),
  /** @default - as for all */
  executionMode: executionMode.optional(),
  /** @default - as for all, with execution mode `agent` */
  agentPoolId: agentPoolId.optional(),
  /** @default - as for all */
  autoApply: trueOrFalse.optional(),
  /** @default - as for all */
  assessments: trueOrFalse.optional(),
  /** Branch that its runs follow. @default - as for all */
  branch: vcs.shape.branch,
  /**
   * Roles and identities that somebody else has made trust these runs.
   * @default - those that the environment's section `bootstrap` makes
   */
  credentials: section('{ aws: { planRoleArn: "…", applyRoleArn: "…" } }', {
    /** Roles of AWS, one for each phase of a run. */
    aws: section('{ planRoleArn: "…", applyRoleArn: "…" }', { planRoleArn: roleArn, applyRoleArn: roleArn }).optional(),
    /** Identities of Azure, one for each phase of a run. */
    azure: section('{ planClientId: "…", applyClientId: "…" }', {
      planClientId: clientId,
      applyClientId: clientId,
    }).optional(),
  }).optional(),
});

/** An organization of HCP Terraform, as its file in `organizations/` describes it. */
export const organizationSchema = section('defineOrganization({ organization: "acme", … })', {
  /** The organization, which exists. Its file has the same name. */
  organization: organizationName,
  /** A Terraform Enterprise host. @default - HCP Terraform */
  hostname: terraformHost.optional(),
  /** Where the state of the stack `workspaces` itself lives; a workspace for it is made by hand. @default - a local file */
  state: state.default({ kind: "local" }),
  /** Version of Terraform in all workspaces, exact: an upgrade is a change of this line. */
  terraformVersion,
  /** Where Terraform runs. @default "remote" */
  executionMode: executionMode.default("remote"),
  /** Pool of the agents that run Terraform, with execution mode `agent`. @default - none */
  agentPoolId: agentPoolId.optional(),
  /** Whether a plan that succeeds is applied without a person. @default false */
  autoApply: trueOrFalse.default(false),
  /** Whether HCP Terraform looks for drift by itself; its Standard edition and above can. @default false */
  assessments: trueOrFalse.default(false),
  /** Runs that follow commits of synthesized stacks. @default - runs that `cdktf deploy` starts */
  vcs: vcs.optional(),
  /**
   * Whether a run that applied starts one in each workspace that waits for it.
   * @default - with `vcs` only: where `cdktf deploy` starts runs in order, triggered ones would stand in its way
   */
  runTriggers: trueOrFalse.optional(),
  /** Projects of environments that exist already; all others are made. @default - none */
  existingProjects: listOf(projectName, "a list of projects", '["platform"]').default([]),
  /** What existing teams may do in the projects. @default - only owners may do anything */
  teams: mapOf(teamAccess, teamFault, "an object of teams", '{ platform: "write" }').default({}),
  /** Who hears of runs, in every workspace. @default - nobody */
  notifications: notifications.default({}),
  /** How the runs of some environments differ, by name. @default - they do not */
  environments: mapOf(
    environmentRuns,
    () => undefined,
    "an object of environments",
    "{ prod: { autoApply: false } }",
  ).default({}),
});
