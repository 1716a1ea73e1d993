import { hash } from "node:crypto";

/**
 * A managed set describes itself: WAF replaces addresses and description in one call and lists the descriptions of
 * all sets in one. So a new set says that it is empty, a remembered content can be checked, and an edit that left the description
 * shows. That a set still has what it describes is told by its lock token alone, see `Knowledge`.
 */
export interface Description {
  /** Digest of the content, see {@link textDigest}. */
  readonly digest: string;
  /** Number of addresses. */
  readonly count: number;
}

/**
 * Version of the format, raised when the text or what the digest covers changes: an older function then takes the
 * content for unknown and reads it.
 */
const FORMAT = "ringfence/1";

const TEXT = new RegExp(`^${FORMAT} sha256=([0-9a-f]{32}) count=(0|[1-9][0-9]{0,6})$`);

/** A set of canonical CIDRs as one text: sorted, a line each. */
export function textOf(addresses: Iterable<string>): string {
  return [...addresses].sort().join("\n");
}

/** The addresses of such a text. */
export function addressesIn(text: string): readonly string[] {
  return text === "" ? [] : text.split("\n");
}

/**
 * Digest of a text of {@link textOf}: the first 128 bits of SHA-256 in hexadecimal. It tells contents apart; it proves nothing
 * against somebody who may write the set, since they may write the description as well.
 */
export function textDigest(text: string): string {
  return hash("sha256", text).slice(0, 32);
}

/** The description for a set with this content: within WAF's 256 characters and its character set. */
export function describeContent({ digest, count }: Description): string {
  return `${FORMAT} sha256=${digest} count=${count}`;
}

/** Reads such a description; anything else, an absent one included, means that the content is unknown. */
export function parseDescription(text: string | undefined): Description | undefined {
  const match = TEXT.exec(text ?? "");
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { digest: match[1], count: Number(match[2]) };
}
