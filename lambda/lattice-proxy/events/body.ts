import { isUtf8 } from "node:buffer";

import { hasLostBytes, type Header, type ProxyResponse, valuesOf } from "../message";
import { textOf } from "./fields";

/** A body in an event or an answer: text as it is, anything else in base64. */
export interface EventBody {
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/**
 * The bytes of an event's body.
 *
 * @throws TypeError when it is no text
 */
export function bytesOf(body: string | null | undefined, isBase64Encoded: boolean): Buffer {
  return Buffer.from(textOf(body ?? ""), isBase64Encoded ? "base64" : "utf8");
}

/**
 * What is gone of an event's body, as far as only its characters tell. The one that stands for lost bytes may also have been sent: where
 * there is a length, that decides.
 */
export function lossOf(
  { body, isBase64Encoded }: { readonly body?: string | null; readonly isBase64Encoded: boolean },
  headers: readonly Header[],
): string | undefined {
  if (isBase64Encoded || valuesOf(headers, "content-length").length > 0) return undefined;
  return hasLostBytes(body ?? "") ? "the body holds bytes that are no UTF-8" : undefined;
}

const TEXT = /^(text\/|application\/(json|javascript|xml|x-www-form-urlencoded)\b|[a-z]+\/[^;]+\+(json|xml)\b)/i;

/** The body of an answer: text where every byte of it survives that, without a third more of it. */
export function bodyOf({ headers, body }: ProxyResponse): EventBody {
  return isText(headers, body)
    ? { body: body.toString("utf8"), isBase64Encoded: false }
    : { body: body.toString("base64"), isBase64Encoded: true };
}

function isText(headers: ProxyResponse["headers"], body: Buffer): boolean {
  const isPlain = valuesOf(headers, "content-encoding").every((coding) => coding.trim().toLowerCase() === "identity");
  return isPlain && valuesOf(headers, "content-type").every((type) => TEXT.test(type)) && isUtf8(body);
}
