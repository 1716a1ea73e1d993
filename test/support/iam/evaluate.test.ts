import { type IamRequest, isAllowed, isAllowedWithin } from "./evaluate";

const document = (...statements: readonly object[]): string => JSON.stringify({ Statement: statements });
const reads = { Effect: "Allow", Action: "s3:Get*", Resource: ["arn:aws:s3:::a-*/*"] };
const get: IamRequest = { action: "s3:GetObject", resource: "arn:aws:s3:::a-1/x" };

test("what nobody allows is not allowed, and a denial outweighs what allows", () => {
  expect(isAllowed([], get)).toBe(false);
  expect(isAllowed([document(reads)], get)).toBe(true);
  expect(isAllowed([document(reads), document({ Effect: "Deny", Action: "*", Resource: "*" })], get)).toBe(false);
});

test("actions are compared without regard to case, resources with it, and both to their end", () => {
  expect(isAllowed([document(reads)], { ...get, action: "S3:getobject" })).toBe(true);
  expect(isAllowed([document(reads)], { ...get, resource: "arn:aws:s3:::A-1/x" })).toBe(false);
  expect(isAllowed([document(reads)], { ...get, action: "s3:PutObject" })).toBe(false);
  expect(isAllowed([document({ ...reads, Resource: "arn:aws:s3:::a-1/?" })], get)).toBe(true);
  expect(isAllowed([document({ ...reads, Resource: "arn:aws:s3:::a-1/" })], get)).toBe(false);
});

test.each<[string, object, IamRequest["context"], boolean]>([
  ["equality", { StringEquals: { k: ["a", "b"] } }, { k: "b" }, true],
  ["equality with another value", { StringEquals: { k: "a" } }, { k: "b" }, false],
  ["equality of an absent key", { StringEquals: { k: "a" } }, {}, false],
  ["inequality of an absent key", { StringNotEquals: { k: "a" } }, {}, true],
  ["inequality", { StringNotEquals: { k: "a" } }, { k: "a" }, false],
  ["an absent key that may be so", { StringEqualsIfExists: { k: "a" } }, {}, true],
  ["a key that may be absent and is not", { StringEqualsIfExists: { k: "a" } }, { k: "b" }, false],
  ["a pattern of ARNs", { ArnLike: { k: "arn:*:x/*" } }, { k: "arn:aws:x/y" }, true],
  ["all of several values", { "ForAllValues:StringNotEquals": { k: ["a"] } }, { k: ["b", "c"] }, true],
  [
    "all of several values, one of which is not",
    { "ForAllValues:StringNotEquals": { k: ["a"] } },
    { k: ["b", "a"] },
    false,
  ],
  ["all of no values", { "ForAllValues:StringNotEquals": { k: ["a"] } }, {}, true],
  ["any of several values", { "ForAnyValue:StringEquals": { k: ["a"] } }, { k: ["b", "a"] }, true],
  ["any of no values", { "ForAnyValue:StringEquals": { k: ["a"] } }, {}, false],
  ["two conditions, one of which fails", { StringEquals: { k: "a", l: "b" } }, { k: "a" }, false],
])("a condition: %s", (_, condition, context, expected) => {
  expect(isAllowed([document({ ...reads, Condition: condition })], { ...get, context })).toBe(expected);
});

test("a condition that it does not know is an error", () => {
  expect(() => isAllowed([document({ ...reads, Condition: { IpAddress: { k: "10.0.0.0/8" } } })], get)).toThrow(
    /IpAddress/,
  );
});

test("a boundary allows nothing by itself and takes away what it does not allow", () => {
  const all = document({ Effect: "Allow", Action: "*", Resource: "*" });
  expect(isAllowedWithin(all, [], get)).toBe(false);
  expect(isAllowedWithin(document(reads), [all], get)).toBe(true);
  expect(isAllowedWithin(document(reads), [all], { ...get, action: "s3:PutObject" })).toBe(false);
});
