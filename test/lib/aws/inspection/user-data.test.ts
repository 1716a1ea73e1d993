import { tmpdir } from "node:os";

import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { App, DefaultTokenResolver, StringConcat, Tokenization } from "cdktf";
import fc from "fast-check";

import { MOST_USER_DATA_BYTES, settingsFile, userData } from "../../../../lib/aws/inspection/user-data";
import { evaluated } from "../../../support/terraform-text";
import { prod, TestStack } from "../../terraform/stack";

const stack = new TestStack(new App({ outdir: tmpdir(), stackTraces: false }), prod(), "boot");
const object = new S3Object(stack, "files", { bucket: "files", key: "appliance.zip" });

/** What Terraform would hand to EC2, with `<version>` where the script asks for what only apply knows. */
function booted(script: string, values: Readonly<Record<string, string>> = {}): string {
  const unknown = script.includes("{{version}}")
    ? { version: { value: object.versionId, mostBytes: 1024 } }
    : undefined;
  const resolver = new DefaultTokenResolver(new StringConcat());
  const text = userData(script, values, unknown ?? {});
  const expression: unknown = Tokenization.resolve(text, { scope: stack, resolver, preparing: false });
  return evaluated(String(expression), { "aws_s3_object.files.version_id": "<version>" });
}

describe("what an instance runs when it boots", () => {
  it("arrives as it is written, with values in the places of words in braces", () => {
    const script = [
      "#!/bin/bash",
      'curl -w "%{http_code}\\n" "${URL:-none}" | sed "s/\\\\/x/"',
      "ZONE='{{zone}}' VERSION={{version}} AGAIN={{version}} ${array[@]} $${x} %%{y} 100% {} {{",
      "",
    ].join("\n");
    expect(booted(script, { zone: "a\\b%{c}${d}\"e'" })).toBe(
      script.replace("{{zone}}", () => "a\\b%{c}${d}\"e'").replaceAll("{{version}}", "<version>"),
    );
  });

  it("arrives as it is written, whatever characters stand beside each other", () => {
    const piece = fc.constantFrom("\\", "$", "{", "}", "%", '"', "'", "\n", "\t", "a", "é", "\u2028", "{{version}}");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const script = pieces.join("");
        fc.pre(!/\{\{(?!version\}\})\w+\}\}/.test(script));
        expect(booted(script)).toBe(script.replaceAll("{{version}}", "<version>"));
      }),
      { numRuns: 300 },
    );
  });

  it("is refused without a value for each of its words, and with values for words that it has not", () => {
    expect(() => userData("{{one}} {{two}} {{one}}", { one: "1" }, {})).toThrow("wants a value for two");
    expect(() => userData("{{one}}", { one: "1", two: "2" }, { three: { value: "3", mostBytes: 1 } })).toThrow(
      "no place for two, three",
    );
  });

  it("fits into what EC2 takes, to the last byte", () => {
    const script = (bytes: number): string => `{{word}}${"x".repeat(bytes - 4)}`;
    expect(() => userData(script(MOST_USER_DATA_BYTES), { word: "1234" }, {})).not.toThrow();
    expect(() => userData(script(MOST_USER_DATA_BYTES + 1), { word: "1234" }, {})).toThrow(
      "may come to 16385 bytes, and EC2 takes 16384",
    );
    expect(() => userData("é".repeat(8193), {}, {})).toThrow("may come to 16386 bytes");
  });

  it("has room for the longest that a value can be which is not known yet, each time that it is named", () => {
    const script = (rest: number): string => `{{version}}{{bucket}}{{version}}${"x".repeat(rest)}`;
    const most = 16_384 - 2 * 1024 - 63;
    const unknown = {
      version: { value: "known-after-apply", mostBytes: 1024 },
      bucket: { value: "known-after-apply", mostBytes: 63 },
    };
    expect(() => userData(script(most), {}, unknown)).not.toThrow();
    expect(() => userData(script(most + 1), {}, unknown)).toThrow("16385");
  });
});

describe("the settings of an appliance", () => {
  it("are lines that a shell, systemd and Python read alike", () => {
    expect(
      settingsFile({ FLEET: "prod-inspection", HOMES: "10.20.0.0/16,10.50.0.0/16", SOURCES: "https://a https://b" }),
    ).toBe('FLEET="prod-inspection"\nHOMES="10.20.0.0/16,10.50.0.0/16"\nSOURCES="https://a https://b"');
  });

  it.each(['"', "'", "\\", "$", "`", "\n", "\r", "\t", "\0"])("hold no %j", (character) => {
    expect(() => settingsFile({ FLEET: "prod", NAME: `a${character}b` })).toThrow(/^NAME holds quotes/);
  });
});
