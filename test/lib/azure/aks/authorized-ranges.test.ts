import { Lazy } from "cdktf";
import fc from "fast-check";

import { authorizedRanges, leftOutRanges } from "../../../../lib/azure/aks/authorized-ranges";

const token = (name: string): string =>
  `${Lazy.stringValue({ produce: () => `\${azurerm_public_ip.${name}.ip_address}` })}/32`;

it("writes each range once, in the order of the addresses", () => {
  expect(authorizedRanges(["203.0.113.64/28", "9.0.0.0/8"], ["198.51.100.0/24", "203.0.113.64/28"])).toEqual([
    "9.0.0.0/8",
    "198.51.100.0/24",
    "203.0.113.64/28",
  ]);
});

it("puts the wider of two ranges that begin alike first", () => {
  expect(authorizedRanges(["198.51.100.0/26", "198.51.100.0/24"])).toEqual(["198.51.100.0/24", "198.51.100.0/26"]);
});

it("leaves IPv6 out, which Azure's list does not know", () => {
  expect(authorizedRanges(["2001:db8:100::/48", "198.51.100.0/24"])).toEqual(["198.51.100.0/24"]);
});

it("tells what it leaves out, once", () => {
  expect(
    leftOutRanges([token("primary"), "2001:db8:100::/48"], ["198.51.100.0/24", "2001:db8:100::/48", "2001:db8::/56"]),
  ).toEqual(["2001:db8:100::/48", "2001:db8::/56"]);
  expect(leftOutRanges(["198.51.100.0/24"])).toEqual([]);
});

it("keeps what is known only after apply as it is, and compares it with nothing", () => {
  const [one, two] = [token("primary"), token("second")];
  expect(authorizedRanges([two, "198.51.100.0/24"], [one, two])).toEqual([two, one, "198.51.100.0/24"]);
});

it.each(["198.51.100.1/24", "198.51.100.7", "0.0.0.0/0"])(
  "refuses %s, which is no network without host bits",
  (text) => {
    expect(() => authorizedRanges([text])).toThrow(text);
  },
);

it("depends neither on order nor on repetition", () => {
  const range = fc.tuple(fc.nat(255), fc.nat(255)).map(([a, b]) => `10.${a}.${b}.0/24`);
  fc.assert(
    fc.property(fc.array(range), fc.array(range), (one, other) => {
      const ranges = authorizedRanges(one, other);
      expect(authorizedRanges([...other].reverse(), one, other)).toEqual(ranges);
      expect(new Set(ranges)).toEqual(new Set([...one, ...other]));
      expect(ranges).toHaveLength(new Set(ranges).size);
    }),
  );
});
