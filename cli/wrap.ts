/** As wide as a summary becomes, unless a single name is wider. */
export const WIDTH = 120;

/** Writes words over as many lines as they need; none over none. */
export function wrap(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** Writes a list, with commas, over as many lines as it needs. */
export const wrapList = (items: readonly string[], width: number): string[] =>
  wrap(
    items.map((item, index) => (index === items.length - 1 ? item : `${item},`)),
    width,
  );

/** The width of the widest, 0 of none. */
export const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(({ length }) => length));
