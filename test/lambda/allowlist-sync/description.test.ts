import fc from "fast-check";
import { contentDigest, describeContent, parseDescription } from "../../../lambda/allowlist-sync/description";
import { hosts } from "./world";

/** Source: AWS WAFV2 API Reference, "UpdateIPSet", Description. */
const ALLOWED = /^[\w+=:#@/\-,.][\w+=:#@/\-,.\s]+[\w+=:#@/\-,.]$/;

test.each([0, 1, 10_000])("the text for %d addresses is one that WAF accepts and the parser reads", (count) => {
  const addresses = new Set(hosts(count));
  const text = describeContent(addresses);
  expect(text).toMatch(ALLOWED);
  expect(text.length).toBeLessThanOrEqual(256);
  expect(parseDescription(text)).toEqual({ digest: contentDigest(addresses), count });
});

test("the digest knows the content, not its order", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(500), { maxLength: 20 }),
      fc.uniqueArray(fc.nat(500), { maxLength: 20 }),
      (a, b) => {
        const all = hosts(501);
        const pick = (indices: readonly number[]): string[] => indices.map((index) => all[index] ?? "");
        const same = a.length === b.length && a.every((index) => b.includes(index));
        expect(contentDigest(pick(a)) === contentDigest(pick(b))).toBe(same);
        expect(contentDigest(pick(a).reverse())).toBe(contentDigest(pick(a)));
      },
    ),
  );
});

test.each([
  ["nothing", undefined],
  ["an empty text", ""],
  ["the stack's own text", "Written by the function"],
  ["a later format", describeContent(new Set()).replace("ringfence/1", "ringfence/2")],
  ["something before it", `x ${describeContent(new Set())}`],
  ["something after it", `${describeContent(new Set())} x`],
  ["a cut digest", describeContent(new Set()).replace(/[0-9a-f]{4} /, " ")],
  ["no count", describeContent(new Set()).replace(/ count=.*/, "")],
])("%s means that the content is unknown", (_, text) => {
  expect(parseDescription(text)).toBeUndefined();
});
