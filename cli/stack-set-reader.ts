import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

/** A cloud, or a server that a stack makes things in. */
export type Cloud = "AWS" | "Azure" | "Rancher" | "HCP Terraform";

/** One synthesized stack, as far as the summary speaks of it. */
export interface ReadStack {
  readonly name: string;
  /** When it is deployed: those of 1 wait for no stack, those of 2 for one of 1. */
  readonly wave: number;
  readonly clouds: readonly Cloud[];
  /** Where its state lives: `state/dev-allowlist.tfstate`. */
  readonly state: string;
  /** The workspace of HCP Terraform that holds its state and runs it. @default - its state is elsewhere */
  readonly workspace?: string;
  /** Whether that workspace runs what is committed, and takes nothing from the command line. @default false */
  readonly isCommitted?: boolean;
  /** How many resources of each Terraform type it holds. */
  readonly resources: ReadonlyMap<string, number>;
  /** What its code says to whoever synthesizes. */
  readonly notes: readonly string[];
}

/** What one stack takes from another's state. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  /** The producer's resources whose attributes it takes: `aws_eip.zone-a-egress`. */
  readonly resources: readonly string[];
}

/** A stack that is deployed after another, and takes nothing from it. */
export interface Wait {
  readonly from: string;
  readonly to: string;
}

/** What a stack takes from a state that no stack of the set writes. */
export interface ForeignFlow {
  /** Where the state lies: `s3://acme/otc.tfstate`. */
  readonly state: string;
  readonly to: string;
  readonly output: string;
}

/** A synthesized set of stacks in the order in which they are deployed. */
export interface StackSet {
  readonly stacks: readonly ReadStack[];
  readonly flows: readonly Flow[];
  readonly waits: readonly Wait[];
  readonly foreign: readonly ForeignFlow[];
}

const PROJECT_ROOT = resolve(__dirname, "..");

/** By the names of Terraform's providers, in the order in which a person reads them. */
const CLOUDS: Readonly<Record<string, Cloud>> = {
  aws: "AWS",
  azurerm: "Azure",
  rancher2: "Rancher",
  tfe: "HCP Terraform",
};

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const objectAt = (value: Json, key: string): Json => (isObject(value[key]) ? value[key] : {});
const readJson = (file: string): Json => {
  const value: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (!isObject(value)) throw new Error(`${file} holds no JSON object`);
  return value;
};

/** Reads the output folder of a synthesis. */
export function readStackSet(outputDirectory: string): StackSet {
  const manifest = objectAt(readJson(join(outputDirectory, "manifest.json")), "stacks");
  const order = inDeployOrder(manifest);
  const folderOf = (name: string): string => join(outputDirectory, "stacks", name);
  const documents = new Map([...order.keys()].map((name) => [name, readJson(join(folderOf(name), "cdk.tf.json"))]));
  const flows = [...documents].flatMap(([to, document]) => flowsInto(to, document, documents));
  const committed = new Set<string | undefined>([...documents.values()].flatMap(committedWorkspaces));
  return {
    stacks: [...documents].map(([name, document]) => ({
      ...readStack(name, document, folderOf(name)),
      isCommitted: committed.has(workspaceOf(document)),
      wave: order.get(name) ?? 1,
      notes: notesOf(objectAt(manifest, name)),
    })),
    flows,
    waits: [...order.keys()].flatMap((to) =>
      dependenciesOf(manifest, to)
        .filter((from) => !flows.some((flow) => flow.from === from && flow.to === to))
        .map((from) => ({ from, to })),
    ),
    foreign: [...documents].flatMap(([to, document]) => foreignInto(to, document, folderOf(to))),
  };
}

function dependenciesOf(manifest: Json, name: string): readonly string[] {
  const { dependencies } = objectAt(manifest, name);
  return Array.isArray(dependencies) ? dependencies.map(String) : [];
}

/** The stacks with their waves, in the order of these, and of names within one. */
function inDeployOrder(manifest: Json): ReadonlyMap<string, number> {
  const waves = new Map<string, number>();
  const waveOf = (name: string): number => {
    const known = waves.get(name);
    if (known !== undefined) return known;
    const wave = 1 + Math.max(0, ...dependenciesOf(manifest, name).map(waveOf));
    waves.set(name, wave);
    return wave;
  };
  Object.keys(manifest).sort().forEach(waveOf);
  return new Map(
    [...waves].sort(([one, waveOfOne], [other, waveOfOther]) => waveOfOne - waveOfOther || (one < other ? -1 : 1)),
  );
}

