import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

import { zipSync } from "fflate";

/** The appliance's files, ready to upload. */
export interface ApplianceBundle {
  /** Absolute path of the zip. */
  readonly zipFile: string;
  /** SHA-256 of the zip in hexadecimal: an instance installs nothing else. */
  readonly sha256: string;
}

/** The oldest time a zip can hold, so that the same files always give the same bytes. */
const FIXED_TIME = new Date(1980, 0, 1);

/** Zip's number for Unix, and a plain file that everybody may run: what is a program is decided where it is installed. */
const UNIX = 3;
const FILE_MODE = 0o100755 << 16;

/** What an instance does not need. */
const LEFT_OUT = /(^|\/)(README\.md$|__pycache__\/|\.)|\.pyc$/;

/**
 * Packs a folder into a zip. The bytes depend on nothing but the contents.
 *
 * @param folder absolute path of the appliance's files
 * @param directory where the zip is written
 * @param name file name of the zip, without its ending
 */
export function bundleAppliance(folder: string, directory: string, name: string): ApplianceBundle {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((path) => !LEFT_OUT.test(path))
    .sort();
  const contents = Object.fromEntries(files.map((path) => [path, readFileSync(join(folder, path))]));
  const zip = zipSync(contents, { level: 9, mtime: FIXED_TIME, os: UNIX, attrs: FILE_MODE });
  mkdirSync(directory, { recursive: true });
  const zipFile = join(directory, `${name}.zip`);
  writeFileSync(zipFile, zip);
  return { zipFile, sha256: createHash("sha256").update(zip).digest("hex") };
}
