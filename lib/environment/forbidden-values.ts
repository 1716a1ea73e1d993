import { formatPath, type Violation } from "./violation";

interface ForbiddenText {
  readonly pattern: RegExp;
  readonly problem: string;
  readonly remedy: string;
}

const SECRET_REMEDY = "take it out, revoke it, and name the secret by reference (ARN, variable, Key Vault id)";

/** Shapes of credentials, from their issuers' documentation of token formats. */
const SECRETS: readonly ForbiddenText[] = [
  ["an AWS access key id", /\b(AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ["an HCP Terraform token", /\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}/],
  ["a GitHub token", /\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})/],
  ["a Rancher API key", /\b(token-[a-z0-9]{5}|kubeconfig-u-[a-z0-9]+):[a-z0-9]{54}\b/],
  ["a Microsoft Entra client secret", /\b[A-Za-z0-9_~.-]{3}8Q~[A-Za-z0-9_~.-]{34}\b/],
  ["a JSON web token", /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+/],
].map(([what, pattern]) => ({
  pattern: pattern as RegExp,
  problem: `looks like ${what as string}, and a secret has no place in this file`,
  remedy: SECRET_REMEDY,
}));

/** CDKTF tokens and Terraform templates: an environment is data, known before anything is synthesized. */
const REFERENCE: ForbiddenText = {
  pattern: /\$\{|%\{|#\{Token\[|TfToken\[/,
  problem: "holds a Terraform reference or token, and an environment holds plain values only",
  remedy: "write the value itself, or pass it between stacks in code",
};

/** CDKTF encodes number tokens as enormous negative numbers; nothing in an environment is that small. */
const isNumberToken = (value: number): boolean => value < -1e280;

/**
 * Finds what may stand nowhere in an environment: secrets, references, and values that are not data. The found text is never
 * part of the result, since it may be the secret itself.
 */
export function findForbiddenValues(
  input: unknown,
): { readonly path: readonly PropertyKey[]; readonly violation: Violation }[] {
  const found: { path: readonly PropertyKey[]; violation: Violation }[] = [];
  const ancestors = new Set<object>();

  const refuse = (path: readonly PropertyKey[], problem: string, remedy: string, shown = path): void => {
    found.push({ path, violation: { path: formatPath(shown), problem, remedy } });
  };
  const forbiddenText = (text: string): ForbiddenText | undefined =>
    [...SECRETS, REFERENCE].find(({ pattern }) => pattern.test(text));
  const visit = (value: unknown, path: readonly PropertyKey[]): void => {
    if (typeof value === "string") {
      const forbidden = forbiddenText(value);
      if (forbidden) refuse(path, forbidden.problem, forbidden.remedy);
    } else if (typeof value === "number") {
      if (isNumberToken(value)) refuse(path, REFERENCE.problem, REFERENCE.remedy);
    } else if (typeof value === "function" || typeof value === "symbol" || typeof value === "bigint") {
      refuse(
        path,
        `is a ${typeof value}, and an environment holds plain values only`,
        "write a string, number or boolean",
      );
    } else if (typeof value === "object" && value !== null) {
      if (ancestors.has(value)) {
        refuse(path, "contains itself", "write each object out where it is used");
        return;
      }
      ancestors.add(value);
      for (const [key, child] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
        // A key that may be a secret is not shown: its place is named by what holds it.
        const forbidden = typeof key === "string" ? forbiddenText(key) : undefined;
        if (forbidden) refuse([...path, key], `has a key that ${forbidden.problem}`, forbidden.remedy, path);
        else visit(child, [...path, key]);
      }
      ancestors.delete(value);
    }
  };
  visit(input, []);
  return found;
}
