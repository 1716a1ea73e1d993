import type { Clock } from "./clock";

/** Takes one line of output, without its line break. */
export type WriteLine = (line: string) => void;

/** How much a record matters. */
export type Level = "info" | "warn" | "error";

/** Fields of a record; only data that JSON can hold. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined | readonly (string | number)[]>>;

/** Writes structured records: one JSON object a line, `record` names its kind. */
export type Log = (level: Level, record: string, fields: Fields) => void;

/** A log that writes its records line by line. */
export function createLog(write: WriteLine, clock: Clock): Log {
  return (level, record, fields) => {
    write(JSON.stringify({ time: new Date(clock.now()).toISOString(), level, record, ...fields }));
  };
}

/** The first few of a list that may be long; the number of all stands beside it in the record. */
export function firstFew<T>(values: readonly T[]): readonly T[] {
  return values.slice(0, 10);
}

/** Anybody who can write the table chooses this text, and it goes to the log: keep it short. */
export function excerpt(text: string): string {
  return text.length <= 64 ? text : `${text.slice(0, 64)}…`;
}
