import { itemBytes, type FakeValue } from ".";

test.each([
  ["a text, in bytes of UTF-8", { S: "é€" }, 5],
  ["a number, two digits a byte and one more", { N: "12345" }, 4],
  ["a number without the zeros around it", { N: "-0012000" }, 2],
  ["a number with a point", { N: "0.0125" }, 3],
  ["a set, nothing but its elements", { SS: ["ab", "cde"] }, 5],
  ["an empty list", { L: [] }, 3],
  ["a list, a byte for each element", { L: [{ S: "ab" }, { S: "cde" }] }, 10],
  ["a list in a list", { L: [{ L: [{ S: "a" }] }] }, 9],
  ["nothing", { NULL: true }, 1],
] satisfies readonly [string, FakeValue, number][])("the weight of %s", (_, value, bytes) => {
  expect(itemBytes({ naïve: value })).toBe(6 + bytes);
});

test("an item weighs what its attributes weigh", () => {
  expect(itemBytes({ id: { S: "abc" }, n: { N: "1" } })).toBe(2 + 3 + 1 + 2);
});
