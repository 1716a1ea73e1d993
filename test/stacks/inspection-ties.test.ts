import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { LOGS } from "../../lib/aws/inspection/appliance-contract";
import { INSPECTED, settingsOf, SPOKED } from "./inspections";

const APPLIANCE = resolve(__dirname, "../../appliance");

const read = (file: string): string => readFileSync(join(APPLIANCE, file), "utf8");

/** All that runs on an appliance, as one text. */
const programs = readdirSync(APPLIANCE, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name !== "README.md")
  .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
  .join("\n");

/** The stack and the appliance's files share no code; what each says of the other must be the same. */
describe("what the stack tells an appliance", () => {
  const ofBaked = Object.keys(settingsOf(SPOKED));
  const ofPlain = Object.keys(settingsOf(INSPECTED));

  it("is what the appliance's guide lists, each key once", () => {
    const rows = [...read("README.md").matchAll(/^\| (`[A-Z][A-Z_0-9]+`(?:, `[A-Z][A-Z_0-9]+`)*) +\|/gm)];
    const listed = rows.flatMap(([, keys = ""]) => keys.replaceAll("`", "").split(", "));
    expect([...listed].sort()).toEqual([...ofPlain].sort());
    expect(new Set(listed).size).toBe(listed.length);
  });

  it("is what something on it asks for", () => {
    expect(ofPlain.filter((key) => !new RegExp(`\\b${key}\\b`).test(programs))).toEqual([]);
  });

  it("is the same for an image of one's own, but for what is fetched", () => {
    expect(ofPlain.filter((key) => !ofBaked.includes(key)).sort()).toEqual([
      "CLOUDWATCH_AGENT_SHA256",
      "CLOUDWATCH_AGENT_URL",
      "GWLBTUN_SHA256",
      "GWLBTUN_URL",
    ]);
    expect(ofBaked.filter((key) => !ofPlain.includes(key))).toEqual([]);
  });
});

test("the agent writes into the log groups that the stack makes, and into each of them", () => {
  const { logs } = JSON.parse(read("etc/cloudwatch-agent.json")) as {
    logs: { logs_collected: { files: { collect_list: readonly { log_group_name: string }[] } } };
  };
  const groups = logs.logs_collected.files.collect_list.map(({ log_group_name }) => log_group_name);
  expect([...new Set(groups)].sort()).toEqual(LOGS.map((log) => `/ringfence/@FLEET@/${log}`).sort());
});
