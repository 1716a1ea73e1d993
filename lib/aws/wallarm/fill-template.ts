/** What may take the place of one word: a list repeats the line that holds it, once for each element, none at all when empty. */
export type TemplateValue = string | number | readonly (string | number)[];

const PLACEHOLDER = /\{\{(\w+)\}\}/g;

/** One word of NGINX's language, and no more: no space, quote, brace, semicolon, `#`, `$` or backslash. */
const WORD = /^[A-Za-z0-9._:/-]+$/;

/** The one variable that stands in the place of a value: the host that the client asked for. */
const VARIABLES: readonly string[] = ["$host"];

/**
 * Fills the `{{words}}` of a configuration file.
 *
 * @throws Error when a value could be read as more than one word, and when placeholders and values do not match exactly
 */
export function fillTemplate(template: string, values: Readonly<Record<string, TemplateValue>>): string {
  const unused = new Set(Object.keys(values));
  const lines = template.split("\n").flatMap((line) => {
    const names = [...line.matchAll(PLACEHOLDER)].map(([, name = ""]) => name);
    for (const name of names) unused.delete(name);
    return fillLine(line, names, values);
  });
  if (unused.size > 0) throw new Error(`the template has no place for ${[...unused].join(", ")}`);
  return lines.join("\n");
}

function fillLine(
  line: string,
  names: readonly string[],
  values: Readonly<Record<string, TemplateValue>>,
): readonly string[] {
  return names.reduce<readonly string[]>(
    (lines, name) => {
      const value = values[name];
      if (value === undefined) throw new Error(`the template wants a value for ${name}`);
      const words = typeof value === "object" ? value : [value];
      return words.flatMap((word) => lines.map((filled) => filled.replace(`{{${name}}}`, () => checkWord(name, word))));
    },
    [line],
  );
}

function checkWord(name: string, value: string | number): string {
  const word = String(value);
  if (!WORD.test(word) && !VARIABLES.includes(word)) {
    throw new Error(`${name} must be one plain word (got ${JSON.stringify(value)})`);
  }
  return word;
}
