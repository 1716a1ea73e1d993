import { BOOTSTRAP, WORKSPACES } from "../lib/names";
import { drawFlows } from "./drawing";
import { count, HEADLINES, some } from "./nouns";
import type { ReadStack, StackSet } from "./stack-set-reader";
import { widest, WIDTH, wrap } from "./wrap";

/** What the summary says beside the stacks. */
export interface SummaryOptions {
  /** Where the output lies, as a person would name it. */
  readonly folder: string;
  /** How long the synthesis took. */
  readonly seconds: number;
  /** Version of Node.js: `20.20.2`. */
  readonly node: string;
}

/** The newest Node.js on which CDKTF's command line starts: its terminal library has no build for a later one. */
const NEWEST_NODE_FOR_CDKTF = 22;

/** What the main job made, as text for a person: the stacks, what flows between them, and the next command. */
export function summarize(set: StackSet, { folder, seconds, node }: SummaryOptions): string {
  const { stacks } = set;
  const environments = [...new Set(stacks.map(({ name }) => environmentOf(name)))].sort();
  return [
    `Synthesized ${count(stacks.length, "stack")} into ${folder}/ in ${seconds.toFixed(1)} s; the policy rules found no violation.`,
    "",
    ...environments.flatMap((environment) => describeEnvironment(environment, ofEnvironment(environment, set))),
    ...nextSteps(environments, stacks),
    ...(Number(node.split(".")[0]) > NEWEST_NODE_FOR_CDKTF
      ? ["", `npx cdktf needs Node.js 20 or 22, and this is ${node}.`]
      : []),
  ].join("\n");
}

/**
 * A stack's name begins with its environment's, which holds no hyphen; that of what lets an environment's runs in ends with it. The
 * workspaces of an organization stand by themselves.
 */
function environmentOf(stack: string): string {
  const [first = stack, ...rest] = stack.split("-");
  if (first === WORKSPACES) return stack;
  return first === BOOTSTRAP ? rest.join("-") : first;
}

/** What a stack's name says besides its environment's. */
function shortName(stack: string): string {
  const [first = stack, ...rest] = stack.split("-");
  return first === WORKSPACES || first === BOOTSTRAP ? first : rest.join("-");
}

/** Where a state lies, with a pattern in the place of a stack's name where many are named alike. */
function statePattern({ name, state }: ReadStack, environment: string): string {
  return name.startsWith(`${environment}-`) ? state.replace(name, `${environment}-<stack>`) : state;
}

/** What is drawn of one environment is what flows within it. */
function ofEnvironment(environment: string, set: StackSet): StackSet {
  return {
    stacks: set.stacks.filter(({ name }) => environmentOf(name) === environment),
    flows: set.flows.filter(({ to }) => environmentOf(to) === environment),
    waits: set.waits.filter(({ to }) => environmentOf(to) === environment),
    foreign: set.foreign.filter(({ to }) => environmentOf(to) === environment),
  };
}

function describeEnvironment(environment: string, set: StackSet): string[] {
  const { stacks } = set;
  const states = new Set(stacks.map((stack) => statePattern(stack, environment)));
  const drawing = drawFlows(set, shortName);
  const hasFlows = set.flows.length + set.foreign.length > 0;
  return [
    `${environment}: ${count(stacks.length, "stack")}, those of one number are deployed at the same time`,
    ...[...states].map((state) => `  states: ${state}`),
    "",
    ...describeStacks(stacks),
    "",
    ...(drawing.length === 0
      ? []
      : [
          hasFlows ? "What flows between them, through Terraform's remote state:" : "What goes first:",
          "",
          ...drawing,
          "",
        ]),
  ];
}

