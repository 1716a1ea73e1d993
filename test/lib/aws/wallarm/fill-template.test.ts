import { fillTemplate } from "../../../../lib/aws/wallarm/fill-template";

it("puts words in their places", () => {
  expect(fillTemplate("listen {{host}}:{{port}};\n# {{host}}", { host: "a.example", port: 80 })).toBe(
    "listen a.example:80;\n# a.example",
  );
});

it("repeats a line for each element of a list", () => {
  expect(fillTemplate("a;\n  allow {{ranges}};\nb;", { ranges: ["10.0.0.0/8", "2001:db8::/32"] })).toBe(
    "a;\n  allow 10.0.0.0/8;\n  allow 2001:db8::/32;\nb;",
  );
});

it("drops the line of an empty list", () => {
  expect(fillTemplate("a;\nallow {{ranges}};\nb;", { ranges: [] })).toBe("a;\nb;");
});

it("takes what looks like a pattern of replacement for what it is", () => {
  expect(fillTemplate("Host {{host}};", { host: "$host" })).toBe("Host $host;");
});

it.each([" ", "a b", "a;", "a}", "{a", "a\nb", 'a"', "a'", "a#", "a\\", "$a", "$host$uri", "a\u00e9", "a\u2028", ""])(
  "refuses what is more or less than one word: %j",
  (value) => {
    expect(() => fillTemplate("a {{value}};", { value })).toThrow(/^value must be one plain word/);
    expect(() => fillTemplate("a {{value}};", { value: ["b", value] })).toThrow(/^value must be one plain word/);
  },
);

it("refuses a placeholder without a value", () => {
  expect(() => fillTemplate("a {{one}} {{two}};", { one: 1 })).toThrow("the template wants a value for two");
});

it("refuses values without a place", () => {
  expect(() => fillTemplate("a {{one}};", { one: 1, two: 2, three: [] })).toThrow(
    "the template has no place for two, three",
  );
});
