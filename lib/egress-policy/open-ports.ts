import type { OpenPorts } from "./policy";
import { type PortRange, unitePorts } from "./ports";
import type { Range } from "./ranges";

/** @internal One range of addresses with one range of ports. */
export interface Rectangle {
  readonly range: Range;
  readonly ports: PortRange;
}

/**
 * @internal The same addresses and ports in rectangles of which no two have anything in common, as the kernel's sets of several fields want
 * them. CIDR ranges lie in each other or apart, so that it is enough to take from each what those around it have.
 */
export function rectangles(open: readonly OpenPorts[]): readonly Rectangle[] {
  const byRange = new Map<string, OpenPorts>();
  for (const { range, ports } of open) {
    byRange.set(range.text, { range, ports: unitePorts([...(byRange.get(range.text)?.ports ?? []), ...ports]) });
  }
  const around: OpenPorts[] = [];
  return [...byRange.values()].sort(outerFirst).flatMap(({ range, ports }) => {
    while ((around.at(-1)?.range.last ?? Infinity) < range.first) around.pop();
    const had = around.at(-1)?.ports ?? [];
    around.push({ range, ports: unitePorts([...had, ...ports]) });
    return without(ports, had).map((rest) => ({ range, ports: rest }));
  });
}

const outerFirst = (one: OpenPorts, other: OpenPorts): number =>
  one.range.first - other.range.first || other.range.last - one.range.last;

/** Ports of the first list that are not in the second; both in order and united. */
function without(ports: readonly PortRange[], taken: readonly PortRange[]): readonly PortRange[] {
  return taken.reduce<readonly PortRange[]>(
    (left, { from, to }) =>
      left.flatMap((range) =>
        [
          { from: range.from, to: Math.min(range.to, from - 1) },
          { from: Math.max(range.from, to + 1), to: range.to },
        ].filter((rest) => rest.from <= rest.to),
      ),
    ports,
  );
}
