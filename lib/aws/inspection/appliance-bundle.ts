import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

import { type PackedZip, packZip } from "./packed-zip";

/** What an instance does not need. */
const LEFT_OUT = /(^|\/)(README\.md$|__pycache__\/|\.)|\.pyc$/;

/**
 * Packs the appliance's folder into a zip. An instance installs nothing that has another checksum.
 *
 * @param folder absolute path of the appliance's files
 * @param directory where the zip is written
 * @param name file name of the zip, without its ending
 */
export function bundleAppliance(folder: string, directory: string, name: string): PackedZip {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((path) => !LEFT_OUT.test(path));
  return packZip(Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path))])), directory, name);
}
