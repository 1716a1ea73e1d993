import { Malformed, readRequest, valuesOf, type AnswerMessage, type Header, type RequestMessage } from "../message";

/** The four forms of events. */
export type Form = "alb" | "albMultiValue" | "restApi" | "httpApi";

/** What a front knows of a client besides the request. */
export interface Client {
  readonly address: string;
}

/** What can still be said of a request behind a front: equal for two requests that the front makes the same event of. */
export interface Known {
  readonly method: string;
  readonly path: string;
  /** As text where the front keeps it, else names with their values. */
  readonly query: string | Readonly<Record<string, readonly string[]>>;
  readonly headers: readonly Header[];
  readonly body: Buffer;
}

/** A request that went in: the event that the function gets, and what is still known of the request. */
export interface Entered {
  readonly event: object;
  readonly known: Known;
}

/** Something that AWS has in front of a function, with what that loses of requests and answers. */
export interface Front {
  readonly form: Form;
  /** As the environment's file calls it. */
  readonly kind: "alb" | "restApi" | "httpApi";
  /** @throws Refused with the front's own answer */
  enter(request: RequestMessage, client: Client): Entered;
  /** Reads a request that arrived in the terms of {@link Entered.known}. */
  read(request: RequestMessage): Pick<Known, "path" | "query">;
  /**
   * Makes of the function's result what the client gets.
   *
   * @throws Refused when the front takes no such result
   */
  leave(result: unknown): AnswerMessage;
  /** What of a service's headers can still reach the client, by names in lower case. */
  headersBack(headers: readonly Header[]): ReadonlyMap<string, readonly string[]>;
}

/** The front answers itself. */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Lambda's limit of what is handed to a function and of what it answers. Source: AWS Lambda Developer Guide, "Lambda quotas". */
export const LAMBDA_PAYLOAD_BYTES = 6 * 1024 * 1024;

/** @throws Refused when these bytes are not exactly one request */
export function oneRequest(bytes: Buffer): RequestMessage {
  try {
    const read = readRequest(bytes);
    if (read?.rest.length !== 0) throw new Malformed("not exactly one request");
    return read.request;
  } catch (error) {
    if (error instanceof Malformed) throw new Refused(400, error.message);
    throw error;
  }
}

/** @throws Refused when Lambda would not be handed it */
export function checkEvent(event: object): void {
  if (Buffer.byteLength(JSON.stringify(event)) > LAMBDA_PAYLOAD_BYTES) throw new Refused(413, "the event is too large");
}

/** Bytes as the text that stands in JSON. What is no UTF-8 is lost there. */
export function textOf(bytes: Buffer): string {
  return bytes.toString("utf8");
}

/** Header's values as JSON has them: texts, not bytes. */
export function fieldText(value: string): string {
  return textOf(Buffer.from(value, "latin1"));
}

/** A text of JSON as the bytes of a header. @throws Refused when it cannot stand in one */
export function fieldBytes(value: unknown, name: string): string {
  if (typeof value !== "string") throw new Refused(502, `${name} is ${typeof value}`);
  if (/[\r\n\0]/.test(value)) throw new Refused(502, `${name} would end its line`);
  return Buffer.from(value).toString("latin1");
}

/** Types that are text to a load balancer, and to an API that knows no binary types. */
export function isText(headers: readonly Header[]): boolean {
  const find = (wanted: string): string | undefined => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  if (find("content-encoding") !== undefined) return false;
  const type = (find("content-type") ?? "").toLowerCase().replace(/\s*;.*/s, "");
  return type.startsWith("text/") || /^application\/(json|javascript|xml)$/.test(type);
}

/** Fields of a function's result. @throws Refused when it is none, or has a field that nobody knows */
export function fieldsOf(result: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof result !== "object" || result === null) throw new Refused(502, "the result is no object");
  const unknown = Object.keys(result).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Refused(502, `the result has ${unknown.join()}`);
  return result as Readonly<Record<string, unknown>>;
}

