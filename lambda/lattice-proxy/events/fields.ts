import type { Header } from "../message";

/** Names with a value each, as JSON holds headers and parameters; absent or null where there are none. */
export type OneEach = Readonly<Record<string, unknown>> | null | undefined;
/** The same with several values each. */
export type SeveralEach = Readonly<Record<string, readonly unknown[] | undefined>> | null | undefined;

/**
 * Names and values in turn.
 *
 * @throws TypeError for what is no text
 */
export function pairsOf(several: SeveralEach, one?: OneEach): readonly Header[] {
  if (several) {
    return Object.entries(several).flatMap(([name, values]) =>
      (values ?? []).map((value) => [name, textOf(value)] as const),
    );
  }
  return Object.entries(one ?? {}).map(([name, value]) => [name, textOf(value)]);
}

/** @throws TypeError for what is no text: events are as good as whoever may invoke the function */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  throw new TypeError(`the event holds a value of type ${typeof value} where a text belongs`);
}

/** Parameters as a query, or nothing where there are none; `a` and `a=` come as the same, and leave as `a=`. */
export function queryOf(parameters: readonly Header[]): string | undefined {
  return parameters.length === 0 ? undefined : parameters.map((parameter) => parameter.join("=")).join("&");
}

/** All values of each header by its name as it was first spelled: names are the same in any case. */
export function grouped(headers: readonly Header[]): readonly (readonly [name: string, values: readonly string[]])[] {
  const groups = new Map<string, readonly [string, string[]]>();
  for (const [name, value] of headers) {
    const group = groups.get(name.toLowerCase());
    if (group === undefined) groups.set(name.toLowerCase(), [name, [value]]);
    else group[1].push(value);
  }
  return [...groups.values()];
}
