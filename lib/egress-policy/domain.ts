/** A name that a policy allows: one, or all that end alike. */
export interface Domain {
  /** As it is written: `registry.example.com`, `*.example.com`. */
  readonly text: string;
  /** Whether it stands for every name below `base`, by one label or more, and not for `base` itself. */
  readonly isWildcard: boolean;
  /** The name without `*.`, lower case, no dot at its end. */
  readonly base: string;
}

/** Why a text is no {@link Domain}. */
export type DomainFault =
  | "empty"
  | "not-ascii"
  | "address"
  | "upper-case"
  | "trailing-dot"
  | "wildcard"
  | "one-label"
  | "too-long"
  | "too-deep"
  | "syntax";

/** What {@link parseDomain} found. */
export type DomainResult =
  { readonly ok: true; readonly domain: Domain } | { readonly ok: false; readonly fault: DomainFault };

/** RFC 1035, section 2.3.4: characters of a name, written with dots and without one at its end. */
const LONGEST_NAME = 253;

/** Our own bound: each number of labels behind a `*` is one more lookup of every name, in a rule of bounded length. */
export const MOST_WILDCARD_LABELS = 10;

/** RFC 1123, section 2.1: letters, digits and hyphens, a letter or a digit at either end; 63 at most. */
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Reads a domain of a policy. Strict: lower case, letters, digits and hyphens, two labels or more without `*`, the last of which is no
 * number. A name of another script is written as DNS carries it, `xn--…`. Never throws.
 */
export function parseDomain(text: string): DomainResult {
  const fault = faultIn(text);
  if (fault !== undefined) return { ok: false, fault };
  const isWildcard = text.startsWith("*.");
  return { ok: true, domain: { text, isWildcard, base: isWildcard ? text.slice(2) : text } };
}

function faultIn(text: string): DomainFault | undefined {
  if (text === "") return "empty";
  if (/[\u0080-\u{10ffff}]/u.test(text)) return "not-ascii";
  if (/^[\d.]+$|:.*:/.test(text)) return "address";
  if (/^[a-z0-9.*-]+$/i.test(text)) {
    if (/[A-Z]/.test(text)) return "upper-case";
    if (text.endsWith(".")) return "trailing-dot";
  }
  const base = text.startsWith("*.") ? text.slice(2) : text;
  if (base.includes("*")) return "wildcard";
  const labels = base.split(".");
  if (!labels.every((label) => LABEL.test(label))) return "syntax";
  if (labels.length < 2) return "one-label";
  // With a wildcard, the shortest name that it stands for.
  if (text.length > LONGEST_NAME) return "too-long";
  if (base !== text && labels.length > MOST_WILDCARD_LABELS) return "too-deep";
  return /^\d+$/.test(labels.at(-1) ?? "") ? "syntax" : undefined;
}

/** Whether a domain stands for a name, which is in lower case and has no dot at its end. */
export function covers({ isWildcard, base }: Domain, name: string): boolean {
  return isWildcard ? name.endsWith(`.${base}`) && name.length > base.length + 1 : name === base;
}
