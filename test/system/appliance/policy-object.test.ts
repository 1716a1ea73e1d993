import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import inspected from "../../environments/inspected";
import { withFolder } from "../../support/folder";
import { synthesizeInto } from "../../support/stacks";
import { Namespace, requireSystem } from "./namespace";

/*
 * The object as the stack packs it, read by the program that appliances read it with.
 */

requireSystem();

jest.setTimeout(60_000);

let machine: Namespace;

beforeAll(async () => {
  machine = await Namespace.create();
});

afterAll(async () => {
  await machine.stop();
});

/** The zip that a deploy of `inspected` uploads, in base64. */
function uploaded(): string {
  return withFolder((outdir) => {
    synthesizeInto(outdir, [inspected]);
    const assets = join(outdir, "stacks", "inspected-inspection", "assets", "policy-zip");
    const [zip = ""] = readdirSync(assets, { recursive: true, encoding: "utf8" }).filter((path) =>
      path.endsWith(".zip"),
    );
    return readFileSync(join(assets, zip)).toString("base64");
  });
}

const READ = `
import base64, json, sys
sys.path.insert(0, "/repository/appliance/bin")
import fetch_policy
files = fetch_policy.unpack(base64.b64decode(open("/tmp/policy").read()))
digest, rules = fetch_policy.describe(files)
print(json.dumps({"rules": rules, "networks": fetch_policy.networks_for_suricata(files["networks"]), "names": sorted(files)}))
`;

it("is whole by its own digest, and tells the spokes' ranges", () => {
  machine.write("/tmp/policy", uploaded());
  const { status, stdout, stderr } = machine.run(["python3", "-B", "-c", READ]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const read = JSON.parse(stdout) as { readonly rules: number; readonly networks: string; readonly names: string[] };
  expect(read.rules).toBeGreaterThan(0);
  expect([...read.networks.matchAll(/10[\d./]+/g)].map(([range]) => range).sort()).toEqual([
    "10.20.0.0/16",
    "10.50.0.0/16",
  ]);
  expect(read.names).toEqual(expect.arrayContaining(["networks", "policy.json", "policy.nft", "policy.rules"]));
});
