import { App } from "cdktf";

import { dynamicReference, existingSecret, SecretToken, type SecretTokenProps } from "../../../lib/aws/secret-token";
import type { JsonObject } from "../../../lib/policy/terraform-json";
import { withFolder } from "../../support/folder";
import { objectOf, objectsOf, textOf, textsIn } from "../../support/json";
import { Template } from "../../support/template";
import { prod, TestStack } from "../terraform/stack";

const KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:prod/node-AbCdEf";

/** A stack with one token, whose reference it publishes. */
function build(changes: Partial<SecretTokenProps> = {}): Template {
  return withFolder((outdir) => {
    const stack = new TestStack(new App({ outdir, stackTraces: false }), prod(), "edge");
    const token = new SecretToken(stack, "token", {
      name: "prod-edge-token",
      description: "Token of the nodes of prod-edge",
      kmsKeyArn: KEY,
      revision: 1,
      variable: "node_token",
      ...changes,
    });
    stack.publish("value-from", token.valueFrom, "What a container definition names");
    stack.publish("secret-arn", token.secretArn, "The secret");
    stack.publish("key", token.kmsKeyArn, "Its key");
    return Template.of(stack);
  });
}

const variableOf = ({ configuration }: Template, name = "node_token"): JsonObject =>
  objectOf(objectOf(configuration.variable)[name]);

describe("the token", () => {
  const template = build();
  const secret = template.resource("aws_secretsmanager_secret");
  const version = template.resource("aws_secretsmanager_secret_version");

  it("goes from an ephemeral variable into a write-only argument, and nowhere else", () => {
    expect(variableOf(template)).toMatchObject({ type: "string", ephemeral: true, sensitive: true });
    expect(version.attributes).toMatchObject({ secret_string_wo: "${var.node_token}" });
    expect(version.attributes).not.toHaveProperty("secret_string");
    const { variable, ...rest } = template.configuration;
    expect(variable).toBeDefined();
    expect(textsIn(rest).filter((text) => text.includes("var.node_token"))).toEqual(["${var.node_token}"]);
  });

  it("is asked for by no run but the one that writes it", () => {
    // Null would be refused beside the version number, and a missing default by every plan and destroy.
    expect(variableOf(template)).toMatchObject({ default: "", nullable: false });
  });

  it("is refused with white space around it, by a message that does not show it", () => {
    const [rule, ...others] = objectsOf(variableOf(template).validation);
    expect(others).toEqual([]);
    expect(rule?.condition).toBe("${(var.node_token == trimspace(var.node_token))}");
    expect(rule?.error_message).toMatch(/^node_token begins or ends with white space/);
    expect(rule?.error_message).not.toContain("${");
  });

  it("is written anew when its revision changes, and the old one is let go only then", () => {
    expect(version.attributes).toMatchObject({
      secret_string_wo_version: 1,
      lifecycle: { create_before_destroy: true },
    });
    const next = build({ revision: 7 }).resource("aws_secretsmanager_secret_version");
    expect(next.attributes.secret_string_wo_version).toBe(7);
    expect(template.follow(version.attributes.secret_id).block.address).toBe(secret.address);
  });

  it("is encrypted with the given key and can be recovered for a month", () => {
    expect(secret.attributes).toMatchObject({ kms_key_id: KEY, recovery_window_in_days: 30 });
  });

  it("can be made again under the same name while the old one waits for its end", () => {
    expect(secret.attributes).toMatchObject({ name_prefix: "prod-edge-token-" });
    expect(secret.attributes).not.toHaveProperty("name");
  });

  it("is referred to by its version, so that a new one changes what refers to it", () => {
    expect(template.output("value-from").value).toBe(`\${${secret.address}.arn}:::\${${version.address}.version_id}`);
    expect(template.output("secret-arn").value).toBe(`\${${secret.address}.arn}`);
    expect(template.output("key").value).toBe(KEY);
  });
});

test("the variable is called what it is asked to be called: people set it by hand", () => {
  expect(variableOf(build({ variable: "proxy_token" }), "proxy_token")).toMatchObject({ ephemeral: true });
});

test("two tokens of a stack cannot share a variable", () => {
  withFolder((outdir) => {
    const stack = new TestStack(new App({ outdir, stackTraces: false }), prod(), "edge");
    const props = { name: "n", description: "d", kmsKeyArn: KEY, revision: 1, variable: "node_token" };
    new SecretToken(stack, "one", props);
    expect(() => new SecretToken(stack, "other", props)).toThrow("node_token");
  });
});

test("a long name leaves room for what Terraform appends", () => {
  const { attributes } = build({ name: `edge ${"x".repeat(600)}` }).resource("aws_secretsmanager_secret");
  expect(attributes.name_prefix).toMatch(/^edge-x+-[0-9a-f]{8}-$/);
  expect(textOf(attributes.name_prefix).length + 26).toBe(512);
});

describe("an existing secret", () => {
  it("is referred to as a whole", () => {
    expect(existingSecret({ secretArn: SECRET })).toEqual({ valueFrom: SECRET, secretArn: SECRET, selector: "" });
  });

  it("is referred to by one of its keys, in whatever version is current", () => {
    const reference = existingSecret({ secretArn: SECRET, jsonKey: "token", kmsKeyArn: KEY });
    expect(reference).toEqual({
      valueFrom: `${SECRET}:token::`,
      secretArn: SECRET,
      selector: ":token::",
      kmsKeyArn: KEY,
    });
  });
});

test.each([
  [{ secretArn: SECRET }, `{{resolve:secretsmanager:${SECRET}:SecretString}}`],
  [{ secretArn: SECRET, jsonKey: "token" }, `{{resolve:secretsmanager:${SECRET}:SecretString:token::}}`],
])("CloudFormation finds %j by its dynamic reference", (existing, expected) => {
  expect(dynamicReference(existingSecret(existing))).toBe(expected);
});
