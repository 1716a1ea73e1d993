import { expandIpv6 } from ".";
import { isCidr } from "./cidr";

test.each(["2001:db8::/32", "::1/128", "::/1", "2001:DB8:0:0::1/128"])("%s is an address for an IPv6 set", (text) => {
  expect(isCidr(text, "IPV6")).toBe(true);
});

test.each([
  "::/0",
  "2001:db8::",
  "2001:db8::/129",
  "192.0.2.1/32",
  "fe80::1%eth0/64",
  "2001:db8::/ 32",
  "2001:db8::/+32",
])("%s is none", (text) => {
  expect(isCidr(text, "IPV6")).toBe(false);
});

test.each([
  ["2001:db8::/32", "2001:0db8:0000:0000:0000:0000:0000:0000/32"],
  ["::1/128", "0000:0000:0000:0000:0000:0000:0000:0001/128"],
  ["2001:db8:1:2:3:4:5:6/128", "2001:0db8:0001:0002:0003:0004:0005:0006/128"],
  ["192.0.2.1/32", "192.0.2.1/32"],
])("expandIpv6 spells %s out", (short, long) => {
  expect(expandIpv6(short)).toBe(long);
});
