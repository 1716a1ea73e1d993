/**
 * What reading and uniting networks costs, beside two libraries and beside a floor.
 *
 *     npx tsx bench/addresses.ts
 *
 * Each figure comes from a process of its own, so that none inherits another's warm code or heap: processor time over all
 * threads (garbage collection included), and the peak of the resident set, which holds Node and the texts too.
 */
import { execFileSync } from "node:child_process";
import { availableParallelism, cpus } from "node:os";
import { Address4, Address6 } from "ip-address";
import { type Cidr, type Family, parseCidr, union } from "../lib/addresses";

type Task = "parse" | "union" | "parse+union";

interface Contender {
  readonly name: string;
  /** Does the task on the texts and returns something that depends on all of it. `prepare` is not measured. */
  prepare(texts: readonly string[], family: Family, task: Task): Promise<(() => unknown) | undefined>;
}

interface Row {
  readonly task: Task;
  readonly family: Family;
  readonly count: number;
}

const ROWS: readonly Row[] = [
  { task: "parse", family: "ipv4", count: 100_000 },
  { task: "parse", family: "ipv6", count: 100_000 },
  { task: "union", family: "ipv4", count: 100_000 },
  { task: "union", family: "ipv6", count: 100_000 },
  { task: "parse+union", family: "ipv4", count: 1_000_000 },
  { task: "parse+union", family: "ipv6", count: 1_000_000 },
];

const CONTENDERS: readonly Contender[] = [
  {
    name: "ours",
    prepare: (texts, _family, task) => {
      if (task === "parse") return ready(() => readAll(texts));
      if (task === "parse+union") return ready(() => union(readAll(texts)));
      const networks = readAll(texts);
      return ready(() => union(networks));
    },
  },
  {
    // Its union takes texts only, so it reads them either way.
    name: "cidr-tools",
    prepare: async (texts, _family, task) => {
      const { mergeCidr, parseCidr: parse } = await import("cidr-tools");
      return task === "parse" ? () => texts.map((text) => parse(text)) : () => mergeCidr([...texts]);
    },
  },
  {
    name: "ip-address",
    prepare: (texts, family, task) => {
      if (task !== "parse") return ready(undefined);
      return ready(() => texts.map((text) => (family === "ipv4" ? new Address4(text) : new Address6(text)).bigInt()));
    },
  },
  {
    // No checks and no network objects: about the least that reading and ordering can cost.
    name: "floor",
    prepare: (texts, family, task) => {
      if (task === "parse") return ready(() => numbersIn(texts, family));
      if (task === "parse+union") return ready(() => numbersIn(texts, family).sort());
      const numbers = numbersIn(texts, family);
      return ready(() => numbers.sort());
    },
  },
];

function ready(run: (() => unknown) | undefined): Promise<(() => unknown) | undefined> {
  return Promise.resolve(run);
}

function readAll(texts: readonly string[]): readonly Cidr[] {
  const networks: Cidr[] = [];
  for (const text of texts) {
    const result = parseCidr(text);
    if (!result.ok) throw new Error(result.message);
    networks.push(result.cidr);
  }
  return networks;
}

/** IPv4 addresses as 32-bit numbers; of IPv6 the last 64 bits, which are what the samples differ in. */
function numbersIn(texts: readonly string[], family: Family): Uint32Array | BigUint64Array {
  if (family === "ipv4") {
    const numbers = new Uint32Array(texts.length);
    for (const [index, text] of texts.entries()) {
      const [a, b, c, d] = text.split(/[./]/).map(Number);
      numbers[index] = ((a ?? 0) << 24) | ((b ?? 0) << 16) | ((c ?? 0) << 8) | (d ?? 0);
    }
    return numbers;
  }
  const numbers = new BigUint64Array(texts.length);
  const halves = new Uint32Array(numbers.buffer);
  for (const [index, text] of texts.entries()) {
    const [e, f, g, h] = text
      .split(/[:/]/)
      .slice(4, 8)
      .map((group) => parseInt(group, 16));
    halves[2 * index + 1] = ((e ?? 0) << 16) | (f ?? 0);
    halves[2 * index] = ((g ?? 0) << 16) | (h ?? 0);
  }
  return numbers;
}

/** Single addresses and small networks in no order, the same on every run; about one in ten repeats another. */
function sample({ family, count }: Row): readonly string[] {
  let state = 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const group = (): string => (1 + random(0xffff)).toString(16);
  const texts: string[] = [];
  for (let i = 0; i < count; i++) {
    const again = random(10) === 0 ? texts[random(i)] : undefined;
    const isSingle = random(4) > 0;
    const octets = `${1 + random(223)}.${random(256)}.${random(256)}`;
    const groups = `2001:db8:${group()}:${group()}:${group()}:${group()}:${group()}`;
    const fresh =
      family === "ipv4"
        ? `${octets}.${isSingle ? `${random(256)}/32` : `${16 * random(16)}/28`}`
        : `${groups}:${isSingle ? `${group()}/128` : `${(16 * (1 + random(0xfff))).toString(16)}/124`}`;
    // Whole, as texts come from a parser of JSON, and not glued from pieces.
    texts.push(again ?? Buffer.from(fresh, "latin1").toString("latin1"));
  }
  return texts;
}

interface Figure {
  readonly cpuMs: number;
  readonly peakRssMb: number;
}

/** In the child: one contender, one row, once, as a function's cold start would. */
async function measure(contender: Contender, row: Row): Promise<Figure | undefined> {
  const run = await contender.prepare(sample(row), row.family, row.task);
  if (run === undefined) return undefined;
  const start = process.cpuUsage();
  const kept = run();
  const { user, system } = process.cpuUsage(start);
  if (kept === undefined) throw new Error(`${contender.name} returned nothing`);
  return { cpuMs: (user + system) / 1000, peakRssMb: process.resourceUsage().maxRSS / 1024 };
}

function cell(figure: Figure | undefined): string {
  return figure === undefined ? "-" : `${figure.cpuMs.toFixed(0)} ms / ${figure.peakRssMb.toFixed(0)} MB`;
}

function printTable(): void {
  const processor = cpus()[0]?.model ?? "unknown processor";
  console.log(`node ${process.version}, ${process.arch}, ${processor}, ${availableParallelism()} threads`);
  console.log("processor time / peak resident set, one cold run each\n");
  const lines = ROWS.map((row, rowIndex) => {
    const figures = CONTENDERS.map((_, index) => {
      const output = execFileSync(
        process.execPath,
        [...process.execArgv, __filename, String(rowIndex), String(index)],
        {
          encoding: "utf8",
        },
      );
      return cell((JSON.parse(output) as { readonly figure?: Figure }).figure);
    });
    return [`${row.task} ${row.count.toLocaleString("en")} ${row.family}`, ...figures];
  });
  const table = [["", ...CONTENDERS.map(({ name }) => name)], ...lines];
  for (const line of table)
    console.log(line.map((text, i) => (i === 0 ? text.padEnd(28) : text.padStart(20))).join(""));
}

async function main(): Promise<void> {
  const [row, contender] = process.argv.slice(2).map(Number);
  if (row === undefined || contender === undefined) {
    printTable();
    return;
  }
  const [chosenRow, chosenContender] = [ROWS[row], CONTENDERS[contender]];
  if (chosenRow === undefined || chosenContender === undefined) throw new Error("no such row or contender");
  console.log(JSON.stringify({ figure: await measure(chosenContender, chosenRow) }));
}

void main();
