/**
 * Processor time and memory of planning a million addresses, each family in a process of its own: cold code, an empty heap, garbage
 * collection included, as in a function's first pass.
 */
import { execFileSync } from "node:child_process";
import { compare } from "../../lambda/allowlist-sync/compare";
import { FAMILIES, type Family, MAX_ADDRESSES_PER_SET } from "../../lambda/allowlist-sync/contract";
import { textDigest, textOf } from "../../lambda/allowlist-sync/description";
import { createItemReader, type Item } from "../../lambda/allowlist-sync/items";
import { place } from "../../lambda/allowlist-sync/placement";
import { line } from "./print";
import { LARGEST_CLUSTER, Supply } from "./world";

const SETS = 100;

/** About as many as a page of 1 MB holds. */
const PAGE_ITEMS = 2_000;

interface Figures {
  readonly readMs: number;
  readonly planMs: number;
  readonly floorMs: number;
  readonly peakMb: number;
  readonly sets: number;
}

/** The items as a scan delivers them, a page at a time. */
function* pagesOf(family: Family): IterableIterator<readonly Item[]> {
  const supply = new Supply();
  let left = SETS * MAX_ADDRESSES_PER_SET;
  let cluster = 0;
  while (left > 0) {
    const page: Item[] = [];
    for (; page.length < PAGE_ITEMS && left > 0; cluster += 1) {
      const size = Math.min(left, supply.size(LARGEST_CLUSTER));
      page.push({ id: { S: `cluster-${cluster}` }, ips: { L: supply.addresses(size, family).map((S) => ({ S })) } });
      left -= size;
    }
    yield page;
  }
}

/** Milliseconds of processor time, of all threads. */
function cpu(run: () => void): number {
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** In the child. */
function measure(family: Family): Figures {
  const reader = createItemReader();
  let readMs = 0;
  for (const page of pagesOf(family)) {
    readMs += cpu(() => {
      reader.add(page);
    });
  }
  const reading = reader.reading();
  let texts: readonly string[] = [];
  const planMs = cpu(() => {
    const empty = Array.from({ length: SETS }, () => []);
    const { changes } = place(compare(family, empty, reading), false);
    texts = changes.flatMap((change) => (change === undefined ? [] : [textOf(change.target)]));
    for (const text of texts) textDigest(text);
  });
  const peakMb = process.resourceUsage().maxRSS / 1024;

  // What no planner can leave out: each set's addresses in order, as one text, and its digest.
  const addresses = reading.wanted[family].addresses;
  const floorMs = cpu(() => {
    for (let start = 0; start < addresses.length; start += MAX_ADDRESSES_PER_SET) {
      textDigest(textOf(addresses.slice(start, start + MAX_ADDRESSES_PER_SET)));
    }
  });
  return { readMs, planMs, floorMs, peakMb, sets: texts.length };
}

function main(): void {
  const family = FAMILIES.find((name) => name === process.argv[2]);
  if (family !== undefined) {
    console.log(JSON.stringify(measure(family)));
    return;
  }
  console.log("Planning 1,000,000 addresses from empty: processor time on one core, peak of the resident set\n");
  line(["", "sets", "plan", "its floor", "read the items", "together", "peak"]);
  for (const name of FAMILIES) {
    const output = execFileSync(process.execPath, [...process.execArgv, __filename, name], { encoding: "utf8" });
    const { sets, planMs, floorMs, readMs, peakMb } = JSON.parse(output) as Figures;
    const ms = (value: number): string => `${value.toFixed(0)} ms`;
    line([name, sets, ms(planMs), ms(floorMs), ms(readMs), ms(planMs + readMs), `${peakMb.toFixed(0)} MB`]);
  }
}

main();
