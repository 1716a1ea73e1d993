import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

/** One synthesized stack, as far as the summary speaks of it. */
export interface ReadStack {
  readonly name: string;
  /** Where its state lives: `local state/dev-allowlist.tfstate`. */
  readonly state: string;
  /** How many resources of each Terraform type it holds. */
  readonly resources: ReadonlyMap<string, number>;
  /** What a person reads after apply. */
  readonly outputs: readonly { readonly name: string; readonly description: string }[];
  /** What its code says to whoever synthesizes. */
  readonly notes: readonly string[];
}

/** A value that one stack takes from another's state. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  /** The producer's attribute: `aws_eip.zone-a-egress.public_ip`. */
  readonly value: string;
  /** Addresses of the resources that use it. */
  readonly usedBy: readonly string[];
}

/** A synthesized set of stacks in the order in which they are deployed. */
export interface StackSet {
  readonly stacks: readonly ReadStack[];
  readonly flows: readonly Flow[];
}

const PROJECT_ROOT = resolve(__dirname, "..");

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
  const names = inDeployOrder(manifest);
  const documents = new Map(
    names.map((name) => [name, readJson(join(outputDirectory, "stacks", name, "cdk.tf.json"))]),
  );
  return {
    stacks: [...documents].map(([name, document]) => ({
      ...readStack(name, document, join(outputDirectory, "stacks", name)),
      notes: notesOf(objectAt(manifest, name)),
    })),
    flows: [...documents].flatMap(([to, document]) => flowsInto(to, document, documents)),
  };
}

function inDeployOrder(manifest: Json): readonly string[] {
  const ordered: string[] = [];
  const visit = (name: string): void => {
    if (ordered.includes(name)) return;
    const { dependencies } = objectAt(manifest, name);
    if (Array.isArray(dependencies)) dependencies.map(String).forEach(visit);
    ordered.push(name);
  };
  Object.keys(manifest).sort().forEach(visit);
  return ordered;
}

function readStack(name: string, document: Json, folder: string): Omit<ReadStack, "notes"> {
  const outputs = Object.entries(objectAt(document, "output")).flatMap(([id, output]) =>
    isObject(output) && typeof output.description === "string" ? [{ name: id, description: output.description }] : [],
  );
  const types = Object.entries(objectAt(document, "resource"));
  const resources = new Map(
    types.map(([type, instances]) => [type, isObject(instances) ? Object.keys(instances).length : 0]),
  );
  return { name, state: stateOf(objectAt(document, "terraform"), folder), resources, outputs };
}

function notesOf({ annotations }: Json): readonly string[] {
  const entries: readonly unknown[] = Array.isArray(annotations) ? annotations : [];
  return entries.flatMap((entry) => (isObject(entry) && typeof entry.message === "string" ? [entry.message] : []));
}

function stateOf(terraform: Json, folder: string): string {
  const cloud = objectAt(terraform, "cloud");
  if (terraform.cloud !== undefined)
    return `HCP Terraform, ${String(cloud.organization)}/${String(objectAt(cloud, "workspaces").name)}`;
  const [kind, config] = Object.entries(objectAt(terraform, "backend"))[0] ?? ["none", {}];
  if (!isObject(config)) return kind;
  if (kind === "s3") return `s3://${String(config.bucket)}/${String(config.key)}`;
  return relative(PROJECT_ROOT, resolve(folder, String(config.path)));
}

const REMOTE_VALUE = /data\.terraform_remote_state\.([\w-]+)\.outputs\.([\w-]+)/g;

function flowsInto(to: string, document: Json, documents: ReadonlyMap<string, Json>): Flow[] {
  const flows = new Map<string, { flow: Omit<Flow, "usedBy">; usedBy: string[] }>();
  for (const [type, instances] of Object.entries(objectAt(document, "resource"))) {
    for (const [id, resource] of Object.entries(isObject(instances) ? instances : {})) {
      for (const [, source = "", output = ""] of JSON.stringify(resource).matchAll(REMOTE_VALUE)) {
        const from = [...documents.keys()].find((name) => source.endsWith(`-${name}`));
        if (from === undefined) continue;
        const known = flows.get(`${from} ${output}`) ?? {
          flow: { from, to, value: valueOf(documents.get(from), output) },
          usedBy: [],
        };
        flows.set(`${from} ${output}`, known);
        known.usedBy.push(`${type}.${id}`);
      }
    }
  }
  return [...flows.values()].map(({ flow, usedBy }) => ({ ...flow, usedBy: [...new Set(usedBy)] }));
}

/** What the producer's output stands for, without the `${}` around it. */
function valueOf(producer: Json | undefined, output: string): string {
  const { value } = objectAt(objectAt(producer ?? {}, "output"), output);
  return typeof value === "string" ? value.replace(/^\$\{(.*)\}$/, "$1") : output;
}
