import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { Address4, Address6 } from "ip-address";
import * as ipaddr from "ipaddr.js";
import { cidr, parseCidr, union } from "../../../lib/addresses";
import { ipv4Spellings, ipv6Spellings } from "./spellings";

/** Several libraries that grew apart from each other: where they read a text rightly, so must we, and alike. */
describe("beside ip-address", () => {
  test("IPv4 is read alike", () => {
    fc.assert(
      fc.property(ipv4Spellings, ({ text }) => {
        const theirs = new Address4(text);
        const ours = cidr(text);
        expect(ours.text).toBe(`${theirs.correctForm()}/${theirs.subnetMask}`);
        expect(ours.first).toBe(theirs.bigInt());
      }),
    );
  });

  test("IPv6 is read and written alike", () => {
    fc.assert(
      fc.property(ipv6Spellings, ({ text }) => {
        const theirs = new Address6(text);
        const ours = cidr(text);
        expect(ours.text).toBe(`${theirs.correctForm()}/${theirs.subnetMask}`);
        expect(ours.first).toBe(theirs.bigInt());
      }),
    );
  });
});

describe("beside ipaddr.js", () => {
  test("legal networks are read and written alike", () => {
    fc.assert(
      fc.property(fc.oneof(ipv4Spellings, ipv6Spellings), ({ text }) => {
        const [address, prefixLength] = ipaddr.parseCIDR(text);
        const first = address.toByteArray().reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
        const canonical = address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
        const ours = cidr(text);
        expect(ours.text).toBe(`${canonical}/${prefixLength}`);
        expect(ours.first).toBe(first);
      }),
    );
  });

  test.each([
    { text: "010.0.0.0/8", theirs: "8.0.0.0/8", fault: "leading-zero" },
    { text: "0x0a.0.0.0/8", theirs: "10.0.0.0/8", fault: "not-an-address" },
    { text: "10.1/16", theirs: "10.0.0.1/16", fault: "octet-count" },
    { text: "10.0.0.1/8", theirs: "10.0.0.1/8", fault: "host-bits" },
    { text: "2001:db8::1/32", theirs: "2001:db8::1/32", fault: "host-bits" },
  ])("what it takes for $theirs is refused: $text", ({ text, theirs, fault }) => {
    expect(ipaddr.parseCIDR(text).join("/")).toBe(theirs);
    expect(parseCidr(text)).toMatchObject({ ok: false, fault });
  });
});

/** What cidr-tools makes of each list. It is an ECMAScript module, which Jest cannot load: Node itself does. */
function mergeWithCidrTools(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const script = `
    import { readFileSync } from "node:fs";
    import { mergeCidr } from "cidr-tools";
    console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map((list) => mergeCidr(list))));
  `;
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: __dirname,
    input: JSON.stringify(lists),
    encoding: "utf8",
  });
  return JSON.parse(output) as readonly (readonly string[])[];
}

describe("beside cidr-tools", () => {
  test("unions come out alike", () => {
    // Networks of a few addresses' distance from each other, so that most lists have something to join.
    const near = fc
      .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 24, max: 32 }), fc.constantFrom("ipv4", "ipv6"))
      .map(([value, prefixLength, family]) => {
        const low = value - (value % 2 ** (32 - prefixLength));
        return family === "ipv4"
          ? `192.0.2.${low}/${prefixLength}`
          : `2001:db8::${low.toString(16)}/${96 + prefixLength}`;
      });
    const far = fc.oneof(ipv4Spellings, ipv6Spellings).map(({ text }) => text);
    const lists = fc.sample(
      fc.array(fc.oneof({ weight: 5, arbitrary: near }, far), { minLength: 1, maxLength: 60 }),
      300,
    );
    const theirs = mergeWithCidrTools(lists);
    const wholeFamily = new Set(["0.0.0.0/0", "::/0"]);
    const comparable = lists.flatMap((list, index) => {
      const merged = theirs[index] ?? [];
      return merged.some((text) => wholeFamily.has(text)) ? [] : [{ list, merged }];
    });
    expect(comparable.length).toBeGreaterThan(250);
    for (const { list, merged } of comparable) {
      expect(union(list.map(cidr)).map(({ text }) => text)).toEqual(merged);
    }
  });

  test("what it takes for other networks is refused, and /0 does not come about", () => {
    expect(mergeWithCidrTools([["300.1.1.1/32"], ["10.0.0.0/33"], ["0.0.0.0/1", "128.0.0.0/1"]])).toEqual([
      ["44.1.1.1/32"],
      ["10.0.0.0/32"],
      ["0.0.0.0/0"],
    ]);
    expect(parseCidr("300.1.1.1/32")).toMatchObject({ fault: "octet-range" });
    expect(parseCidr("10.0.0.0/33")).toMatchObject({ fault: "prefix-length" });
    expect(union(["0.0.0.0/1", "128.0.0.0/1"].map(cidr)).map(({ text }) => text)).toEqual(["0.0.0.0/1", "128.0.0.0/1"]);
  });
});
