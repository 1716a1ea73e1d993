import { readFileSync } from "node:fs";

import { transformSync } from "esbuild";

import { isSecret } from "./forbidden-values";

/**
 * Keys that an environment file writes twice in one object, as messages ready to print. JavaScript keeps the second in silence: of a
 * cluster named twice the first list would be lost, and its addresses with it.
 *
 * @param path the file on disk
 * @param file the name by which messages call it
 */
export function duplicateKeys(path: string, file: string): string[] {
  return warningsOf(path)
    .filter(({ id }) => id === "duplicate-object-key")
    .map(({ text, location }) => {
      const line = location === null ? "" : ` in line ${location.line}`;
      const key = text.replace("Duplicate key ", "").replace(" in object literal", "");
      return `${file}: names ${isSecret(key) ? "a key that looks like a secret" : `the key ${key}`} a second time${line}; keep one of the two`;
    });
}

function warningsOf(path: string) {
  try {
    return transformSync(readFileSync(path, "utf8"), { loader: "ts", logLevel: "silent" }).warnings;
  } catch {
    // What cannot be parsed is told with the reason when it is loaded.
    return [];
  }
}
