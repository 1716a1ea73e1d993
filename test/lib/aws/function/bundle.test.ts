import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHash } from "node:crypto";

import { type UnzipFileInfo, unzipSync } from "fflate";

import * as contract from "../../../../lambda/allowlist-sync/contract";
import { type Bundle, bundleFunction } from "../../../../lib/aws/function/bundle";

// The bundle as it is deployed, with the SDK.
jest.unmock("esbuild");

const ROOT = join(__dirname, "../../../..");
const ENTRY = join("lambda", "allowlist-sync", "handler.ts");

let folder: string;
let bundle: Bundle;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bundle-"));
  bundle = bundleFunction(join(ROOT, ENTRY), join(folder, "here"), "allowlist-sync");
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Bundles in a process of its own, from a copy of the sources in another folder, elsewhere in the world. */
async function bundleElsewhere(name: string, timeZone: string): Promise<Bundle> {
  const copy = join(folder, name);
  for (const part of ["lambda", "lib/addresses", "lib/aws/function/bundle.ts", "tsconfig.json"]) {
    mkdirSync(join(copy, part, ".."), { recursive: true });
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  const script = join(copy, "bundle.ts");
  writeFileSync(
    script,
    `import { bundleFunction } from "./lib/aws/function/bundle";
     const bundle = bundleFunction(${JSON.stringify(join(copy, ENTRY))}, ${JSON.stringify(join(copy, "out"))}, "other");
     console.log(JSON.stringify(bundle));`,
  );
  return JSON.parse(await outputOf(["--import", "tsx", script], copy, { ...process.env, TZ: timeZone })) as Bundle;
}

function outputOf(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let [output, errors] = ["", ""];
    child.stdout.on("data", (data) => (output += String(data)));
    child.stderr.on("data", (data) => (errors += String(data)));
    child.on("close", (code) => {
      if (code === 0) resolve(output);
      // The line of the fault comes first, and in a minified bundle it is the whole bundle.
      else reject(new Error(errors.slice(-1000)));
    });
  });
}

/** What the zip holds, and what it says of each file. */
function contents(): {
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly infos: readonly UnzipFileInfo[];
} {
  const infos: UnzipFileInfo[] = [];
  const files = unzipSync(readFileSync(bundle.zipFile), { filter: (file) => infos.push(file) > 0 });
  return { files, infos };
}

/** Permissions of the first file in the zip's central directory, and the system whose permissions they are. */
function permissions(zip: Buffer): { readonly system: number; readonly mode: number } {
  const directory = zip.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
  return { system: zip.readUInt8(directory + 5), mode: zip.readUInt32LE(directory + 38) >>> 16 };
}

describe("the package of allowlist-sync", () => {
  it("is the same byte for byte in other folders and time zones", async () => {
    const others = await Promise.all([
      bundleElsewhere("east", "Pacific/Kiritimati"),
      bundleElsewhere("a-much-longer-name/west", "Pacific/Pago_Pago"),
    ]);
    for (const other of others) {
      expect(other.sourceCodeHash).toBe(bundle.sourceCodeHash);
      expect(readFileSync(other.zipFile).equals(readFileSync(bundle.zipFile))).toBe(true);
    }
  }, 30_000);

  it("has the hash that Lambda reports for it", () => {
    const digest = createHash("sha256").update(readFileSync(bundle.zipFile)).digest();
    expect(bundle.sourceCodeHash).toBe(digest.toString("base64"));
    expect(digest.toString("hex")).toContain(bundle.assetHash);
  });

  it("holds exactly one file, which everybody may read", () => {
    expect(Object.keys(contents().files)).toEqual([contract.BUNDLE_FILE]);
    expect(permissions(readFileSync(bundle.zipFile))).toEqual({ system: 3, mode: 0o100644 });
  });

  it("is at most 550 kB unpacked, of which the clients of DynamoDB, WAF and S3 are nearly all", () => {
    expect(contents().infos.map(({ originalSize }) => originalSize)).toEqual([expect.any(Number)]);
    expect(contents().infos[0]?.originalSize).toBeLessThanOrEqual(550_000);
  });

  it("loads in Node.js and exports the handler that the stack names", async () => {
    const [file = "", name = ""] = contract.HANDLER.split(".");
    const unpacked = join(folder, "unpacked");
    mkdirSync(unpacked);
    writeFileSync(join(unpacked, contract.BUNDLE_FILE), contents().files[contract.BUNDLE_FILE] ?? "");
    const variables = {
      ENVIRONMENT: "test",
      TABLE_NAME: "clusters",
      IP_SET_PREFIX: "test-clusters",
      IPV4_SETS: "1",
      IPV6_SETS: "1",
      GUARD_MAX_SHARE: "0.2",
      GUARD_MAX_ADDRESSES: "50",
      KNOWLEDGE_BUCKET: "knowledge",
    };
    const script = `console.log(typeof require(${JSON.stringify(join(unpacked, file))})[${JSON.stringify(name)}])`;
    expect(await outputOf(["-e", script], unpacked, variables)).toBe("function\n");
  });
});

test("a package that is made again replaces the one that is there, whole", () => {
  const again = bundleFunction(join(ROOT, ENTRY), join(folder, "here"), "allowlist-sync");
  expect(again).toEqual(bundle);
});

test("an entry that does not compile is an error, and leaves no package", () => {
  const broken = join(folder, "broken.ts");
  writeFileSync(broken, "export const handler = ;");
  expect(() => bundleFunction(broken, folder, "broken")).toThrow(/broken\.ts/);
  expect(() => readFileSync(join(folder, "broken.zip"))).toThrow(/ENOENT/);
});
