import fc from "fast-check";

/** The text of an IPv4 network and what it means. */
export interface Spelling {
  readonly text: string;
  readonly first: bigint;
  readonly prefixLength: number;
}

function withoutHostBits(bits: number): (drawn: readonly [bigint, number]) => readonly [bigint, number] {
  return ([address, prefixLength]) => {
    const hostBits = BigInt(bits - prefixLength);
    return [(address >> hostBits) << hostBits, prefixLength];
  };
}

/** Any IPv4 network in its one legal spelling. */
export const ipv4Spellings: fc.Arbitrary<Spelling> = fc
  .tuple(fc.bigInt(0n, 2n ** 32n - 1n), fc.integer({ min: 1, max: 32 }))
  .map(withoutHostBits(32))
  .map(([first, prefixLength]) => {
    const octets = [24n, 16n, 8n, 0n].map((shift) => ((first >> shift) & 255n).toString());
    return { text: `${octets.join(".")}/${prefixLength}`, first, prefixLength };
  });

/** Eight groups with many zeros among them, since zeros are what the spellings differ in. */
const sparseAddresses = fc
  .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.reduce((address, group) => (address << 16n) | BigInt(group), 0n));

/** Any IPv6 network that is not IPv4-mapped, in any legal spelling: upper case, leading zeros, any run of zeros elided. */
export const ipv6Spellings: fc.Arbitrary<Spelling> = fc
  .tuple(sparseAddresses, fc.oneof(fc.constant(128), fc.integer({ min: 1, max: 128 })))
  .map(withoutHostBits(128))
  .filter(([first]) => first >> 32n !== 0xffffn)
  .chain(([first, prefixLength]) => {
    const groups = Array.from({ length: 8 }, (_, index) => Number((first >> BigInt(112 - 16 * index)) & 0xffffn));
    return fc
      .record({
        start: fc.nat(8),
        longest: fc.nat(8),
        digits: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 8, maxLength: 8 }),
        isUpper: fc.boolean(),
      })
      .map(({ start, longest, digits, isUpper }) => {
        const texts = groups.map((group, index) => group.toString(16).padStart(digits[index] ?? 1, "0"));
        let end = start;
        while (end < 8 && end - start < longest && groups[end] === 0) end++;
        const address =
          end === start ? texts.join(":") : `${texts.slice(0, start).join(":")}::${texts.slice(end).join(":")}`;
        return { text: `${isUpper ? address.toUpperCase() : address}/${prefixLength}`, first, prefixLength };
      });
  });

/** Legal texts with one to three characters removed, replaced or put in. */
export const nearMisses: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(ipv4Spellings, ipv6Spellings),
    fc.array(
      fc.record({
        at: fc.nat(50),
        removed: fc.nat(1),
        added: fc.oneof(
          fc.constant(""),
          fc.constantFrom(...".:/0123456789abcdefABCDEFgx%- \t\n\u00a0\ufeff\uff11\u0661[]+".split("")),
          // `fc.string({ unit: "binary" })` would make a table of all of Unicode in every file that imports this one.
          fc.integer({ min: 0, max: 0x10ffff }).map((codePoint) => String.fromCodePoint(codePoint)),
        ),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([{ text }, edits]) =>
    edits.reduce((edited, { at, removed, added }) => {
      const place = at % (edited.length + 1);
      return edited.slice(0, place) + added + edited.slice(place + removed);
    }, text),
  );
