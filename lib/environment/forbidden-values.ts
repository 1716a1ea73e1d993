import { withoutCertificates } from "./pem";
import { isPlainObject } from "./values";
import type { Fault, Path } from "./violation";

interface ForbiddenText {
  readonly pattern: RegExp;
  readonly problem: string;
  readonly remedy: string;
}

const SECRET_REMEDY = "take it out, revoke it, and name the secret by reference (ARN, variable, Key Vault id)";

/** Shapes of credentials, from their issuers' documentation of token formats. */
const SECRET_SHAPES: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["an AWS access key id", /(?<![A-Za-z0-9])(AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/],
  [
    "an AWS secret access key",
    // The end of an ARN can have the same shape.
    /(?<!arn:\S*)(?<![A-Za-z0-9/+])(?=[^\s"]*[a-z])(?=[^\s"]*[A-Z])(?=[^\s"]*\d)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/,
  ],
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ["an HCP Terraform token", /(?<![A-Za-z0-9])[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}/],
  ["a GitHub token", /(?<![A-Za-z0-9])(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})/],
  ["a Rancher API key", /(?<![A-Za-z0-9])(token|kubeconfig)-[a-z0-9-]+:[a-z0-9]{54}(?![A-Za-z0-9])/],
  ["a Microsoft Entra client secret", /(?<![\w~.-])[A-Za-z0-9_~.-]{3}8Q~[A-Za-z0-9_~.-]{34}(?![\w~.-])/],
  ["a JSON web token", /(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+/],
  ["a Slack token or webhook", /(?<![A-Za-z0-9])xox[a-z]-[A-Za-z0-9-]{10,}|hooks\.slack\.com\/services\/\w+/],
  ["an address with a password", /:\/\/[^/\s:@]*:[^/\s@]+@/],
];

const SECRETS: readonly ForbiddenText[] = SECRET_SHAPES.map(([what, pattern]) => ({
  pattern,
  problem: `looks like ${what}, and a secret has no place in this file`,
  remedy: SECRET_REMEDY,
}));

/** CDKTF tokens and Terraform templates: an environment is data, known before anything is synthesized. */
const REFERENCE: ForbiddenText = {
  pattern: /\$\{|%\{|TfToken\[/,
  problem: "holds a Terraform reference or token, and an environment holds plain values only",
  remedy: "write the value itself, or pass it between stacks in code",
};

/** CDKTF encodes number tokens as enormous negative numbers; nothing in an environment is that small. */
const isNumberToken = (value: unknown): boolean => typeof value === "number" && value < -1e280;

/** CDKTF encodes a list that is known only later as a list of one token. */
const isListToken = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length === 1 &&
  value.every((only) => isNumberToken(only) || (typeof only === "string" && only.startsWith("#{TfToken[")));

/** Every other value of CDKTF that is known only later. */
const isResolvable = (value: object): boolean => "resolve" in value && typeof value.resolve === "function";

/** Whether a text holds something that has the shape of a secret. */
export const isSecret = (text: string): boolean => SECRETS.some(({ pattern }) => pattern.test(text));

/** A text in which secrets are hidden, for messages that others wrote. */
export function hideSecrets(text: string): string {
  return isSecret(text) ? "(a message with a secret in it, not shown)" : text;
}

/** A certificate is public, and a line of one can have the shape of a secret. */
function forbiddenText(text: string): ForbiddenText | undefined {
  const readable = withoutCertificates(text);
  return [...SECRETS, REFERENCE].find(({ pattern }) => pattern.test(readable));
}

/**
 * Finds what may stand nowhere in an environment: secrets, references, and values that are not data. The found text is never
 * part of the result, since it may be the secret itself.
 */
export function findForbiddenValues(input: unknown): Fault[] {
  const found: Fault[] = [];
  const ancestors = new Set<object>();

  const refuse = (path: Path, { problem, remedy }: Omit<ForbiddenText, "pattern">, shownPath = path): void => {
    found.push({ path, shownPath, problem, remedy });
  };
  const refuseAsNoData = (path: Path, what: string): void => {
    refuse(path, {
      problem: `is ${what}, and an environment holds plain values only`,
      remedy: "write the value out: text, a number, true or false, a list or an object",
    });
  };
  const visitObject = (value: object, path: Path): void => {
    if (ancestors.has(value)) {
      refuse(path, { problem: "contains itself", remedy: "write each object out where it is used" });
      return;
    }
    ancestors.add(value);
    for (const [key, child] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
      // A key that may be a secret is not shown: its place is named by what holds it.
      const forbidden = typeof key === "string" ? forbiddenText(key) : undefined;
      if (forbidden) {
        refuse([...path, key], { ...forbidden, problem: `has a key that ${forbidden.problem}` }, path);
      } else visit(child, [...path, key]);
    }
    ancestors.delete(value);
  };
  const visit = (value: unknown, path: Path): void => {
    if (typeof value === "string") {
      const forbidden = forbiddenText(value);
      if (forbidden) refuse(path, forbidden);
    } else if (typeof value === "function" || typeof value === "symbol" || typeof value === "bigint") {
      refuseAsNoData(path, `a ${typeof value}`);
    } else if (isNumberToken(value) || isListToken(value)) {
      refuse(path, REFERENCE);
    } else if (typeof value === "object" && value !== null) {
      if (isResolvable(value)) refuse(path, REFERENCE);
      else if (Array.isArray(value) || isPlainObject(value)) visitObject(value, path);
      else refuseAsNoData(path, `an instance of ${value.constructor.name}`);
    }
  };
  visit(input, []);
  return found;
}
