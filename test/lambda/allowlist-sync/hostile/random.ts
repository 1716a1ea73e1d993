/** Choices that look random and are the same again for the same seed. */
export interface Random {
  /** From 0 to below 1. */
  fraction(): number;
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  chance(probability: number): boolean;
  /** @throws RangeError when there is nothing to choose from */
  pick<T>(values: readonly T[]): T;
  /** Some of the values, each at most once, in any order. */
  some<T>(values: readonly T[], count: number): readonly T[];
}

/** @param seed a whole number from 0 to 2^32 - 1 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;

  // A Weyl sequence whose terms are stirred: short, fast, and good enough to choose what goes wrong next.
  const fraction = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(fraction() * limit);
  const pick = <T>(values: readonly T[]): T => {
    if (values.length === 0) throw new RangeError("nothing to choose from");
    return values[below(values.length)] as T;
  };

  return {
    fraction,
    below,
    chance: (probability) => fraction() < probability,
    pick,
    some(values, count) {
      const rest = [...values];
      for (let index = 0; index < Math.min(count, rest.length); index += 1) {
        const other = index + below(rest.length - index);
        [rest[index], rest[other]] = [rest[other], rest[index]] as [(typeof rest)[number], (typeof rest)[number]];
      }
      return rest.slice(0, count);
    },
  };
}

/** Names that come up as often as their weights say; a weight of 0 is never. */
export function lottery<Name extends string>(weights: Readonly<Record<Name, number>>): (random: Random) => Name {
  const names = (Object.keys(weights) as Name[]).filter((name) => weights[name] > 0);
  const total = names.reduce((sum, name) => sum + weights[name], 0);
  return (random) => {
    let left = random.fraction() * total;
    for (const name of names) {
      left -= weights[name];
      if (left < 0) return name;
    }
    return random.pick(names);
  };
}
