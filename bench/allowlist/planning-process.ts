/** What `planning.ts` starts: plans a million addresses of one family once, and prints what that took as JSON. */
import { compare } from "../../lambda/allowlist-sync/compare";
import { FAMILIES, type Family, MAX_ADDRESSES_PER_SET } from "../../lambda/allowlist-sync/contract";
import { addressesIn, textDigest, textOf } from "../../lambda/allowlist-sync/description";
import { createItemReader, type Item, type Reading } from "../../lambda/allowlist-sync/items";
import { place } from "../../lambda/allowlist-sync/placement";
import { type Figures, type Scenario, SCENARIOS } from "./planning-figures";
import { LARGEST_CLUSTER, Supply } from "./world";

const SETS = 100;

/** About as many as a page of 1 MB holds. */
const PAGE_ITEMS = 2_000;

/** Number of the cluster that changes. */
const CHANGED = 20_000;

/** The items as a scan delivers them, a page at a time; `isChanged`: one cluster in the middle has other addresses. */
function* pagesOf(family: Family, isChanged: boolean): IterableIterator<readonly Item[]> {
  const supply = new Supply();
  const others = new Supply(SETS * MAX_ADDRESSES_PER_SET);
  let left = SETS * MAX_ADDRESSES_PER_SET;
  let cluster = 0;
  while (left > 0) {
    const page: Item[] = [];
    for (; page.length < PAGE_ITEMS && left > 0; cluster += 1) {
      const size = Math.min(left, supply.size(LARGEST_CLUSTER));
      const known = supply.addresses(size, family);
      const addresses = isChanged && cluster === CHANGED ? others.addresses(size, family) : known;
      page.push({ id: { S: `cluster-${cluster}` }, ips: { L: addresses.map((S) => ({ S })) } });
      left -= size;
    }
    yield page;
  }
}

/** Milliseconds of processor time, of all threads, and what came out. */
function cpu<T>(run: () => T): readonly [ms: number, result: T] {
  const start = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(start);
  return [(user + system) / 1000, result];
}

function read(family: Family, isChanged: boolean): readonly [ms: number, reading: Reading] {
  const reader = createItemReader();
  let total = 0;
  for (const page of pagesOf(family, isChanged)) {
    const [ms] = cpu(() => {
      reader.add(page);
    });
    total += ms;
  }
  return [total, reader.reading()];
}

/** The texts of the sets that change, with their digests, for sets that hold `texts`. */
function plan(family: Family, texts: readonly string[], reading: Reading): readonly string[] {
  const { changes } = place(compare(family, texts.map(addressesIn), reading), false);
  const changed = changes.flatMap((change) => (change === undefined ? [] : [textOf(change.target)]));
  for (const text of changed) textDigest(text);
  return changed;
}

function measure(family: Family, scenario: Scenario): Figures {
  const empty = Array.from({ length: SETS }, () => "");
  const isChanged = scenario === "one cluster changed";
  const before = isChanged ? plan(family, empty, read(family, false)[1]) : empty;
  const [readMs, reading] = read(family, isChanged);
  const [planMs, changed] = cpu(() => plan(family, before, reading));
  const peakMb = process.resourceUsage().maxRSS / 1024;

  // What no planner can leave out: the addresses of each set that changes in order, as one text, and its digest.
  const contents = changed.map((text) => [...addressesIn(text)].reverse());
  const [floorMs] = cpu(() => contents.map((addresses) => textDigest(textOf(addresses))));
  return { readMs, planMs, floorMs, peakMb, sets: changed.length };
}

function main(): void {
  const [familyName, scenarioName] = process.argv.slice(2);
  const family = FAMILIES.find((name) => name === familyName);
  const scenario = SCENARIOS.find((name) => name === scenarioName);
  if (family === undefined || scenario === undefined) throw new Error("expected a family and a scenario");
  console.log(JSON.stringify(measure(family, scenario)));
}

main();
