import { createHash } from "node:crypto";

import { Token } from "cdktf";

/**
 * A semantic version that says what something is made of. What Image Builder has under a version never changes, so each content needs one of
 * its own, and an earlier content gets its earlier version again.
 *
 * EC2 Image Builder API Reference, "CreateImageRecipe": three numbers, each 2^30-1 at most.
 *
 * @throws Error for something that only apply knows: what stands for it differs from one synthesis to the next
 */
export function contentVersion(content: unknown): string {
  const text = JSON.stringify(content);
  if (Token.isUnresolved(text)) throw new Error("a version is made of what is known before apply");
  const digest = createHash("sha256").update(text).digest();
  const number = (offset: number): number => digest.readUInt32BE(offset) >>> 2;
  return `1.${number(0)}.${number(4)}`;
}
