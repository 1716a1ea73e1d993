import { readFileSync } from "node:fs";
import { unzipSync } from "fflate";
import { BUNDLE_FILE } from "../../lambda/allowlist-sync/contract";

/**
 * The code in a function's zip.
 *
 * @throws Error when there is none
 */
export function codeIn(zipFile: string): Uint8Array {
  const code = unzipSync(readFileSync(zipFile))[BUNDLE_FILE];
  if (code === undefined) throw new Error(`${zipFile} holds no ${BUNDLE_FILE}`);
  return code;
}