/** A table with a line for each stack, and more for its notes. */
function describeStacks(stacks: readonly ReadStack[]): string[] {
  const hasWorkspaces = stacks.some(({ workspace }) => workspace !== undefined);
  const rows = stacks.map(({ name, wave, clouds, workspace = "", resources, notes }) => ({
    cells: [String(wave), clouds.join(", "), shortName(name), ...(hasWorkspaces ? [workspace] : [])],
    resources,
    notes,
  }));
  const head = ["#", "in", "stack", ...(hasWorkspaces ? ["workspace"] : [])];
  const widths = head.map((title, column) => widest([title, ...rows.map(({ cells }) => cells[column] ?? "")]));
  const lineOf = (cells: readonly string[]): string =>
    `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}  `;
  const indent = " ".repeat(lineOf(head).length);
  return [
    `${lineOf(head)}resources`,
    ...rows.flatMap(({ cells, resources, notes }) => [
      lineOf(cells) + contentOf(resources, WIDTH - indent.length),
      ...notes.flatMap((text) => wrap(`note: ${text}`.split(" "), WIDTH - indent.length).map((line) => indent + line)),
    ]),
  ];
}

/** As many of the headlines as the line has room for, and how many resources stand behind them. */
function contentOf(resources: ReadonlyMap<string, number>, width: number): string {
  const headlines = Object.entries(HEADLINES).flatMap(([type, noun]) => {
    const number = resources.get(type);
    return number === undefined ? [] : [{ number, text: some(number, noun) }];
  });
  const total = [...resources.values()].reduce((sum, number) => sum + number, 0);
  const written = (shown: typeof headlines): string => {
    const others = total - shown.reduce((sum, { number }) => sum + number, 0);
    return [...shown.map(({ text }) => text), ...(others === 0 ? [] : [count(others, "other")])].join(", ");
  };
  const fits = headlines.map((_, index) => headlines.slice(0, headlines.length - index));
  return written(fits.find((shown) => written(shown).length <= width) ?? []);
}

function nextSteps(environments: readonly string[], stacks: readonly ReadStack[]): string[] {
  const [first] = stacks;
  if (first === undefined) {
    return [
      "No section of the environment asks for a stack. Start with `aws: { …, network: { … } }` and `allowlist: {}`.",
    ];
  }
  if (environments.length === 1 && environments[0] === "example") {
    return [
      "This is the example. To describe an environment of your own:",
      "",
      '  cp environments/example.ts environments/prod.ts    and set name: "prod" in it, then',
      "  npx cdktf deploy 'prod-*'                          (later: destroy 'prod-*', or diff with the name of one stack)",
    ];
  }
  const [inEnvironment = first] = stacks.filter(({ name }) => name.startsWith(`${environmentOf(name)}-`));
  return [
    "Next:",
    "",
    ...deployCommands(environments, stacks).map((command) => `  ${command}`),
    "",
    "To see what would change first, name one stack:",
    "",
    `  npx cdktf diff ${inEnvironment.name}`,
  ];
}

/**
 * What runs depend on comes before the runs: who is let in, and the workspaces. CDKTF refuses to deploy workspaces without what they
 * read from, so that both stand in one command.
 */
function deployCommands(environments: readonly string[], stacks: readonly ReadStack[]): readonly string[] {
  const named = (prefix: string): readonly string[] =>
    stacks.map(({ name }) => name).filter((name) => name.startsWith(`${prefix}-`));
  const first = [...(named(BOOTSTRAP).length === 0 ? [] : [`'${BOOTSTRAP}-*'`]), ...named(WORKSPACES)];
  return [
    ...(first.length === 0 ? [] : [`npx cdktf deploy ${first.join(" ")}`]),
    ...environments
      .filter((environment) => stacks.some(({ name }) => name.startsWith(`${environment}-`)))
      .map((environment) => {
        const own = stacks.filter(({ name }) => name.startsWith(`${environment}-`));
        // HCP Terraform takes no apply from the command line for a workspace that follows a repository.
        return own.every(({ isCommitted }) => isCommitted)
          ? `Commit the folders ${environment}-*: their workspaces run what is committed (docs/hcp-terraform.md)`
          : `npx cdktf deploy '${environment}-*'`;
      }),
  ];
}
