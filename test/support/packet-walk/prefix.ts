/** An IPv4 range, read without the code under test; `0.0.0.0/0` is one, too. */
export interface Prefix {
  readonly text: string;
  readonly length: number;
  readonly first: number;
}

/** @throws Error for what is no IPv4 range */
export function prefix(text: string): Prefix {
  const [address = "", length = "32"] = text.split("/");
  return { text, length: Number(length), first: toNumber(address) };
}

/** Whether an address is in a range. */
export function holds({ first, length }: Prefix, address: string): boolean {
  const size = 2 ** (32 - length);
  const place = toNumber(address) - first;
  return place >= 0 && place < size;
}

/** An address of a range, counted from its first. */
export function addressIn({ first }: Prefix, place: number): string {
  const value = first + place;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

function toNumber(address: string): number {
  const octets = address.split(".").map(Number);
  if (octets.length !== 4 || octets.some((octet) => !Number.isInteger(octet) || octet < 0 || octet > 255)) {
    throw new Error(`${address} is no IPv4 address`);
  }
  return octets.reduce((sum, octet) => sum * 256 + octet, 0);
}
