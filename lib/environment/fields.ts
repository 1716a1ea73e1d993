import { z } from "zod";

import { type AddressFault, type CidrResult, explainFault, parseAdmitted, parseCidr } from "../addresses";
import { HOST_NAME } from "./upstream";

const SEPARATOR = "\u001f";

/** A fault's two halves in the one string that zod carries. */
export const says = (problem: string, remedy: string): string => `${problem}${SEPARATOR}${remedy}`;

/** Takes {@link says} apart again; `undefined` for a message that is zod's own. */
export function said(message: string): { problem: string; remedy: string } | undefined {
  const [problem, remedy] = message.split(SEPARATOR);
  return problem === undefined || remedy === undefined ? undefined : { problem, remedy };
}

/** Says of a value that is missing, or of another type, what it should be. */
export const expected =
  (what: string, remedy: string) =>
  ({ input }: { readonly input?: unknown }): string =>
    says(`${input === undefined ? "is missing:" : "must be"} ${what}`, remedy);

/** How a text field explains itself. */
interface TextSpec {
  readonly pattern: RegExp;
  /** What it is, with its article: `an AWS account id of 12 digits`. */
  readonly what: string;
  /** Something to write, in the file's own notation. */
  readonly example: string;
}

/** A string of one shape. Missing, of another type or of another shape: one fault that says what it should be. */
export function text({ pattern, what, example }: TextSpec) {
  const remedy = `write for example ${example}`;
  return z.string({ error: expected(what, remedy) }).regex(pattern, { error: says(`must be ${what}`, remedy) });
}

/** A whole number within bounds. */
export function wholeNumber(what: string, min: number, max: number) {
  const bounds = `a whole number from ${min} to ${max}`;
  const error = ({ input }: { readonly input?: unknown }): string =>
    says(
      `must be ${what}, ${bounds}`,
      typeof input === "string" && /^\d+$/.test(input) ? "write it without quotes" : `write ${bounds}`,
    );
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  const list = words.map((word) => JSON.stringify(word)).join(" or ");
  return z.enum(words, { error: expected(list, `write ${list}`) });
}

/** True or false. */
export const trueOrFalse = z.boolean({ error: expected("true or false", "write true or false, without quotes") });

/** An address range in CIDR notation, read strictly; see `lib/addresses` for what is refused and why. */
export const cidr = rangeOf((range) => faultIn(parseCidr(range)));

/** An address range that a fence shall admit: as {@link cidr}, and not so wide that it would be no fence. */
export const admittedCidr = rangeOf((range) => faultIn(parseAdmitted(range)));

/** All addresses of a family, in the one spelling that says so on purpose. */
const EVERYWHERE: readonly string[] = ["0.0.0.0/0", "::/0"];

/** An address range for what may be open to everybody: as {@link cidr}, or every address of a family. */
export const openCidr = rangeOf((range) => (EVERYWHERE.includes(range) ? undefined : faultIn(parseCidr(range))));

const faultIn = (result: CidrResult): AddressFault | undefined => (result.ok ? undefined : result.fault);

function rangeOf(faultOf: (range: string) => AddressFault | undefined) {
  return z.string({ error: expected("an address range", 'write for example "198.51.100.0/24"') }).check((context) => {
    const found = faultOf(context.value);
    if (found === undefined) return;
    const { problem, remedy } = explainFault(found, context.value);
    context.issues.push({ code: "custom", input: context.value, message: says(problem, remedy) });
  });
}

/** A host name, not a wildcard. */
export const hostName = (whose: string, example: string) =>
  text({
    pattern: HOST_NAME,
    what: `${whose} in lower case, without a wildcard`,
    example: JSON.stringify(example),
  });

/** An AWS account id. */
export const accountId = text({
  pattern: /^\d{12}$/,
  what: "an AWS account id, 12 digits in quotes",
  example: '"111122223333"',
});

/** China and the isolated partitions have service names of their own, which the stacks do not know. */
export const region = text({
  pattern: /^(?!cn-|[a-z]{2}-iso)[a-z]{2}(-[a-z]+)+-\d$/,
  what: "an AWS Region code, without a zone's letter (China and the isolated partitions are not supported)",
  example: '"eu-central-1"',
});

/** An ARN of one service, and where it matters of one kind of resource. */
export const arn = (what: string, resource: RegExp, example: string) =>
  text({ pattern: new RegExp(`^arn:aws[a-z-]*:${resource.source}$`), what, example: JSON.stringify(example) });

/** The ARN of a KMS key; an alias may be pointed elsewhere. */
export const kmsKeyArn = arn(
  "the ARN of a KMS key (a key, not an alias)",
  /kms:[a-z0-9-]+:\d{12}:key\/[\w-]+/,
  "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
);

/**
 * The ARN of a Secrets Manager secret, in full: a role is granted exactly this ARN, and one without its six random characters fits no
 * secret (AWS Secrets Manager User Guide, "What's in a Secrets Manager secret?").
 */
export const secretArn = (name: RegExp, what: string, example: string) =>
  arn(
    `${what} in full, with the hyphen and six characters at its end: the role that reads it is granted exactly this ARN`,
    new RegExp(`secretsmanager:[a-z0-9-]+:\\d{12}:secret:${name.source}-[A-Za-z0-9]{6}`),
    example,
  );

/** The id of a hosted zone of Route 53. */
export const hostedZoneId = text({
  pattern: /^Z[A-Z0-9]{1,31}$/,
  what: "the id of a Route 53 hosted zone",
  example: '"Z0123456789ABCDEFGHIJ"',
});

/** The ARN of an IAM role. */
export const roleArn = arn(
  "the ARN of an IAM role",
  /iam::\d{12}:role\/[\w+=,.@/-]+/,
  "arn:aws:iam::111122223333:role/terraform",
);

/** The name of a profile of the AWS configuration. */
export const profile = text({
  pattern: /^[\w.@/-]+$/,
  what: "the name of a profile of the AWS configuration",
  example: '"prod"',
});

/** The account, Region and rest of an ARN that a field above has let through. */
export function arnParts(value: string): {
  readonly region: string;
  readonly accountId: string;
  readonly resource: string;
} {
  const [, , , regionCode = "", account = "", ...resource] = value.split(":");
  return { region: regionCode, accountId: account, resource: resource.join(":") };
}
