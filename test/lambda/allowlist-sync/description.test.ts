import fc from "fast-check";
import { EMPTY_DESCRIPTION } from "../../../lambda/allowlist-sync/contract";
import {
  addressesIn,
  describeContent,
  parseDescription,
  textDigest,
  textOf,
} from "../../../lambda/allowlist-sync/description";
import { hosts } from "./world";

/** Source: AWS WAFV2 API Reference, "UpdateIPSet", Description. */
const ALLOWED = /^[\w+=:#@/\-,.][\w+=:#@/\-,.\s]+[\w+=:#@/\-,.]$/;

const describe = (addresses: readonly string[]): string =>
  describeContent({ digest: textDigest(textOf(addresses)), count: addresses.length });
const empty = describe([]);

test.each([0, 1, 10_000])("the text for %d addresses is one that WAF accepts and the parser reads", (count) => {
  const addresses = hosts(count);
  const description = describe(addresses);
  expect(description).toMatch(ALLOWED);
  expect(description.length).toBeLessThanOrEqual(256);
  expect(parseDescription(description)).toEqual({ digest: textDigest(textOf(addresses)), count });
});

test("the stack describes a new set as the function would describe an empty one", () => {
  expect(EMPTY_DESCRIPTION).toBe(empty);
});

test.each([0, 1, 3])("a text of %d addresses gives them back, sorted", (count) => {
  expect(addressesIn(textOf([...hosts(count)].reverse()))).toEqual([...hosts(count)].sort());
});

test("the digest knows the content, not its order", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(500), { maxLength: 20 }),
      fc.uniqueArray(fc.nat(500), { maxLength: 20 }),
      (a, b) => {
        const all = hosts(501);
        const digest = (indices: readonly number[]): string =>
          textDigest(textOf(indices.map((index) => all[index] ?? "")));
        const same = a.length === b.length && a.every((index) => b.includes(index));
        expect(digest(a) === digest(b)).toBe(same);
        expect(digest([...a].reverse())).toBe(digest(a));
      },
    ),
  );
});

test.each([
  ["nothing", undefined],
  ["an empty text", ""],
  ["the stack's own text", "Written by the function"],
  ["a later format", empty.replace("ringfence/1", "ringfence/2")],
  ["something before it", `x ${empty}`],
  ["something after it", `${empty} x`],
  ["a cut digest", empty.replace(/[0-9a-f]{4} /, " ")],
  ["no count", empty.replace(/ count=.*/, "")],
])("%s means that the content is unknown", (_, text) => {
  expect(parseDescription(text)).toBeUndefined();
});
