import { DEFAULTS, VARIABLES } from "./contract";
import type { GuardLimits } from "./plan";

/** The function's settings, read from its environment variables. */
export interface Config {
  readonly environment: string;
  readonly tableName: string;
  readonly ipSetPrefix: string;
  readonly wafScope: "REGIONAL" | "CLOUDFRONT";
  readonly guard: GuardLimits;
  readonly metricNamespace: string;
}

/**
 * Reads and checks the settings.
 *
 * @throws Error that names every variable at fault, with what it holds and what it should hold
 */
export function readConfig(variables: Readonly<Record<string, string | undefined>>): Config {
  const faults: string[] = [];
  // An empty variable counts as not set: that is how a template usually says "no value".
  const optional = (name: string): string | undefined => (variables[name] === "" ? undefined : variables[name]);
  const required = (name: string): string => {
    const value = optional(name);
    if (value === undefined) faults.push(`${name} is not set`);
    return value ?? "";
  };
  const number = (name: string, fallback: number, rule: string, fits: (value: number) => boolean): number => {
    const text = optional(name);
    const value = text === undefined ? fallback : Number(text);
    if (!fits(value)) faults.push(`${name} is "${text ?? ""}"; expected ${rule}`);
    return value;
  };

  const scope = optional(VARIABLES.wafScope) ?? DEFAULTS.wafScope;
  if (scope !== "REGIONAL" && scope !== "CLOUDFRONT") {
    faults.push(`${VARIABLES.wafScope} is "${scope}"; expected REGIONAL or CLOUDFRONT`);
  }

  const config: Config = {
    environment: required(VARIABLES.environment),
    tableName: required(VARIABLES.tableName),
    ipSetPrefix: required(VARIABLES.ipSetPrefix),
    wafScope: scope === "CLOUDFRONT" ? "CLOUDFRONT" : "REGIONAL",
    guard: {
      maxShare: number(
        VARIABLES.guardMaxShare,
        DEFAULTS.guardMaxShare,
        "a number from 0 to 1",
        (value) => value >= 0 && value <= 1,
      ),
      maxAddresses: number(
        VARIABLES.guardMaxAddresses,
        DEFAULTS.guardMaxAddresses,
        "a whole number, 0 or more",
        (value) => Number.isSafeInteger(value) && value >= 0,
      ),
    },
    metricNamespace: optional(VARIABLES.metricNamespace) ?? DEFAULTS.metricNamespace,
  };
  if (faults.length > 0) throw new Error(`allowlist-sync is configured wrongly: ${faults.join("; ")}`);
  return config;
}
