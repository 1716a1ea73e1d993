import { expected, says, text, wholeNumber } from "../fields";
import { listOf, mapOf, section } from "../shapes";
import { z } from "zod";

/** Kubernetes documentation, "Labels and Selectors" and "Annotations": an optional prefix, and a name of 63 characters at most. */
const QUALIFIED_NAME = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;

const metadataFault =
  (what: string) =>
  (key: string): string | undefined =>
    QUALIFIED_NAME.test(key)
      ? undefined
      : says(`is not the key of ${what}`, 'write for example "team" or "example.com/team"');

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

const agentEnvironment = mapOf(
  z.string({ error: expected("the value of a variable", 'write for example "http://proxy.example.com:3128"') }),
  (key) =>
    /^[A-Za-z_]\w*$/.test(key)
      ? undefined
      : says("is not the name of an environment variable", "write for example HTTPS_PROXY"),
  "an object of environment variables",
  '{ HTTPS_PROXY: "http://proxy.example.com:3128", NO_PROXY: ".svc,10.0.0.0/8" }',
).default({});

const quantity = (example: string) =>
  text({ pattern: /^\d+(\.\d+)?(m|Ki|Mi|Gi)?$/, what: "a quantity of Kubernetes", example: JSON.stringify(example) });

const resources = section('{ cpu: "100m", memory: "256Mi" }', {
  cpu: quantity("100m").optional(),
  memory: quantity("256Mi").optional(),
});

const toleration = section('{ key: "dedicated", value: "system", effect: "NoSchedule" }', {
  key: text({ pattern: QUALIFIED_NAME, what: "the key of a taint", example: '"dedicated"' }),
  /** @default - any value of the key is tolerated */
  value: text({ pattern: /^[\w.-]{1,63}$/, what: "the value of a taint", example: '"system"' }).optional(),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"], {
    error: expected('"NoSchedule", "PreferNoSchedule" or "NoExecute"', 'write "NoSchedule"'),
  }),
});

const principal = text({
  pattern: /^[a-z0-9]+_group:\/\/.{1,256}$/i,
  what: "a group as Rancher's sign-in provider names it, <provider>_group://<id>",
  example: '"azuread_group://11111111-2222-3333-4444-555555555555"',
});

const MEMBERS = '{ "cluster-member": ["azuread_group://11111111-2222-3333-4444-555555555555"] }';

/** Groups by role. */
const membersOf = (example: string) =>
  mapOf(
    listOf(principal, "a list of groups", '["azuread_group://11111111-2222-3333-4444-555555555555"]'),
    (role) =>
      /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(role)
        ? undefined
        : says("is not the id of a role template", 'write for example "cluster-member"'),
    "an object of roles with their groups",
    example,
  ).default({});

const project = section("{ members: { … } }", {
  /** One line for people. @default - none */
  description: text({ pattern: /^[^\p{Cc}]{1,250}$/u, what: "one line of text", example: '"Payments"' }).optional(),
  /** Groups by role template: `project-owner`, `project-member`, `read-only`, or one of your own. @default - those of the cluster */
  members: membersOf(MEMBERS.replace("cluster", "project")),
});

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
  members: membersOf(MEMBERS),
  /**
   * Rancher projects, by name. They are made once the cluster is connected: with an agent that somebody applies by hand, the deploy
   * waits for that. @default - Rancher's own two
   */
  projects: mapOf(
    project,
    (name) =>
      /^[A-Za-z0-9]([\w .-]{0,61}[A-Za-z0-9])?$/.test(name)
        ? undefined
        : says("is not the name of a project", "use letters, digits, spaces and _ . -, 63 at most"),
    "an object of projects",
    '{ shop: { members: { "project-member": [ … ] } } }',
  ).default({}),
  /**
   * Minutes for which a deploy waits until Rancher calls the cluster connected. Some Rancher releases never do so for imported clusters
   * (rancher/terraform-provider-rancher2, issue 2292). @default - it does not wait
   */
  waitMinutes: wholeNumber("a number of minutes", 5, 120).optional(),
};