/** @throws Refused when it is no status of a final answer */
export function statusOf({ statusCode }: Readonly<Record<string, unknown>>): number {
  if (typeof statusCode !== "number" || !Number.isInteger(statusCode) || statusCode < 200 || statusCode > 599) {
    throw new Refused(502, `statusCode is ${String(statusCode)}`);
  }
  return statusCode;
}

/** @throws Refused when the body is not the text, or the base64, that it is said to be */
export function bodyOf({ body = "", isBase64Encoded = false }: Readonly<Record<string, unknown>>): Buffer {
  if (typeof body !== "string" || typeof isBase64Encoded !== "boolean") throw new Refused(502, "the body is no text");
  if (!isBase64Encoded) return Buffer.from(body);
  const bytes = Buffer.from(body, "base64");
  if (bytes.toString("base64") !== body) throw new Refused(502, "the body is no base64");
  return bytes;
}

/** Values of a map in a result. @throws Refused */
export function mapOf(value: unknown, name: string): readonly (readonly [string, unknown])[] {
  if (value === undefined) return [];
  if (typeof value !== "object" || value === null) throw new Refused(502, `${name} is no map`);
  return Object.entries(value);
}

/** Of a map to lists. @throws Refused */
export function listsOf(value: unknown, name: string): readonly Header[] {
  return mapOf(value, name).flatMap(([header, values]) => {
    if (!Array.isArray(values)) throw new Refused(502, `${name}.${header} is no list`);
    return values.map((one: unknown): Header => [header, fieldBytes(one, header)]);
  });
}

/** Of a map to texts. @throws Refused */
export function textsOf(value: unknown, name: string): readonly Header[] {
  return mapOf(value, name).map(([header, one]): Header => [header, fieldBytes(one, header)]);
}

/** The headers that every front writes anew from what it knows. */
const COMPUTED = ["connection", "content-length", "transfer-encoding", "keep-alive"];

/** An answer as any front sends it: by HTTP/1.1, with a length of its own. */
export function finished(status: number, reason: string, headers: readonly Header[], body: Buffer): AnswerMessage {
  const kept = headers.filter(([name]) => !COMPUTED.includes(name.toLowerCase()));
  return { status, reason, headers: [...kept, ["Content-Length", String(body.length)]], body };
}

/** An answer's headers, of which every front wants one that says the body's type, also where there is no body. */
export function typed(headers: readonly Header[], type: string): readonly Header[] {
  return valuesOf(headers, "content-type").length > 0 ? headers : [...headers, ["content-type", type]];
}

/** What a load balancer or an API writes about the client, behind what the client says about others. */
export function forwarded(headers: readonly Header[], { address }: Client): readonly Header[] {
  const before = headers.filter(([name]) => name.toLowerCase() === "x-forwarded-for").map(([, value]) => value);
  const rest = headers.filter(([name]) => !/^x-forwarded-(for|port|proto)$/i.test(name));
  const hasTrace = rest.some(([name]) => name.toLowerCase() === "x-amzn-trace-id");
  return [
    ...rest,
    ["X-Forwarded-For", [...before, address].join(", ")],
    ["X-Forwarded-Port", "443"],
    ["X-Forwarded-Proto", "https"],
    ...(hasTrace ? [] : [["X-Amzn-Trace-Id", "Root=1-6a5145a7-5c3686ff7df3149177a89157"] as const]),
  ];
}

/** Groups values by names; the order of the names is lost, as in every map. */
export function grouped(pairs: readonly Header[]): Readonly<Record<string, readonly string[]>> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value]);
  return Object.fromEntries(groups);
}

/** The last value of each name. */
export function lastOf(groups: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(groups).map(([name, values]) => [name, values.at(-1) ?? ""]));
}

/** Pairs of a query, undecoded; what is empty says nothing. */
export function pairsOf(query: string | undefined, separator: string | RegExp = "&"): readonly Header[] {
  return (query ?? "")
    .split(separator)
    .filter((part) => part !== "")
    .map((part) => {
      const at = part.indexOf("=");
      return at === -1 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
    });
}
