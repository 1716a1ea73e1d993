import { isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import {
  AddressError,
  type AddressFault,
  addressCount,
  cidr,
  describeFault,
  lastAddress,
  parseAdmitted,
  parseCidr,
} from "../../../lib/addresses";
import { ipv4Spellings, ipv6Spellings, nearMisses } from "./spellings";

describe("a legal network", () => {
  test.each([
    { text: "0.0.0.0/1", canonical: "0.0.0.0/1", first: 0n },
    { text: "10.0.0.0/8", canonical: "10.0.0.0/8", first: 0x0a000000n },
    { text: "192.0.2.1/32", canonical: "192.0.2.1/32", first: 0xc0000201n },
    { text: "255.255.255.255/32", canonical: "255.255.255.255/32", first: 0xffffffffn },
    { text: "0.0.0.0/32", canonical: "0.0.0.0/32", first: 0n },
    { text: "::/128", canonical: "::/128", first: 0n },
    { text: "::1/128", canonical: "::1/128", first: 1n },
    { text: "8000::/1", canonical: "8000::/1", first: 1n << 127n },
    { text: "2001:DB8::/32", canonical: "2001:db8::/32", first: 0x20010db8n << 96n },
    { text: "2001:0db8:0000::0001/128", canonical: "2001:db8::1/128", first: (0x20010db8n << 96n) | 1n },
    // RFC 5952, section 4.2.2: one zero group is written out, even where the text elides it.
    {
      text: "2001:db8::1:1:1:1:1/128",
      canonical: "2001:db8:0:1:1:1:1:1/128",
      first: 0x20010db8_00000001_00010001_00010001n,
    },
    { text: "::2:3:4:5:6:7:8/128", canonical: "0:2:3:4:5:6:7:8/128", first: 0x00000002_00030004_00050006_00070008n },
    { text: "1:2:3:4:5:6:7::/128", canonical: "1:2:3:4:5:6:7:0/128", first: 0x00010002_00030004_00050006_00070000n },
    // Section 4.2.3: the longest run is elided, and the first of equal ones.
    { text: "2001:0:0:1:0:0:0:1/128", canonical: "2001:0:0:1::1/128", first: 0x20010000_00000001_00000000_00000001n },
    {
      text: "2001:db8:0:0:1:0:0:1/128",
      canonical: "2001:db8::1:0:0:1/128",
      first: 0x20010db8_00000000_00010000_00000001n,
    },
    {
      text: "2001:db8:0:0:1::1/128",
      canonical: "2001:db8::1:0:0:1/128",
      first: 0x20010db8_00000000_00010000_00000001n,
    },
    { text: "1:0:0:2:0:0:0:0/128", canonical: "1:0:0:2::/128", first: 0x00010000_00000002_00000000_00000000n },
    { text: "::ffff/128", canonical: "::ffff/128", first: 0xffffn },
    // Where the number of digits changes.
    {
      text: "000f:0010:00ff:0100:0fff:1000:0009:000a/128",
      canonical: "f:10:ff:100:fff:1000:9:a/128",
      first: 0x000f0010_00ff0100_0fff1000_0009000an,
    },
    // The neighbours of the IPv4-mapped block are ordinary addresses.
    { text: "::fffe:0:0/96", canonical: "::fffe:0:0/96", first: 0xfffen << 32n },
    { text: "::1:ffff:0:0/96", canonical: "::1:ffff:0:0/96", first: 0x1ffffn << 32n },
    {
      text: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
      canonical: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
      first: 2n ** 128n - 1n,
    },
  ])("$text is $canonical", ({ text, canonical, first }) => {
    const network = cidr(text);
    expect(network.text).toBe(canonical);
    expect(network.first).toBe(first);
    expect(network.family).toBe(text.includes(":") ? "ipv6" : "ipv4");
    expect(network.prefixLength).toBe(Number(text.split("/")[1]));
  });

  test("knows its last address and its size", () => {
    expect(lastAddress(cidr("10.0.0.0/8"))).toBe(0x0affffffn);
    expect(addressCount(cidr("10.0.0.0/8"))).toBe(2n ** 24n);
    expect(lastAddress(cidr("128.0.0.0/1"))).toBe(2n ** 32n - 1n);
    expect(lastAddress(cidr("8000::/1"))).toBe(2n ** 128n - 1n);
    expect(addressCount(cidr("2001:db8::/32"))).toBe(2n ** 96n);
    expect(addressCount(cidr("::1/128"))).toBe(1n);
  });

  test("shows as its text in templates and in JSON", () => {
    const network = cidr("2001:DB8::/32");
    expect(`${network.toString()} ${JSON.stringify({ network })}`).toBe('2001:db8::/32 {"network":"2001:db8::/32"}');
  });
});

/** Typed as a record of all faults of a reading: a new one without an example does not compile. */
const REFUSED: Readonly<Record<Exclude<AddressFault, "too-wide">, readonly string[]>> = {
  empty: [""],
  "white-space": [
    " ",
    " 10.0.0.0/8",
    "10.0.0.0/8 ",
    "10.0.0.0/8\n",
    "10.0.0.0 /8",
    "10. 0.0.0/8",
    "\t::1/128",
    "10.0.0.0/8\u00a0",
    "\ufeff10.0.0.0/8",
    "10.0.0.0/8\u2028",
    "10.0.0.0/8, 11.0.0.0/8",
  ],
  "zone-id": ["fe80::1%eth0/128", "fe80::%1/64", "fe80::/64%eth0", "10.0.0.0%eth0/8", "%"],
  "non-ascii": [
    "\uff11\uff10.0.0.0/8",
    "10.0.0.0/\u0668",
    "\u0661\u0660.0.0.0/8",
    "10\u30020.0.0/8",
    "2001:db8::\uff11/128",
    "10.0.0.0\u22158",
    "\u200b10.0.0.0/8",
    "\u{1d7cf}0.0.0.0/8",
    "1\ud835.0.0.0/8",
  ],
  "not-an-address": [
    "example.com",
    "/8",
    "/",
    "10.0.0.x/8",
    "0x0a.0.0.0/8",
    "10.0.0.-1/8",
    "+10.0.0.0/8",
    "1e1.0.0.0/8",
    "10..0.0/8",
    ".10.0.0.0/8",
    "10,0,0,0/8",
    "[2001:db8::]/32",
    "2001:db8::g/128",
    ":1:2:3:4:5:6:7/128",
    "1:2:3:4:5:6:7:/128",
    ":/128",
    "2001:db8::1:/128",
    ":2001:db8::/32",
    "10.0.0.0\u0000/8",
    "https://192.0.2.1/32",
  ],
  "leading-zero": [
    "010.0.0.0/8",
    "10.00.0.0/8",
    "10.0.0.01/32",
    "000.0.0.0/8",
    "10.0.0.0/08",
    "10.0.0.0/00",
    "0.0.0.0/032",
    "2001:db8::/032",
    "::/00",
  ],
  "octet-range": [
    "54.123.456.78/32",
    "300.1.1.1/32",
    "1.1.1.256/32",
    "256.0.0.0/8",
    "4294967296/32",
    "1.1.1.999999999999/32",
  ],
  "octet-count": ["10/8", "10.1/16", "10.1.0/24", "10.0.0.0./8", "10.0.0.0.0/8", "1.2.3.4.5/32"],
  "group-length": ["2001:0db80::/32", "12345::/16", "::00001/128"],
  "group-count": ["1:2:3:4:5:6:7/128", "1:2:3:4:5:6:7:8:9/128", "::1:2:3:4:5:6:7:8:9/128", "1:2/32"],
  "double-elision": ["1::2::3/128", ":::/128", "1:::2/128", "::1::/128", "::::/128"],
  "empty-elision": ["1:2:3:4::5:6:7:8/128", "::1:2:3:4:5:6:7:8/128", "1:2:3:4:5:6:7:8::/128"],
  "dotted-tail": ["::192.0.2.1/128", "64:ff9b::192.0.2.1/128", "::ffff:0:192.0.2.1/128", "1.2.3.4::/32", "::1.2/128"],
  "mapped-address": [
    "::ffff:192.0.2.1/128",
    "::FFFF:192.0.2.0/120",
    "0:0:0:0:0:ffff:192.0.2.1/128",
    "::ffff:c000:201/128",
    "::ffff:0:0/96",
    "0000:0000:0000:0000:0000:FFFF:0000:0000/96",
    "::ffff:ffff:ffff/128",
    "::ffff:0:0/8",
    "::ffff:c000:201",
    "::ffff:300.1.1.1/128",
  ],
  "bare-address": ["192.0.2.1", "2001:db8::1", "::", "0.0.0.0"],
  "prefix-length": [
    "10.0.0.0/",
    "10.0.0.0/33",
    "10.0.0.0/128",
    "10.0.0.0/-8",
    "10.0.0.0/+8",
    "10.0.0.0/8.0",
    "10.0.0.0/8/8",
    "10.0.0.0//8",
    "10.0.0.0/1e1",
    "10.0.0.0/0x8",
    "10.0.0.0/255.0.0.0",
    "10.0.0.0/4294967304",
    "2001:db8::/129",
    "2001:db8::/",
    "2001:db8::/ffff::",
  ],
  "zero-prefix": ["0.0.0.0/0", "::/0", "10.0.0.0/0", "2001:db8::/0"],
  "host-bits": [
    "10.0.0.1/8",
    "0.0.0.1/31",
    "255.255.255.255/31",
    "2001:db8::1/32",
    "2001:db8::/28",
    "8000::1/1",
    "::1/127",
  ],
};

const REFUSALS = Object.entries(REFUSED).flatMap(([fault, texts]) => texts.map((text) => ({ fault, text })));

describe("a text that is refused", () => {
  test.each(REFUSALS)("$fault: $text", ({ fault, text }) => {
    expect(parseCidr(text)).toMatchObject({ ok: false, fault });
  });

  test.each([
    { text: "10.0.0.1/8", message: "10.0.0.1/8 has bits set beyond its prefix; write 10.0.0.0/8 or 10.0.0.1/32" },
    {
      text: "2001:DB8::1/32",
      message: "2001:DB8::1/32 has bits set beyond its prefix; write 2001:db8::/32 or 2001:db8::1/128",
    },
    { text: "192.0.2.1", message: "192.0.2.1 has no prefix length; write 192.0.2.1/32" },
    { text: "2001:db8:0::1", message: "2001:db8:0::1 has no prefix length; write 2001:db8::1/128" },
    {
      text: "10.0.0.0/33",
      message: "10.0.0.0/33 needs a whole number from 1 to 32 behind its slash; correct the prefix length",
    },
    {
      text: "::/129",
      message: "::/129 needs a whole number from 1 to 128 behind its slash; correct the prefix length",
    },
    { text: "", message: '"" is empty; write a network such as 192.0.2.0/24 or 2001:db8::/32' },
  ])("is answered with what to write instead: $text", ({ text, message }) => {
    expect(parseCidr(text)).toMatchObject({ message });
    expect(() => cidr(text)).toThrow(message);
  });

  test("is answered in one short line of printable ASCII, whatever it holds", () => {
    fc.assert(
      fc.property(fc.oneof(nearMisses, fc.string({ unit: "binary", maxLength: 300 })), (text) => {
        const result = parseCidr(text);
        fc.pre(!result.ok);
        expect(result.message).toMatch(/^[ -~]{10,600}$/);
        expect(describeFault(result.fault, text)).toBe(result.message);
      }),
      { examples: [["10.0.0.0/8\r\nlevel=info"], ["\u001b[31m10.0.0.0/8"], ["\u007f"], ["\ud800"]] },
    );
  });

  test("is cut when it is long", () => {
    const result = parseCidr("1.".repeat(200_000));
    expect(result).toMatchObject({ fault: "octet-count" });
    expect(result.ok ? "" : result.message.length).toBeLessThan(200);
  });

  test("throws its fault and text where a network is a must", () => {
    const text = "54.123.456.78/32";
    const thrown = (() => {
      try {
        return cidr(text);
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toBeInstanceOf(AddressError);
    expect(thrown).toMatchObject({ name: "AddressError", fault: "octet-range", text });
  });
});

describe("over all networks", () => {
  test("IPv4 has one spelling, which is kept and means its number", () => {
    fc.assert(
      fc.property(ipv4Spellings, ({ text, first, prefixLength }) => {
        expect(cidr(text)).toMatchObject({ family: "ipv4", text, first, prefixLength });
      }),
      { numRuns: 1000 },
    );
  });

  test("every spelling of IPv6 means its number, and its canonical text is read as the same network", () => {
    fc.assert(
      fc.property(ipv6Spellings, ({ text, first, prefixLength }) => {
        const network = cidr(text);
        expect(network).toMatchObject({ family: "ipv6", first, prefixLength });
        expect(cidr(network.text)).toEqual(network);
      }),
      { numRuns: 1000 },
    );
  });

  test("the canonical text of IPv6 is the one that URLs have", () => {
    fc.assert(
      fc.property(ipv6Spellings, ({ text, prefixLength }) => {
        const [address = ""] = text.split("/");
        expect(cidr(text).text).toBe(`${new URL(`http://[${address}]`).hostname.slice(1, -1)}/${prefixLength}`);
      }),
      { numRuns: 1000 },
    );
  });

  test("exactly what an independent grammar allows is read", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          nearMisses,
          ipv4Spellings.map(({ text }) => text),
          ipv6Spellings.map(({ text }) => text),
        ),
        (text) => {
          expect(`${text}: ${parseCidr(text).ok}`).toBe(`${text}: ${isLegal(text)}`);
        },
      ),
      { numRuns: 5000 },
    );
  });
});

/** The rules once more, by Node's own address check and arithmetic on bits written out. */
function isLegal(text: string): boolean {
  const [address = "", prefix = "", ...rest] = text.split("/");
  if (rest.length > 0 || !/^[1-9][0-9]{0,2}$/.test(prefix)) return false;
  let bits: string;
  if (isIPv4(address)) {
    bits = address
      .split(".")
      .map((octet) => Number(octet).toString(2).padStart(8, "0"))
      .join("");
  } else if (isIPv6(address) && !/[.%]/.test(address)) {
    const [head = [], tail = []] = address.split("::").map((side) => side.split(":").filter((group) => group !== ""));
    const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill("0"), ...tail];
    bits = groups.map((group) => parseInt(group, 16).toString(2).padStart(16, "0")).join("");
    if (/^0{80}1{16}/.test(bits)) return false;
  } else {
    return false;
  }
  return Number(prefix) <= bits.length && !bits.slice(Number(prefix)).includes("1");
}

describe("a range to be admitted", () => {
  it.each(["10.0.0.0/8", "203.0.113.7/32", "2001::/16", "2001:db8::/32"])("may be %s", (text) => {
    expect(parseAdmitted(text)).toEqual(parseCidr(text));
  });

  it.each(["0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/7", "::/1", "8000::/1", "2000::/15"])(
    "may not be as wide as %s",
    (text) => {
      expect(parseCidr(text).ok).toBe(true);
      expect(parseAdmitted(text)).toMatchObject({
        ok: false,
        fault: "too-wide",
        message: expect.stringContaining(text) as string,
      });
    },
  );

  it("is otherwise read as strictly as any other", () => {
    expect(parseAdmitted("10.0.0.1/8")).toMatchObject({ ok: false, fault: "host-bits" });
  });

  it("is too wide before it has host bits: what to write instead of those would be refused next", () => {
    expect(parseAdmitted("10.0.0.0/1")).toMatchObject({ ok: false, fault: "too-wide" });
  });
});
