/** Joined parts, in base64: the one shape of expression that is read here. */
const JOINED = /^\$\{base64encode\(join\("", \[(.*)\]\)\)\}$/s;

/** A quoted text, or a reference. */
const PART = /^(?:"((?:[^"\\]|\\.)*)"|([\w.-]+))(?:, |$)/s;

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };

/**
 * What Terraform makes of `${base64encode(join("", [...]))}`, decoded again: the texts as its language reads them, and values in the
 * places of references (HashiCorp, "Strings and Templates", "Escape Sequences").
 *
 * @throws Error for another expression, for a text with a template in it, and for a reference without a value
 */
export function evaluated(expression: string, values: Readonly<Record<string, string>>): string {
  let rest = JOINED.exec(expression)?.[1];
  if (rest === undefined) throw new Error(`${expression.slice(0, 80)} is no text of joined parts`);
  let text = "";
  while (rest !== "") {
    const [whole, quoted, reference = ""]: (string | undefined)[] = PART.exec(rest) ?? [];
    if (whole === undefined) throw new Error(`${rest.slice(0, 80)} begins with neither text nor reference`);
    text += quoted === undefined ? valueOf(reference, values) : unquoted(quoted);
    rest = rest.slice(whole.length);
  }
  return text;
}

function valueOf(reference: string, values: Readonly<Record<string, string>>): string {
  const value = values[reference];
  if (value === undefined) throw new Error(`nothing is known of ${reference}`);
  return value;
}

/** Before a brace, `$` and `%` begin a template unless they are doubled; elsewhere they are themselves. */
function unquoted(quoted: string): string {
  const plain = quoted.replaceAll(/([$%])\1\{/g, "$1\0");
  if (/[$%]\{/.test(plain)) throw new Error(`a template stands in ${quoted.slice(0, 80)}`);
  return plain
    .replaceAll(/\\(?:u([0-9a-f]{4})|(.))/gis, (escape, code: string | undefined, letter = "") => {
      const character = code === undefined ? ESCAPES[String(letter)] : String.fromCharCode(parseInt(code, 16));
      if (character === undefined) throw new Error(`Terraform knows no ${escape}`);
      return character;
    })
    .replaceAll("\0", "{");
}
