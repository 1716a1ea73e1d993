import { type Row, violationsAfter } from "./base";

/** Holds each row of each table to exactly the violations that it names, in their order. */
export function testRows(tables: Readonly<Record<string, readonly Row[]>>): void {
  describe.each(Object.entries(tables))("%s", (_, rows) => {
    const cases = rows.map(([mistake, changes, ...expected]) => ({ mistake, changes, expected }));

    test.each(cases)("$mistake", ({ changes, expected }) => {
      const violations = violationsAfter(changes);
      expect(violations.map(({ path, got }) => [path, got])).toEqual(expected.map(([path, , , got]) => [path, got]));
      for (const [index, [, problem, remedy]] of expected.entries()) {
        expect(violations[index]?.problem).toContain(problem);
        expect(violations[index]?.remedy).toContain(remedy);
      }
    });
  });
}
