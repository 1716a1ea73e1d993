import { nameResources } from "./nouns";
import type { Cloud, StackSet } from "./stack-set-reader";
import { widest, WIDTH, wrapList } from "./wrap";

/** An arrow's shaft and head: into another cloud, within one, and where nothing but order ties two stacks. */
const ARROWS = { across: ["═", "▶"], within: ["─", "▶"], waits: ["╌", "▷"] } as const;

/** Names of takers stand side by side up to this width. */
const TAKERS_WIDTH = 30;

/** One arrow: from a stack, or a state of somebody else, to all that take the same from it. */
interface Arrow {
  readonly kind: keyof typeof ARROWS;
  readonly takers: readonly string[];
  readonly gift: readonly string[];
}

/** What one stack gives, or what waits for it. */
interface Giver {
  readonly cloud: string;
  readonly name: string;
  readonly arrows: readonly Arrow[];
}

/**
 * Draws what the stacks of one environment give each other, givers and takers in the order of deployment. Takers of the same share an
 * arrow.
 *
 * @param nameOf what a stack is called in the drawing
 * @returns lines with their legend, none where no two stacks are tied
 */
export function drawFlows(set: StackSet, nameOf: (stack: string) => string): string[] {
  const givers = giversOf(set, nameOf);
  if (givers.length === 0) return [];
  const cloudWidth = widest(givers.map(({ cloud }) => cloud));
  const nameWidth = widest(givers.map(({ name }) => name)) + 1;
  const takerWidth = widest(givers.flatMap(({ arrows }) => arrows.flatMap(({ takers }) => takerLines(takers))));
  return [...givers.flatMap((giver) => drawGiver(giver, cloudWidth, nameWidth, takerWidth)), "", legendOf(givers)];
}

const takerLines = (takers: readonly string[]): string[] => wrapList(takers, TAKERS_WIDTH);

function giversOf({ stacks, flows, waits, foreign }: StackSet, nameOf: (stack: string) => string): Giver[] {
  const cloudsOf = new Map(stacks.map(({ name, clouds }) => [name, clouds]));
  const isAcross = (from: readonly Cloud[], to: string): boolean =>
    !(cloudsOf.get(to) ?? []).some((cloud) => from.includes(cloud));
  const others = [...new Set(foreign.map(({ state }) => state))].map((state) => ({
    cloud: "another state",
    name: state,
    arrows: joined(
      foreign
        .filter((flow) => flow.state === state)
        .map(({ to, output }) => ({ kind: "across" as const, takers: [nameOf(to)], gift: [`output ${output}`] })),
    ),
  }));
  const order = stacks.map(({ name }) => name);
  const inOrder = <Tie extends { readonly to: string }>(ties: readonly Tie[]): Tie[] =>
    [...ties].sort((one, other) => order.indexOf(one.to) - order.indexOf(other.to));
  const own = stacks.map(({ name, clouds }) => ({
    cloud: clouds.join(", "),
    name: nameOf(name),
    arrows: joined([
      ...inOrder(flows.filter(({ from }) => from === name)).map(({ to, resources }) => ({
        kind: isAcross(clouds, to) ? ("across" as const) : ("within" as const),
        takers: [nameOf(to)],
        gift: nameResources(resources),
      })),
      ...inOrder(waits.filter(({ from }) => from === name)).map(({ to }) => ({
        kind: "waits" as const,
        takers: [nameOf(to)],
        gift: [],
      })),
    ]),
  }));
  return [...others, ...own].filter(({ arrows }) => arrows.length > 0);
}

/** Arrows of one kind and gift become one. */
function joined(arrows: readonly Arrow[]): Arrow[] {
  const byGift = new Map<string, Arrow>();
  for (const arrow of arrows) {
    const key = [arrow.kind, ...arrow.gift].join();
    const takers = [...(byGift.get(key)?.takers ?? []), ...arrow.takers];
    byGift.set(key, { ...arrow, takers });
  }
  return [...byGift.values()];
}

function drawGiver(
  { cloud, name, arrows }: Giver,
  cloudWidth: number,
  nameWidth: number,
  takerWidth: number,
): string[] {
  return arrows.flatMap(({ kind, takers, gift }, index) => {
    const [shaft, head] = ARROWS[kind];
    const isFirst = index === 0;
    const isLast = index === arrows.length - 1;
    // A shaft that forks is plain: its arrows may be of several kinds.
    const trunk = isLast ? shaft : ARROWS.within[0];
    const before = isFirst
      ? `  ${cloud.padEnd(cloudWidth)}  ${`${name} `.padEnd(nameWidth, trunk)}${trunk}${trunk}`
      : " ".repeat(cloudWidth + nameWidth + 6);
    const fork = isFirst ? (isLast ? shaft : "┬") : isLast ? "└" : "├";
    const first = `${before}${fork}${shaft}${head} `;
    const further = `${" ".repeat(cloudWidth + nameWidth + 6)}${isLast ? " " : "│"}   `;
    const takersShown = takerLines(takers);
    const giftShown = wrapList(gift, WIDTH - first.length - takerWidth - 2);
    const lines = Math.max(takersShown.length, giftShown.length);
    return Array.from({ length: lines }, (_, line) =>
      `${line === 0 ? first : further}${(takersShown[line] ?? "").padEnd(takerWidth)}  ${giftShown[line] ?? ""}`.trimEnd(),
    );
  });
}

const LEGEND = {
  across: "═▶ gives, into another cloud",
  within: "─▶ gives",
  waits: "╌▷ only goes first",
} as const;

/** What the arrows mean that are there. */
function legendOf(givers: readonly Giver[]): string {
  const kinds = new Set(givers.flatMap(({ arrows }) => arrows.map(({ kind }) => kind)));
  return `  ${(["across", "within", "waits"] as const).flatMap((kind) => (kinds.has(kind) ? [LEGEND[kind]] : [])).join("   ")}`;
}
