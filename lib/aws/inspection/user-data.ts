import { Fn } from "cdktf";

/** Amazon EC2 User Guide, "Run commands when you launch an EC2 instance with user data input": bytes before they are encoded. */
export const MOST_USER_DATA_BYTES = 16 * 1024;

/** A value that is known only after apply. */
export interface UnknownValue {
  readonly value: string;
  /** Bytes that it comes to at most. */
  readonly mostBytes: number;
}

/** Amazon S3 User Guide, "General purpose bucket naming rules" and "How S3 Versioning works": what both come to at most, in bytes. */
export const S3_BYTES = { bucket: 63, versionId: 1024 } as const;

const PLACEHOLDER = /\{\{(\w+)\}\}/g;

/**
 * Fills the `{{words}}` of the script that an instance runs when it boots.
 *
 * @param unknown values that are known only after apply
 * @returns base64, as a launch template takes it
 * @throws Error when words and values do not match, and when the script would be too large for EC2
 */
export function userData(
  script: string,
  values: Readonly<Record<string, string>>,
  unknown: Readonly<Record<string, UnknownValue>>,
): string {
  const names = Object.keys({ ...values, ...unknown });
  const wanted = new Set([...script.matchAll(PLACEHOLDER)].map(([, name = ""]) => name));
  const missing = [...wanted].filter((name) => !names.includes(name));
  const unused = names.filter((name) => !wanted.has(name));
  if (missing.length > 0) throw new Error(`the user data wants a value for ${missing.join(", ")}`);
  if (unused.length > 0) throw new Error(`the user data has no place for ${unused.join(", ")}`);
  const longest = script.replaceAll(
    PLACEHOLDER,
    (_, name: string) => values[name] ?? "x".repeat(unknown[name]?.mostBytes ?? 0),
  );
  const bytes = Buffer.byteLength(longest);
  if (bytes > MOST_USER_DATA_BYTES) {
    throw new Error(
      `the user data may come to ${bytes} bytes, and EC2 takes ${MOST_USER_DATA_BYTES}; move what it does into the appliance's files`,
    );
  }
  const known = script.replaceAll(PLACEHOLDER, (placeholder, name: string) => values[name] ?? placeholder);
  // The odd parts are names: what a pattern with a group splits off.
  const parts = known
    .split(PLACEHOLDER)
    .map((part, place) => (place % 2 === 0 ? literal(part) : (unknown[part]?.value ?? "")));
  return Fn.base64encode(Fn.join("", parts));
}

/**
 * Text in which Terraform reads no template of its own: shells know `${…}`, and curl knows `%{…}`. CDKTF takes care of quotes, line
 * ends and the first of the two; backslashes and the other are left to whoever calls it.
 */
function literal(text: string): string {
  return Fn.rawString(text.replaceAll("\\", "\\\\").replaceAll("%{", "%%{"));
}

/** What neither a shell, nor systemd, nor Python reads as anything but itself between double quotes. */
const PLAIN = /^[^"'\\$`\p{Cc}]*$/u;

/**
 * The settings of an appliance as lines `KEY="value"`.
 *
 * @throws Error for a value that would end its quotes, or mean something within them
 */
export function settingsFile(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([key, value]) => {
      if (!PLAIN.test(value))
        throw new Error(`${key} holds quotes, $, backslashes or line ends: ${JSON.stringify(value)}`);
      return `${key}="${value}"`;
    })
    .join("\n");
}
