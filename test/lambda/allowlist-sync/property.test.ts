import fc from "fast-check";
import { V4, V6, World } from "./world";

/** Small on purpose: shared addresses, moves and repeats must happen often. */
const POOL = [
  ...Array.from({ length: 8 }, (_, index) => `10.0.0.${index}/32`),
  ...Array.from({ length: 4 }, (_, index) => `2001:db8:${index + 1}::/48`),
];
const BAD = ["54.123.456.78/32", "10.0.0.1", "::/0"];

interface Change {
  readonly cluster: string;
  readonly cidrs: readonly string[] | undefined;
  readonly encoding: number;
}

const changes: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.record({
    cluster: fc.constantFrom("a", "b", "c", "d"),
    cidrs: fc.option(fc.uniqueArray(fc.constantFrom(...POOL, ...BAD), { minLength: 1, maxLength: 6 }), {
      nil: undefined,
    }),
    encoding: fc.nat(2),
  }),
  { maxLength: 8 },
);

/** Batches of changes, each with what happens at the next update: 0 nothing, 1 another writer, 2 a lost answer. */
const history = fc.array(fc.record({ changes, mishap: fc.nat(2) }), { minLength: 1, maxLength: 5 });

test("after any changes, in any encoding, a pass makes the sets the union of the table, and a second writes nothing", async () => {
  await fc.assert(
    fc.asyncProperty(history, async (batches) => {
      const world = new World();
      const model = new Map<string, readonly string[]>();
      for (const batch of batches) {
        for (const change of batch.changes) apply(world, model, change);
        if (batch.mishap === 1) {
          // Both sets: whichever the pass writes first, it meets the other hand and starts again.
          world.waf.calls.before("UpdateIPSet", () => {
            world.waf.overwrite(V4, ["192.0.2.77/32"], "another hand");
            world.waf.overwrite(V6, [], "another hand");
          });
        }
        if (batch.mishap === 2) {
          world.waf.calls.after("UpdateIPSet", () => {
            throw new Error("socket hang up");
          });
        }
        const event = world.table.takeEvent();
        // As Lambda does: again until a pass ends well.
        for (let tries = 0; tries < 5; tries += 1) {
          try {
            await world.stream(event);
            break;
          } catch (error) {
            expect(error).toEqual(new Error("socket hang up"));
          }
        }

        const wanted = [...new Set([...model.values()].flat())].filter((cidr) => !BAD.includes(cidr)).sort();
        expect(world.waf.addresses(V4)).toEqual(wanted.filter((cidr) => !cidr.includes(":")));
        expect(world.waf.addresses(V6)).toEqual(wanted.filter((cidr) => cidr.includes(":")));

        world.takeCalls();
        await world.stream({ Records: [] });
        expect(world.takeCalls()).toMatchObject({ gets: 0, updates: 0 });
      }
    }),
    { numRuns: 200 },
  );
});

function apply(world: World, model: Map<string, readonly string[]>, { cluster, cidrs, encoding }: Change): void {
  if (cidrs === undefined) {
    world.remove(cluster);
    model.delete(cluster);
    return;
  }
  const encodings = [{ SS: cidrs }, { L: cidrs.map((cidr) => ({ S: cidr })) }, { S: JSON.stringify(cidrs) }];
  world.table.put({ id: { S: cluster }, ips: encodings[encoding] ?? { NULL: true } });
  model.set(cluster, cidrs);
}
