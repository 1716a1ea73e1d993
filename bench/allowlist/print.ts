/** Prints a line of a table: the first column to the left, the others to the right. */
export function line(cells: readonly (string | number)[], firstWidth = 34): void {
  const texts = cells.map((cell) => (typeof cell === "number" ? cell.toLocaleString("en") : cell));
  console.log(texts.map((text, index) => (index === 0 ? text.padEnd(firstWidth) : text.padStart(14))).join(""));
}
