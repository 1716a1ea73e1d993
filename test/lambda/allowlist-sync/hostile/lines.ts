import type { Pass } from "./pass";

/** A line of the function's output. */
export type Line = Readonly<Record<string, unknown>>;

/** What a pass told of itself. */
export interface Report {
  /** The value of a metric of the whole environment. */
  metric(name: string): unknown;
  /** Its records of one kind. */
  records(kind: string): readonly Line[];
}

/** Reads what a pass wrote. */
export function reportOf({ lines }: Pass): Report {
  const parsed = lines.map((line) => JSON.parse(line) as Line);
  return {
    metric: (name) =>
      parsed.find((line) => "_aws" in line && line.Family === undefined && line.Plan === undefined && name in line)?.[
        name
      ],
    records: (kind) => parsed.filter(({ record }) => record === kind),
  };
}
