import type { Header } from "../message";

/** Names with a value each, or several, as JSON holds headers and parameters; absent or null where there are none. */
export type OneEach = Readonly<Record<string, string | undefined>> | null | undefined;
export type SeveralEach = Readonly<Record<string, readonly string[] | undefined>> | null | undefined;

/** Names and values in turn. */
export function pairsOf(several: SeveralEach, one?: OneEach): readonly Header[] {
  if (several)
    return Object.entries(several).flatMap(([name, values]) => (values ?? []).map((value) => [name, value] as const));
  return Object.entries(one ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
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

/** The characters that stand for bytes which were no UTF-8: what they were, nobody can know. */
export function hasLostBytes(text: string): boolean {
  return /[\uFFFD\p{Surrogate}]/u.test(text);
}
