/** Ports from one to another, both of which belong to it. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** TCP and UDP have 16 bits for a port, of which 0 is none. */
const LAST_PORT = 65_535;

/** Reads a port (`5432`) or a range of them (`"8000-8100"`). @returns undefined for anything else */
export function parsePorts(written: number | string): PortRange | undefined {
  if (typeof written === "number") return isPort(written) ? { from: written, to: written } : undefined;
  const [, first, last] = /^([1-9]\d{0,4})-([1-9]\d{0,4})$/.exec(written) ?? [];
  const [from, to] = [Number(first), Number(last)];
  return isPort(from) && isPort(to) && from < to ? { from, to } : undefined;
}

const isPort = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= LAST_PORT;

/** The fewest ranges that hold the same ports, in order. */
export function unitePorts(ranges: readonly PortRange[]): readonly PortRange[] {
  const united: PortRange[] = [];
  for (const range of [...ranges].sort((one, other) => one.from - other.from)) {
    const last = united.at(-1);
    if (last === undefined || range.from > last.to + 1) united.push(range);
    else united[united.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
  }
  return united;
}