function readStack(name: string, document: Json, folder: string): Omit<ReadStack, "isCommitted" | "notes" | "wave"> {
  const types = Object.entries(objectAt(document, "resource"));
  const resources = new Map(
    types.map(([type, instances]) => [type, isObject(instances) ? Object.keys(instances).length : 0]),
  );
  const providers = objectAt(document, "provider");
  const clouds = Object.entries(CLOUDS).flatMap(([provider, cloud]) => (provider in providers ? [cloud] : []));
  const terraform = objectAt(document, "terraform");
  const [kind, config] =
    terraform.cloud === undefined
      ? (Object.entries(objectAt(terraform, "backend"))[0] ?? ["none", {}])
      : ["remote", terraform.cloud];
  const state = whereIs(kind, isObject(config) ? config : {}, folder);
  return { name, clouds, state, workspace: workspaceOf(document), resources };
}

function workspaceOf(document: Json): string | undefined {
  const { name } = objectAt(objectAt(objectAt(document, "terraform"), "cloud"), "workspaces");
  return typeof name === "string" ? name : undefined;
}

/** Names of the workspaces that a stack makes and that follow a repository. */
function committedWorkspaces(document: Json): readonly string[] {
  const made = Object.values(objectAt(objectAt(document, "resource"), "tfe_workspace")).filter(isObject);
  return made.flatMap(({ name, vcs_repo: repository }) =>
    typeof name === "string" && repository !== undefined ? [name] : [],
  );
}

function notesOf({ annotations }: Json): readonly string[] {
  const entries: readonly unknown[] = Array.isArray(annotations) ? annotations : [];
  return entries.flatMap((entry) => (isObject(entry) && typeof entry.message === "string" ? [entry.message] : []));
}

/** Where a state lies, as a person would name it. */
function whereIs(kind: string, config: Json, folder: string): string {
  switch (kind) {
    case "remote":
      return `HCP Terraform, ${String(config.organization)}/${String(objectAt(config, "workspaces").name)}`;
    case "s3":
      return `s3://${String(config.bucket)}/${String(config.key)}`;
    case "local":
      return relative(PROJECT_ROOT, resolve(folder, String(config.path)));
    default:
      return kind;
  }
}

/** How cdktf names the remote state of another stack, less the name of that stack. */
const OTHER_STACK = "cross-stack-reference-input-";

const READ_OUTPUT = /data\.terraform_remote_state\.([\w-]+)\.outputs(?:\.([\w-]+)|\[\\"([\w-]+)\\"\])/g;

/** Ids of the remote states that a stack reads, and which outputs of theirs. */
function readsOf(document: Json): readonly (readonly [id: string, output: string])[] {
  const found = [...JSON.stringify(document).matchAll(READ_OUTPUT)];
  const reads = new Map(found.map(([text, id = "", plain = "", quoted = plain]) => [text, [id, quoted] as const]));
  return [...reads.values()];
}

function flowsInto(to: string, document: Json, documents: ReadonlyMap<string, Json>): Flow[] {
  const taken = new Map<string, Set<string>>();
  for (const [id, output] of readsOf(document)) {
    const from = id.slice(OTHER_STACK.length);
    const producer = documents.get(from);
    if (!id.startsWith(OTHER_STACK) || producer === undefined) continue;
    taken.set(from, (taken.get(from) ?? new Set()).add(resourceOf(producer, output)));
  }
  return [...taken].map(([from, resources]) => ({ from, to, resources: [...resources] }));
}

function foreignInto(to: string, document: Json, folder: string): ForeignFlow[] {
  const states = objectAt(objectAt(document, "data"), "terraform_remote_state");
  return readsOf(document)
    .filter(([id]) => !id.startsWith(OTHER_STACK))
    .map(([id, output]) => {
      const { backend, config } = objectAt(states, id);
      return { state: whereIs(String(backend), isObject(config) ? config : {}, folder), to, output };
    });
}

/** The resource whose attribute an output gives out; the output's own name where it is none. */
function resourceOf(producer: Json, output: string): string {
  const { value } = objectAt(objectAt(producer, "output"), output);
  const reference = typeof value === "string" ? /^\$\{([a-z]\w*\.[\w-]+)[.[]/.exec(value) : null;
  return reference?.[1] ?? output;
}
