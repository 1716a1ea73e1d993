/** A million addresses from an empty start, beside the floor of one update a second. */
import { MAX_ADDRESSES_PER_SET } from "../../lambda/allowlist-sync/contract";
import { line } from "./print";
import { BenchWorld, LARGEST_CLUSTER, SLOTS, Supply, type Cost } from "./world";

async function fill(slots: { readonly ipv4: number; readonly ipv6: number }): Promise<Cost> {
  const world = new BenchWorld(slots);
  const generator = new Supply();
  for (const family of ["ipv4", "ipv6"] as const) {
    let cluster = 0;
    for (let left = slots[family] * MAX_ADDRESSES_PER_SET; left > 0; cluster += 1) {
      const size = Math.min(left, generator.size(LARGEST_CLUSTER));
      world.put(`${family}-${cluster}`, generator.addresses(size, family));
      left -= size;
    }
  }
  return world.pass();
}

async function main(): Promise<void> {
  const sets = SLOTS.ipv4 + SLOTS.ipv6;
  const floor = sets - 1;
  const addresses = (sets * MAX_ADDRESSES_PER_SET).toLocaleString("en");
  console.log(`${addresses} addresses into ${sets} empty sets; floor: ${sets} updates, ${floor} s\n`);
  line(["", "updates", "lists", "gets", "seconds", "of the floor", "read units"]);
  for (const [name, slots] of [
    ["99 IPv4 sets, 1 IPv6 set", SLOTS],
    ["50 IPv4 sets, 50 IPv6 sets", { ipv4: 50, ipv6: 50 }],
  ] as const) {
    const { updates, lists, gets, seconds, readUnits } = await fill(slots);
    const share = `${((100 * seconds) / floor).toFixed(1)} %`;
    line([name, updates, lists, gets, seconds.toFixed(1), share, readUnits]);
  }
}

void main();
