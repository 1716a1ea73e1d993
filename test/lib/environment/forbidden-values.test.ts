import { Fn, Token } from "cdktf";

import { type Changes, changed, define, refusal, violationsAfter } from "./base";

const letters = (count: number): string => "ab1".repeat(count).slice(0, count);

/** Made up, in the shapes that their issuers document. */
const SECRETS: readonly (readonly [what: string, secret: string])[] = [
  ["an AWS access key id", "AKIAIOSFODNN7EXAMPLE"],
  ["an AWS access key id", "key_ASIAIOSFODNN7EXAMPLE"],
  ["an AWS secret access key", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
  ["an AWS secret access key", "aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
  ["an AWS secret access key", "call wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY now"],
  ["a private key", "-----BEGIN RSA PRIVATE KEY-----"],
  ["an HCP Terraform token", `${letters(14)}.atlasv1.${letters(67)}`],
  ["a GitHub token", `ghp_${letters(36)}`],
  ["a GitHub token", `github_pat_${letters(70)}`],
  ["a Rancher API key", `token-abcde:${letters(54)}`],
  ["a Rancher API key", `kubeconfig-user-x7gk2:${letters(54)}`],
  ["a Microsoft Entra client secret", `abc8Q~${letters(34)}`],
  ["a JSON web token", `eyJ${letters(20)}.eyJ${letters(20)}.${letters(20)}`],
  ["a Slack token or webhook", "https://hooks.slack.com/services/T000/B000/abc"],
  ["an address with a password", "https://admin:hunter2@rancher.example.com"],
];

/** Places of a secret: as a value, as a key, where nothing is known, where something else is expected. */
const PLACES: readonly (readonly [place: string, changes: (secret: string) => Changes, path: string])[] = [
  ["as a tag", (secret) => ({ "tags/a": secret }), "tags.a"],
  ["as the name", (secret) => ({ name: secret }), "name"],
  ["as an address", (secret) => ({ "access/operators": [secret, "198.51.100.0/24"] }), "access.operators[0]"],
  ["as the kind of state", (secret) => ({ state: { kind: secret } }), "state.kind"],
  ["as the key of a tag", (secret) => ({ tags: { [secret]: "x" } }), "tags"],
  ["as a cluster", (secret) => ({ "allowlist/clusters": { [secret]: ["203.0.113.1/32"] } }), "allowlist.clusters"],
  ["as a section", (secret) => ({ [secret.replaceAll("/", "|")]: 1 }), "the environment"],
];

describe.each(PLACES)("a secret %s", (_place, changes, path) => {
  test.each(SECRETS.filter(([, secret]) => path !== "the environment" || !secret.includes("/")))(
    "%s (%#) is refused in its own words and never shown",
    (what, secret) => {
      const error = refusal(changed(changes(secret)));
      expect(error.violations).toHaveLength(1);
      expect(error.violations[0]?.path).toBe(path);
      expect(error.violations[0]?.problem).toContain(`looks like ${what}, and a secret has no place`);
      expect(error.violations[0]?.remedy).toContain("revoke it");
      expect(JSON.stringify([error.message, error.violations, error.source])).not.toContain(secret);
    },
  );
});

test("what stands in an unknown field is not shown, secret or not", () => {
  const error = refusal(changed({ "aws/password": "hunter2", "state/sessionToken": { a: "hunter3" } }));
  expect(error.violations.map(({ path }) => path)).toEqual(["state.sessionToken", "aws.password"]);
  expect(error.message).not.toContain("hunter");
});

test("a secret in an unknown field is both", () => {
  const paths = violationsAfter({ "vault/token": SECRETS[0]?.[1] }).map(({ path }) => path);
  expect(paths).toEqual(["vault", "vault.token"]);
});

test("ordinary values are no secrets", () => {
  const values = {
    "tags/commit": "9fceb02d0ae598e95dc970b74767f19372d61af8",
    "tags/id": "1234abcd-12ab-34cd-56ef-1234567890ab",
    "tags/balancer": "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/Ranche/50dc6c495c0c9188",
    "tags/url": "https://rancher.example.com:8443/a@b",
  };
  expect(() => define(changed(values))).not.toThrow();
});

const REFERENCES: readonly (readonly [what: string, changes: Changes, path: string])[] = [
  ["a string token", { name: Token.asString({ a: 1 }) }, "name"],
  ["a list token", { "access/operators": Token.asList({ a: 1 }) }, "access.operators"],
  ["a number token", { "allowlist/scheduleMinutes": Token.asNumber({ a: 1 }) }, "allowlist.scheduleMinutes"],
  ["a list of numbers", { "allowlist/capacity/ipv4Sets": Token.asNumberList({ a: 1 }) }, "allowlist.capacity.ipv4Sets"],
  ["a map token", { tags: Token.asStringMap({ a: 1 }) }, "tags"],
  ["a token of any kind", { "tags/a": Token.asAny({ a: 1 }) }, "tags.a"],
  ["a token inside a text", { "allowlist/clusters/c": [`${Token.asString({ a: 1 })}/32`] }, "allowlist.clusters.c[0]"],
  ["a token as a key", { tags: { [Token.asString({ a: 1 })]: "x" } }, "tags"],
  ["a function of Terraform", { "tags/a": Fn.upper("x") }, "tags.a"],
  ["a reference", { "tags/a": "${aws_vpc.main.id}" }, "tags.a"],
  ["a directive", { "tags/a": "%{ if true }x%{ endif }" }, "tags.a"],
];

test.each(REFERENCES)("%s is refused as a reference, once", (_what, changes, path) => {
  const violations = violationsAfter(changes);
  expect(violations.map((violation) => violation.path)).toEqual([path]);
  expect(violations[0]?.problem).toContain("holds a Terraform reference or token");
  expect(violations[0]?.got).toBeUndefined();
});

class Local {
  readonly kind = "local";
}

const NO_DATA: readonly (readonly [what: string, value: unknown])[] = [
  ["a function", () => "x"],
  ["a symbol", Symbol("x")],
  ["a bigint", 111122223333n],
  ["an instance of Local", new Local()],
  ["an instance of Date", new Date(0)],
  ["an instance of Map", new Map([["kind", "local"]])],
  ["an instance of Promise", Promise.resolve({ kind: "local" })],
  ["an instance of URL", new URL("https://rancher.example.com")],
];

test.each(NO_DATA)("%s is no plain value, wherever it stands", (what, value) => {
  for (const [place, path] of Object.entries({ state: "state", "rancher/url": "rancher.url", "tags/a": "tags.a" })) {
    const violations = violationsAfter({ [place]: value });
    expect(violations.map((violation) => violation.path)).toEqual([path]);
    expect(violations[0]?.problem).toContain(`is ${what}, and an environment holds plain values only`);
  }
});

test("an instance of a class is refused as such, with its misspelt fields or without", () => {
  const account = new (class Account {
    readonly acountId = "111122223333";
  })();
  expect(violationsAfter({ aws: account }).map(({ path }) => path)).toEqual(["aws"]);
});

test("an object that contains itself is refused where it does", () => {
  const state: Record<string, unknown> = { kind: "local" };
  state.again = [{ state }];
  expect(violationsAfter({ state })).toEqual([
    { path: "state.again", problem: "is not a field of this section", remedy: expect.any(String) as string },
    { path: "state.again[0].state", problem: "contains itself", remedy: "write each object out where it is used" },
  ]);
});

test("an object may stand in two places", () => {
  const ranges = ["198.18.7.0/24"];
  expect(() => define(changed({ access: { operators: ranges, runners: ranges } }))).not.toThrow();
});

test.each([
  ["undefined", undefined],
  ["null", null],
  ["an empty list", []],
  ["a function", () => changed()],
  ["an instance of Promise", Promise.resolve(changed())],
  ['"prod"', "prod"],
])("%s is no environment", (got, input) => {
  expect(refusal(input).violations).toEqual([
    {
      path: "the environment",
      problem: "must be an object",
      got,
      remedy: expect.stringContaining("defineEnvironment") as string,
    },
  ]);
});
