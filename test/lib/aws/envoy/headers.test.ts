import fc from "fast-check";

import { anythingBut } from "../../../../lib/aws/envoy/headers";

const WORDS = ["for", "proto", "port"];
const PATTERNS = anythingBut(WORDS).map((pattern) => new RegExp(`^${pattern}$`));

function isTaken(text: string): boolean {
  return PATTERNS.some((pattern) => pattern.test(text));
}

it("lets the words through, and nothing that looks like them", () => {
  expect(WORDS.filter(isTaken)).toEqual([]);
  for (const text of ["", "f", "fo", "fork", "for-", "host", "pro", "protocol", "p", "por", "ports", "xfor", "user"]) {
    expect({ text, isTaken: isTaken(text) }).toEqual({ text, isTaken: true });
  }
});

it("takes every other text", () => {
  const name = fc.string({ unit: fc.constantFrom("f", "o", "r", "p", "t", "-", "x"), maxLength: 8 });
  fc.assert(
    fc.property(name, (text) => {
      expect(isTaken(text)).toBe(!WORDS.includes(text));
    }),
  );
});
