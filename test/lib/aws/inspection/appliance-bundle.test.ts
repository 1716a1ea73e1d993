import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

import { unzipSync } from "fflate";

import { bundleAppliance } from "../../../../lib/aws/inspection/appliance-bundle";
import { type PackedZip, packZip } from "../../../../lib/aws/inspection/packed-zip";

// What is packed here is compared with what a process of its own packs.
jest.unmock("fflate");

const ROOT = resolve(__dirname, "../../../..");
const APPLIANCE = join(ROOT, "appliance");

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "appliance-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Writes files into a folder of the given name, in the order in which they stand, and packs it. */
function packed(name: string, files: Readonly<Record<string, string>>): PackedZip {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, name, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return bundleAppliance(join(folder, name), join(folder, `${name}-out`), "fleet");
}

/** The digest that a process of its own, in a time zone of its own, finds for the files packed as `here`. */
async function digestIn(zone: string): Promise<string> {
  const script = `const { bundleAppliance } = require("./lib/aws/inspection/appliance-bundle.ts");
    process.stdout.write(bundleAppliance(${JSON.stringify(join(folder, "here"))}, ${JSON.stringify(join(folder, zone))}, "a").sha256);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", "--eval", script], {
    cwd: ROOT,
    env: { ...process.env, TZ: zone },
  });
  return stdout;
}

const namesIn = ({ zipFile }: PackedZip): readonly string[] => Object.keys(unzipSync(readFileSync(zipFile)));

const FILES = { "install.sh": "#!/bin/bash\n", "bin/health.py": "print()\n", "etc/a.conf": "a\n" };

describe("the appliance's files", () => {
  it("give the same bytes whatever order, time and permissions they were written in", () => {
    const here = packed("here", FILES);
    const there = packed("there", Object.fromEntries(Object.entries(FILES).reverse()));
    utimesSync(join(folder, "there", "install.sh"), 1, 1);
    chmodSync(join(folder, "there", "install.sh"), 0o600);
    const again = bundleAppliance(join(folder, "there"), join(folder, "again"), "other");
    expect(again.sha256).toBe(here.sha256);
    expect(readFileSync(again.zipFile).equals(readFileSync(here.zipFile))).toBe(true);
    expect(there.sha256).toBe(here.sha256);
  });

  it("give the same bytes in every time zone", async () => {
    const { sha256 } = packed("here", FILES);
    const digests = await Promise.all(["Pacific/Kiritimati", "Pacific/Pago_Pago"].map((zone) => digestIn(zone)));
    expect(digests).toEqual([sha256, sha256]);
  }, 30_000);

  it("give other bytes for another name, another text, and one file more", () => {
    const sets: readonly Readonly<Record<string, string>>[] = [
      FILES,
      { ...FILES, "etc/a.conf": "b\n" },
      { ...FILES, "etc/b.conf": "" },
      { "install.sh": FILES["install.sh"], "bin/health.py": FILES["bin/health.py"], "etc/c.conf": "a\n" },
    ];
    const digests = sets.map((files, index) => packed(`set-${index}`, files).sha256);
    expect(new Set(digests).size).toBe(4);
  });

  it("give the same bytes as texts in whatever order", () => {
    const { sha256 } = packed("here", FILES);
    const reversed = Object.fromEntries(Object.entries(FILES).reverse());
    expect(packZip(reversed, join(folder, "texts"), "fleet").sha256).toBe(sha256);
  });

  it("have the checksum of the whole zip, by which an instance knows them", () => {
    const { zipFile, sha256 } = packed("here", FILES);
    expect(sha256).toBe(createHash("sha256").update(readFileSync(zipFile)).digest("hex"));
  });

  it("are packed without what no instance needs", () => {
    const bundle = packed("here", {
      ...FILES,
      "README.md": "x",
      "etc/README.md": "x",
      "etc/README.md.conf": "x",
      "bin/__pycache__/health.cpython-311.pyc": "x",
      "bin/machine.pyc": "x",
      ".gitignore": "x",
      "etc/.hidden/a": "x",
      "etc/suricata.d/a": "x",
    });
    symlinkSync("/etc/passwd", join(folder, "here", "link"));
    const again = bundleAppliance(join(folder, "here"), join(folder, "again"), "fleet");
    const names = [...Object.keys(FILES), "etc/README.md.conf", "etc/suricata.d/a"].sort();
    expect(namesIn(bundle)).toEqual(names);
    expect(namesIn(again)).toEqual(names);
  });

  it("can be read and run by everybody, on what unpacks permissions", () => {
    const zip = readFileSync(packed("here", FILES).zipFile);
    const directory = zip.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
    expect(zip.readUInt8(directory + 5)).toBe(3);
    expect(zip.readUInt32LE(directory + 38) >>> 16).toBe(0o100755);
  });
});

test("what is packed of this project is the program that the user data hands over to, and not its guide", () => {
  const names = namesIn(bundleAppliance(APPLIANCE, folder, "fleet"));
  expect(names).toContain("install.sh");
  expect(names).not.toContain("README.md");
  expect(readFileSync(join(APPLIANCE, "user-data.sh"), "utf8")).toContain("/install.sh");
});
