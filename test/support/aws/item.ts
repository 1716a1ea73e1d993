import { DynamoDBServiceException, type AttributeValue } from "@aws-sdk/client-dynamodb";

/** The types of attribute that the fake can also put on its stream. */
export type FakeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly SS: readonly string[] }
  | { readonly L: readonly FakeValue[] }
  | { readonly NULL: true };

export type FakeItem = Readonly<Record<string, FakeValue>>;

const KB = 1024;
/** Largest item, with its names, in bytes. Source: Amazon DynamoDB Developer Guide, "Quotas in Amazon DynamoDB". */
const MAX_ITEM_BYTES = 400 * KB;
/** Longest partition key and sort key, in bytes. Source: as above. */
const MAX_KEY_BYTES = [2 * KB, 1 * KB] as const;

/**
 * What DynamoDB takes an item to weigh, in bytes. A number's weight is said to be approximate.
 * Source: Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats".
 */
export function itemBytes(item: FakeItem): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += Buffer.byteLength(name) + valueBytes(value);
  return bytes;
}

function valueBytes(value: FakeValue): number {
  if ("S" in value) return Buffer.byteLength(value.S);
  if ("N" in value) return Math.ceil(significantDigits(value.N) / 2) + 1;
  if ("SS" in value) return value.SS.reduce((bytes, element) => bytes + Buffer.byteLength(element), 0);
  if ("L" in value) return value.L.reduce((bytes, element) => bytes + valueBytes(element) + 1, 3);
  return 1;
}

function significantDigits(number: string): number {
  const [mantissa = ""] = number.toLowerCase().split("e");
  const digits = mantissa.replace(/[^\d]/g, "");
  return digits.replace(/^0+|0+$/g, "").length;
}

/**
 * Refuses what DynamoDB would not store.
 *
 * @param keys names of the partition key and, if there is one, the sort key; both strings
 * @throws DynamoDBServiceException named ValidationException
 */
export function validateItem(item: FakeItem, keys: readonly string[]): void {
  for (const [index, key] of keys.entries()) {
    const value = textOf(item[key]);
    if (value === undefined || value === "") throw validationError(`key ${key} is missing, empty or no string`);
    const most = MAX_KEY_BYTES[index] ?? 0;
    if (Buffer.byteLength(value) > most) throw validationError(`key ${key} is longer than ${most} bytes`);
  }
  if (itemBytes(item) > MAX_ITEM_BYTES) throw validationError(`the item is larger than ${MAX_ITEM_BYTES} bytes`);
}

/** What DynamoDB answers to a request that is wrong in itself. */
export function validationError(message: string): DynamoDBServiceException {
  return new DynamoDBServiceException({
    $metadata: { httpStatusCode: 400 },
    name: "ValidationException",
    $fault: "client",
    message,
  });
}

/** The text of a string attribute. */
export function textOf(value: AttributeValue | FakeValue | undefined): string | undefined {
  return value !== undefined && "S" in value ? value.S : undefined;
}

/** A copy that shares nothing with the item, of some of its attributes or of all. */
export function copyItem(item: FakeItem, attributes?: readonly string[]): Record<string, CopiedValue> {
  const chosen = Object.entries(item).filter(([name]) => attributes?.includes(name) ?? true);
  return Object.fromEntries(chosen.map(([name, value]) => [name, copyValue(value)]));
}

/** A value that is good for the SDK, whose lists can be changed, and for the fake. */
type CopiedValue = FakeValue & AttributeValue;

function copyValue(value: FakeValue): CopiedValue {
  if ("SS" in value) return { SS: [...value.SS] };
  if ("L" in value) return { L: value.L.map(copyValue) };
  return { ...value };
}

/** Whether DynamoDB sees no difference: neither the attributes nor the elements of a set have an order. */
export function isSameItem(a: FakeItem, b: FakeItem): boolean {
  return canonical(a) === canonical(b);
}

function canonical(item: FakeItem): string {
  const attributes = Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(
    attributes.map(([name, value]) => [name, "SS" in value ? { SS: [...new Set(value.SS)].sort() } : value]),
  );
}
