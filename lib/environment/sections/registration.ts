import { z } from "zod";

import { expected, says, text, wholeNumber } from "../fields";
import { listOf, mapOf, section } from "../shapes";

/** Kubernetes documentation, "Labels and Selectors" and "Annotations": an optional prefix, and a name of 63 characters at most. */
const QUALIFIED_NAME = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;

/** Rancher writes these itself, and the provider hides what becomes of them. */
const OF_RANCHER = /(^|\.)cattle\.io(\/|$)/;

const KEYS = 'write for example "team" or "example.com/team"';

const metadataFault =
  (what: string) =>
  (key: string): string | undefined => {
    if (!QUALIFIED_NAME.test(key)) return says(`is not the key of ${what}`, KEYS);
    return OF_RANCHER.test(key) ? says("is a key that Rancher itself writes", KEYS) : undefined;
  };

const labels = mapOf(
  text({
    pattern: /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/,
    what: "the value of a label: 63 letters, digits and _ . - at most, a letter or digit first and last",
    example: '"payments"',
  }),
  metadataFault("a label"),
  "an object of labels",
  '{ team: "payments" }',
).default({});

const annotations = mapOf(
  z.string({ error: expected("the text of an annotation", 'write for example "on call: platform"') }),
  metadataFault("an annotation"),
  "an object of annotations",
  '{ "example.com/on-call": "platform" }',
).default({});

/**
 * What tells an agent whom it trusts and who it is. Rancher lets a cluster's own variables go before those that it writes
 * (rancher/rancher, `pkg/systemtemplate`), so that these would switch the checks off.
 */
const TRUST_OF_AGENT = /^(CATTLE_(SERVER|TOKEN|CA_CHECKSUM|CLUSTER|INSECURE\w*)|STRICT_VERIFY|SSL_CERT_(DIR|FILE))$/;

/** Variables that are called as if they held a secret. */
const SECRET_NAME = /PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|(API|ACCESS|PRIVATE)_?KEY/i;

const VARIABLE = "write for example HTTPS_PROXY";

function variableFault(name: string): string | undefined {
  if (!/^[A-Za-z_]\w*$/.test(name)) return says("is not the name of an environment variable", VARIABLE);
  if (TRUST_OF_AGENT.test(name)) {
    return says("decides whom the agent trusts, which is Rancher's to say", "take it out, and set it up in Rancher");
  }
  if (!SECRET_NAME.test(name)) return undefined;
  return says(
    "holds a secret by its name, and could be read in the state and in the cluster",
    "take it out, and give the secret to the cluster itself",
  );
}

const agentEnvironment = mapOf(
  text({
    pattern: /^[^\p{Cc}]{0,2000}$/u,
    what: "the value of a variable, one line of 2,000 characters at most",
    example: '"http://proxy.example.com:3128"',
  }),
  variableFault,
  "an object of environment variables",
  '{ HTTPS_PROXY: "http://proxy.example.com:3128", NO_PROXY: ".svc,10.0.0.0/8" }',
).default({});

/** Kubernetes documentation, "Resource Management for Pods and Containers": a processor has 1,000m; memory without a unit is in bytes. */
const resources = section('{ cpu: "100m", memory: "256Mi" }', {
  /** Processors, or thousandths of one. @default - none is named */
  cpu: text({
    pattern: /^(?!0+m?$)(\d{1,6}m|\d{1,3}(\.\d{1,3})?)$/,
    what: "a number of processors, or of their thousandths with an m",
    example: '"100m"',
  }).optional(),
  /** Memory. @default - none is named */
  memory: text({
    pattern: /^[1-9]\d{0,8}(Ki|Mi|Gi)$/,
    what: "a whole number with its unit, Ki, Mi or Gi",
    example: '"256Mi"',
  }).optional(),
});

const toleration = section('{ key: "dedicated", value: "system", effect: "NoSchedule" }', {
  key: text({ pattern: QUALIFIED_NAME, what: "the key of a taint", example: '"dedicated"' }),
  /** @default - any value of the key is tolerated */
  value: text({ pattern: /^[\w.-]{1,63}$/, what: "the value of a taint", example: '"system"' }).optional(),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"], {
    error: expected('"NoSchedule", "PreferNoSchedule" or "NoExecute"', 'write "NoSchedule"'),
  }),
});

/** Rancher documentation, "Authentication Config": what the providers call a group; GitHub has organizations and teams. */
const principal = text({
  pattern: /^([a-z0-9]+_group|github_(org|team)):\/\/[^\p{Cc}]{1,256}$/u,
  what: "a group as Rancher's sign-in provider names it, <provider>_group://<id>",
  example: '"azuread_group://11111111-2222-3333-4444-555555555555"',
});

