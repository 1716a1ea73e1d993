import { createHash } from "node:crypto";

/**
 * A managed set describes itself: WAF replaces addresses and description in one call and lists the descriptions of
 * all sets in one, so a set whose description already names the wanted content needs neither a read nor a write.
 */
export interface Description {
  /** Digest of the content, see {@link contentDigest}. */
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

/**
 * Digest of a set of canonical CIDRs: SHA-256 over their sorted lines, the first 128 bits in hexadecimal. It tells
 * contents apart; it proves nothing against somebody who may write the set, since they may write the text as well.
 */
export function contentDigest(addresses: Iterable<string>): string {
  const lines = [...addresses].sort().join("\n");
  return createHash("sha256").update(lines).digest("hex").slice(0, 32);
}

/** The text for a set that holds `addresses`: within WAF's 256 characters and its character set. */
export function describeContent(addresses: ReadonlySet<string>): string {
  return `${FORMAT} sha256=${contentDigest(addresses)} count=${addresses.size}`;
}

/** Reads such a text; anything else, an absent one included, means that the content is unknown. */
export function parseDescription(text: string | undefined): Description | undefined {
  const match = TEXT.exec(text ?? "");
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { digest: match[1], count: Number(match[2]) };
}
