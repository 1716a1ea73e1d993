import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { strToU8, zipSync } from "fflate";

/** A zip on the disk, ready to upload. */
export interface PackedZip {
  /** Absolute path of the zip. */
  readonly zipFile: string;
  /** SHA-256 of the zip in hexadecimal. */
  readonly sha256: string;
}

/** The oldest time a zip can hold, so that the same files always give the same bytes. */
const FIXED_TIME = new Date(1980, 0, 1);

/** Zip's number for Unix, and a plain file that everybody may run: what is a program is decided where it is unpacked. */
const UNIX = 3;
const FILE_MODE = 0o100755 << 16;

/**
 * Writes files into a zip. The bytes depend on nothing but their names and contents.
 *
 * @param files contents by path, in any order
 * @param directory where the zip is written
 * @param name file name of the zip, without its ending
 */
export function packZip(
  files: Readonly<Record<string, Uint8Array | string>>,
  directory: string,
  name: string,
): PackedZip {
  const contents = Object.entries(files)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([path, content]) => [path, typeof content === "string" ? strToU8(content) : content] as const);
  const zip = zipSync(Object.fromEntries(contents), { level: 9, mtime: FIXED_TIME, os: UNIX, attrs: FILE_MODE });
  mkdirSync(directory, { recursive: true });
  const zipFile = join(directory, `${name}.zip`);
  writeFileSync(zipFile, zip);
  return { zipFile, sha256: createHash("sha256").update(zip).digest("hex") };
}
