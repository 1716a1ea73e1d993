import { z } from "zod";

import { expected, says } from "./fields";
import { isPlainObject } from "./values";

const SEPARATOR = "\u001e";

/** The names of a section's fields, from the one string that zod carries with an unknown key. */
export const knownFields = (message: string): readonly string[] => message.split(SEPARATOR);

/**
 * An object of named fields, and no others.
 *
 * @param example what to write, in the file's own notation
 * @param alternatives names that can stand instead of the fields, known to whoever mistypes one
 */
export function section<const Shape extends z.core.$ZodLooseShape>(
  example: string,
  shape: Shape,
  alternatives: readonly string[] = [],
) {
  const fields = Object.keys(shape).filter((name) => !isWithheld(shape[name]));
  const known = [...fields, ...alternatives].join(SEPARATOR);
  const isNoObject = expected("an object", `write ${example}`);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? known : isNoObject(issue)),
  });
}

/** A field of what could stand in a section's place: whoever writes it here is told why it says nothing. */
export const withheld = (problem: string, remedy: string) => z.undefined({ error: says(problem, remedy) }).optional();

const isWithheld = (field: unknown): boolean =>
  field instanceof z.ZodOptional && field.unwrap() instanceof z.ZodUndefined;

/** How many items a list may have, and what to say of any other number. */
interface Bounds {
  readonly min?: number;
  readonly max?: number;
  /** As {@link says} writes it. */
  readonly fault: string;
}

/** A list of one kind of item. A fault in an item does not hide that there are too few. */
export function listOf<const Item extends z.ZodType>(item: Item, what: string, example: string, bounds?: Bounds) {
  const list = z.array(item, { error: expected(what, `write for example ${example}`) });
  if (bounds === undefined) return list;
  const { min = 0, max = Infinity, fault } = bounds;
  return list.superRefine(
    (items, context) => {
      if (items.length < min || items.length > max) context.addIssue({ code: "custom", path: [], message: fault });
    },
    { when: ({ value }) => Array.isArray(value) },
  );
}

/** Marks a fault of a key, or of fields together: what stands there is still read, and not shown as what was found. */
export const ABOUT_THE_KEY = { about: "key" } as const;

/** Why a key may not stand in a map, as {@link says} writes it; `undefined` for a key that may. */
type KeyFault = (key: string, keys: readonly string[]) => string | undefined;

/** A map of names that the user chooses. A fault in a key does not hide those of what stands under it. */
export function mapOf<const Value extends z.ZodType>(value: Value, keyFault: KeyFault, what: string, example: string) {
  return z.record(z.string(), value, { error: expected(what, `write for example ${example}`) }).superRefine(
    (map, context) => {
      const keys = Object.keys(map);
      for (const key of keys) {
        const message = keyFault(key, keys);
        if (message !== undefined) context.addIssue({ code: "custom", path: [key], message, params: ABOUT_THE_KEY });
      }
    },
    { when: ({ value: map }) => isPlainObject(map) },
  );
}

/**
 * Something that is made here, or `{ existing: … }` that somebody else manages. Which of the two is meant shows in that
 * key, and only its faults are told.
 */
export function madeOrExisting<Made extends z.ZodObject, Existing extends z.ZodObject>(
  what: string,
  made: Made,
  existing: Existing,
) {
  const alone = says("cannot stand beside 'existing'", "keep one of the two");
  const ofExisting = z.strictObject(
    {
      /** Somebody else manages it; nothing in it is changed. */
      existing,
    },
    { error: alone },
  );
  return z
    .custom<z.input<Made> | z.input<typeof ofExisting>>()
    .transform((value, context): z.output<Made> | z.output<typeof ofExisting> => {
      const strays = straysOf(value, made, existing);
      const [stray] = strays;
      if (stray !== undefined) {
        const message = says(
          `describes ${what} that exists already, and stands outside of 'existing'`,
          `write existing: { ${strays.join(", ")}, … }`,
        );
        context.issues.push({ code: "custom", input: value, path: [stray], message });
        return z.NEVER;
      }
      return saysExisting(value) ? readAs(ofExisting, value, context) : readAs(made, value, context);
    });
}

/** One of two shapes. Which of them is meant shows in the value, and only its faults are told. */
export function eitherOf<One extends z.ZodType, Other extends z.ZodType>(
  one: One,
  other: Other,
  isOther: (value: unknown) => boolean,
) {
  return z
    .custom<z.input<One> | z.input<Other>>()
    .transform((value, context) => (isOther(value) ? readAs(other, value, context) : readAs(one, value, context)));
}

/** What a shape makes of a value, its faults told as those of the shape around it. */
function readAs<Shape extends z.ZodType>(
  shape: Shape,
  value: unknown,
  context: z.core.$RefinementCtx,
): z.output<Shape> {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  context.issues.push(...result.error.issues.map((issue) => ({ ...issue, input: undefined })));
  return z.NEVER;
}

const saysExisting = (value: unknown): boolean => isPlainObject(value) && "existing" in value;

/** Fields that only something existing has, written beside where they belong. */
function straysOf(value: unknown, made: z.ZodObject, existing: z.ZodObject): readonly string[] {
  if (!isPlainObject(value) || saysExisting(value)) return [];
  return Object.keys(value).filter((key) => key in existing.shape && !(key in made.shape));
}
