import { MAX_SLOTS, VARIABLES } from "./contract";
import type { PerFamily } from "./families";
import type { GuardLimits } from "./guard";

/** The function's settings, read from its environment variables. */
export interface Config {
  readonly environment: string;
  readonly tableName: string;
  readonly ipSetPrefix: string;
  readonly knowledgeBucket: string;
  /** How many sets of each family rules refer to. */
  readonly sets: PerFamily<number>;
  readonly guard: GuardLimits;
}

/**
 * Reads and checks the settings.
 *
 * @throws Error that names every variable at fault, with what it holds and what it should hold
 */
export function readConfig(variables: Readonly<Record<string, string | undefined>>): Config {
  const faults: string[] = [];
  // An empty variable counts as not set: that is how a template usually says "no value".
  const text = (name: string): string => {
    const value = variables[name] ?? "";
    if (value === "") faults.push(`${name} is not set`);
    return value;
  };
  const number = (name: string, rule: string, fits: (value: number) => boolean): number => {
    const written = text(name);
    const value = Number(written);
    if (written !== "" && !fits(value)) faults.push(`${name} is "${written}"; expected ${rule}`);
    return value;
  };

  const slots = (name: string): number =>
    number(
      name,
      `a whole number from 1 to ${MAX_SLOTS}`,
      (value) => Number.isInteger(value) && value >= 1 && value <= MAX_SLOTS,
    );

  const config: Config = {
    environment: text(VARIABLES.environment),
    tableName: text(VARIABLES.tableName),
    ipSetPrefix: text(VARIABLES.ipSetPrefix),
    knowledgeBucket: text(VARIABLES.knowledgeBucket),
    sets: { ipv4: slots(VARIABLES.ipv4Sets), ipv6: slots(VARIABLES.ipv6Sets) },
    guard: {
      maxShare: number(VARIABLES.guardMaxShare, "a number from 0 to 1", (value) => value >= 0 && value <= 1),
      maxAddresses: number(
        VARIABLES.guardMaxAddresses,
        "a whole number, 0 or more",
        (value) => Number.isSafeInteger(value) && value >= 0,
      ),
    },
  };
  if (faults.length > 0) throw new Error(`allowlist-sync is configured wrongly: ${faults.join("; ")}`);
  return config;
}
