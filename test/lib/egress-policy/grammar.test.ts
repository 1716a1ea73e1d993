import { covers, type DomainFault, parseDomain, parsePorts, unitePorts } from "../../../lib/egress-policy";

const LABEL = "a".repeat(63);
const LONG = [LABEL, LABEL, LABEL, "a".repeat(57)].join(".");

test.each([
  "example.com",
  "a.b",
  "registry-1.docker.io",
  "xn--bcher-kva.example",
  "1.example.com",
  "*.example.com",
  "*.co.uk",
  `${LONG}.com`,
  `*.${Array.from({ length: 10 }, () => "a").join(".")}`,
  Array.from({ length: 40 }, () => "a").join("."),
])("%s is a domain", (text) => {
  const base = text.replace("*.", "");
  expect(parseDomain(text)).toEqual({ ok: true, domain: { text, base, isWildcard: text !== base } });
});

test.each<[text: string, fault: DomainFault]>([
  ["", "empty"],
  ["bücher.example", "not-ascii"],
  ["*.bücher.example", "not-ascii"],
  ["192.0.2.1", "address"],
  ["2001:db8::1", "address"],
  ["Example.com", "upper-case"],
  ["example.com.", "trailing-dot"],
  ["*", "wildcard"],
  ["a.*.com", "wildcard"],
  ["*a.com", "wildcard"],
  ["*.*.com", "wildcard"],
  ["localhost", "one-label"],
  ["*.com", "one-label"],
  [`${LONG}a.com`, "too-long"],
  [`*.${Array.from({ length: 11 }, () => "a").join(".")}`, "too-deep"],
  [`${LABEL}a.com`, "syntax"],
  ["-a.com", "syntax"],
  ["a-.com", "syntax"],
  ["a..com", "syntax"],
  [".com", "syntax"],
  ["*.", "trailing-dot"],
  ["a_b.com", "syntax"],
  ["a b.com", "syntax"],
  ["a.com\n", "syntax"],
  ["example.com:443", "syntax"],
  ["https://example.com", "syntax"],
  ["example.com/path", "syntax"],
  ["example.123", "syntax"],
])("%j is none: %s", (text, fault) => {
  expect(parseDomain(text)).toEqual({ ok: false, fault });
});

test.each([
  ["example.com", "example.com", true],
  ["example.com", "a.example.com", false],
  ["*.example.com", "a.example.com", true],
  ["*.example.com", "a.b.example.com", true],
  ["*.example.com", "example.com", false],
  ["*.example.com", ".example.com", false],
  ["*.example.com", "aexample.com", false],
])("%s and %s: %s", (text, name, expected) => {
  const result = parseDomain(text);
  expect(result.ok && covers(result.domain, name)).toBe(expected);
});

test.each([
  [1, { from: 1, to: 1 }],
  [65_535, { from: 65_535, to: 65_535 }],
  ["1-65535", { from: 1, to: 65_535 }],
  ["80-81", { from: 80, to: 81 }],
])("%j are ports", (written, range) => {
  expect(parsePorts(written)).toEqual(range);
});

test.each([
  0,
  -1,
  65_536,
  1.5,
  NaN,
  "80",
  "",
  "80-80",
  "81-80",
  "0-80",
  "80-65536",
  "080-90",
  "80 - 90",
  "a-b",
  "1-2-3",
])("%j are no ports", (written) => {
  expect(parsePorts(written)).toBeUndefined();
});

test("ports are united", () => {
  const ranges = [
    { from: 30, to: 40 },
    { from: 1, to: 5 },
    { from: 6, to: 7 },
    { from: 35, to: 36 },
    { from: 9, to: 9 },
  ];
  expect(unitePorts(ranges)).toEqual([
    { from: 1, to: 7 },
    { from: 9, to: 9 },
    { from: 30, to: 40 },
  ]);
});
