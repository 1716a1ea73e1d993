import type { Family } from "../../../../lambda/allowlist-sync/contract";

/** A network that clusters ask for, with the spellings that stand for it. */
export interface Network {
  readonly family: Family;
  /** The one spelling that may stand in a set of our function's. */
  readonly text: string;
  readonly spellings: readonly string[];
}

/** Ranges in ranges, neighbours that would make a wider one, and the single addresses at their edges. */
const IPV4 = [
  "10.0.0.0/24",
  "10.0.0.0/25",
  "10.0.0.128/25",
  "10.0.1.0/24",
  "10.0.0.0/23",
  "172.16.0.0/12",
  "192.0.2.0/31",
  "192.0.2.2/31",
  "192.0.2.0/30",
  ...Array.from({ length: 48 }, (_, index) => `10.0.0.${index * 5}/32`),
  ...Array.from({ length: 40 }, (_, index) => `198.51.100.${index + 100}/32`),
];

const IPV6 = [
  { text: "2001:db8::/32", spellings: ["2001:db8::/32", "2001:0DB8::/32"] },
  { text: "2001:db8::/33", spellings: ["2001:db8::/33", "2001:db8:0:0::/33"] },
  { text: "2001:db8:8000::/33", spellings: ["2001:db8:8000::/33", "2001:DB8:8000:0:0:0:0:0/33"] },
  ...Array.from({ length: 48 }, (_, index) => {
    const digits = (index + 0x80).toString(16);
    const text = `2001:db8::${digits}/128`;
    return { text, spellings: [text, `2001:0DB8:0:0:0:0:0:${digits.toUpperCase()}/128`] };
  }),
];

/** Everything a cluster may ask for and get. */
export const POOL: readonly Network[] = [
  ...IPV4.map((text): Network => ({ family: "ipv4", text, spellings: [text] })),
  ...IPV6.map((network): Network => ({ family: "ipv6", ...network })),
];

/** What somebody else puts into a set: nobody ever asks for it. */
export const FOREIGN: readonly Network[] = [
  ...Array.from({ length: 8 }, (_, index): Network => {
    const text = `203.0.113.${index}/32`;
    return { family: "ipv4", text, spellings: [text] };
  }),
  ...Array.from({ length: 8 }, (_, index): Network => {
    const text = `2001:db8:ffff::${index + 1}/128`;
    return { family: "ipv6", text, spellings: [text, `2001:db8:ffff:0:0:0:0:${index + 1}/128`] };
  }),
];

/** Entries that nobody may be admitted by. */
export const BAD_ENTRIES: readonly string[] = [
  "54.123.456.78/32",
  "10.0.0.5",
  "10.0.0.5/24",
  "010.0.0.5/32",
  " 10.0.0.5/32",
  "10.0.0.5/33",
  "0.0.0.0/0",
  "0.0.0.0/1",
  "::/0",
  "2000::/3",
  "2001:db8::81",
  "2001:db8::81/129",
  "::ffff:10.0.0.5/128",
  "fe80::1%eth0/128",
  "any",
];

/** Spelled as the function must spell it: texts of the pool are their own, all their other spellings lead to them. */
const CANONICAL: ReadonlyMap<string, string> = new Map(
  [...POOL, ...FOREIGN].flatMap(({ text, spellings }) => spellings.map((spelling) => [spelling, text] as const)),
);

/** The canonical text of a spelling; what is not of the pool stands for itself. */
export function canonical(spelling: string): string {
  return CANONICAL.get(spelling) ?? spelling;
}

const FAMILY_OF: ReadonlyMap<string, Family> = new Map(
  [...POOL, ...FOREIGN].map(({ text, family }) => [text, family] as const),
);

/** The family of a network of the pool. */
export function familyOf(text: string): Family | undefined {
  return FAMILY_OF.get(text);
}
