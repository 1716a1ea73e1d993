import { createHash } from "node:crypto";

/** Choices that are the same again for the same seed. */
export interface Chance {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  /** @throws RangeError when there is nothing to choose from */
  pick<T>(values: readonly T[]): T;
  /** The values in another order. */
  shuffle<T>(values: readonly T[]): readonly T[];
}

/** @param seed any text; each makes other choices */
export function createChance(seed: string): Chance {
  let drawn = 0;
  const below = (limit: number): number => {
    drawn += 1;
    const bytes = createHash("sha256").update(`${seed} ${drawn}`).digest();
    return Math.floor((bytes.readUInt32BE(0) / 2 ** 32) * limit);
  };
  return {
    below,

    pick(values) {
      const [value] = values.slice(below(values.length));
      if (value === undefined) throw new RangeError("nothing to choose from");
      return value;
    },

    shuffle(values) {
      const ranked = values.map((value) => ({ value, rank: below(2 ** 32) }));
      return ranked.sort((a, b) => a.rank - b.rank).map(({ value }) => value);
    },
  };
}