/** Rancher documentation, "Cluster and Project Roles": those that every Rancher has. */
const ROLES = {
  cluster: ["cluster-owner", "cluster-member"],
  project: ["project-owner", "project-member", "read-only"],
} as const;

/** Where a role holds. */
type Scope = keyof typeof ROLES;

function roleFault(role: string, scope: Scope): string | undefined {
  const remedy = `write ${ROLES[scope].map((known) => JSON.stringify(known)).join(", ")}, or the id of one of your own`;
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(role)) return says("is not the id of a role template", remedy);
  const other = scope === "cluster" ? "project" : "cluster";
  return ROLES[other].some((known) => known === role)
    ? says(`is a role of a ${other}, and these are the members of a ${scope}`, remedy)
    : undefined;
}

/** Groups by role. */
const membersOf = (scope: Scope) =>
  mapOf(
    listOf(principal, "a list of groups", '["azuread_group://11111111-2222-3333-4444-555555555555"]', {
      min: 1,
      fault: says("must name a group", "write the groups that have the role, or leave it out"),
    }),
    (role) => roleFault(role, scope),
    "an object of roles with their groups",
    `{ "${scope}-member": ["azuread_group://11111111-2222-3333-4444-555555555555"] }`,
  ).default({});

const project = section("{ members: { … } }", {
  /** One line for people. @default - none */
  description: text({ pattern: /^[^\p{Cc}]{1,250}$/u, what: "one line of text", example: '"Payments"' }).optional(),
  /** Groups by role template: `project-owner`, `project-member`, `read-only`, or one of your own. @default - those of the cluster */
  members: membersOf("project"),
});

/** Rancher makes these two in each cluster. */
const PROJECTS_OF_RANCHER: readonly string[] = ["default", "system"];

function projectFault(name: string): string | undefined {
  if (!/^[A-Za-z0-9]([\w .-]{0,61}[A-Za-z0-9])?$/.test(name)) {
    return says("is not the name of a project", "use letters, digits, spaces and _ . -, 63 at most");
  }
  return PROJECTS_OF_RANCHER.includes(name.toLowerCase())
    ? says("is a project that Rancher makes by itself", "rename the project")
    : undefined;
}

/** What a registration in Rancher holds, whichever way the agent takes into the cluster. */
export const registration = {
  /** One line for people. @default - who registered it */
  description: text({ pattern: /^[^\p{Cc}]{1,250}$/u, what: "one line of text", example: '"Payments"' }).optional(),
  /** Labels of the cluster in Rancher, which Fleet's targets select by. @default - none */
  labels,
  /** Annotations of the cluster in Rancher. @default - none */
  annotations,
  /** Fleet workspace. Rancher moves a cluster between workspaces without a new registration. @default "fleet-default" */
  fleetWorkspace: text({
    pattern: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    what: "the name of a Fleet workspace",
    example: '"fleet-default"',
  }).default("fleet-default"),
  /** Environment variables of the agents, such as a proxy. They can be read in the state and in the cluster: no secrets. @default - none */
  agentEnvironment,
  /** Where the agents of Rancher and Fleet run, and what they may use. @default - as Rancher schedules them */
  agentScheduling: section("{ tolerations: [ … ] }", {
    /** Taints that the agents tolerate besides Rancher's own. @default [] */
    tolerations: listOf(
      toleration,
      "a list of tolerations",
      '[{ key: "dedicated", value: "system", effect: "NoSchedule" }]',
    ).default([]),
    /** What the scheduler sets aside for an agent. @default - nothing */
    requests: resources.optional(),
    /** What an agent may use at most. @default - no limit */
    limits: resources.optional(),
  }).optional(),
  /** Groups by role template of the cluster: `cluster-owner`, `cluster-member`, or one of your own. @default - only who registered it */
  members: membersOf("cluster"),
  /**
   * Rancher projects, by name. They are made once the cluster is connected: with an agent that somebody applies by hand, the deploy
   * waits for that. @default - Rancher's own two
   */
  projects: mapOf(
    project,
    projectFault,
    "an object of projects",
    '{ shop: { members: { "project-member": [ … ] } } }',
  ).default({}),
  /**
   * Minutes for which a deploy waits until Rancher calls the cluster connected. Some Rancher releases never do so for imported clusters
   * (rancher/terraform-provider-rancher2, issue 2292). @default - it does not wait
   */
  waitMinutes: wholeNumber("a number of minutes", 5, 120).optional(),
};
