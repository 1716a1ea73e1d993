/** A header as it stood: one line, one value. */
export type Header = readonly [name: string, value: string];

/** What a front was asked, in no front's own form. */
export interface ProxyRequest {
  readonly method: string;
  /** As it goes into a request line: encoded, from its first slash on. */
  readonly path: string;
  /** As it goes into a request line, without the question mark. @default - none */
  readonly query?: string;
  /** In the event's order. Values may hold any character of Unicode, which stands for its bytes in UTF-8. */
  readonly headers: readonly Header[];
  /** Empty where there is none. */
  readonly body: Buffer;
  /** What the front did not hand over as it was sent, so that nobody can pass it on. @default - nothing that can be known */
  readonly lost?: string;
  /** The address that connected to the front. */
  readonly client?: string;
  /** HTTP's version as the front names it. */
  readonly protocol?: string;
  /** The front's own id of the request. */
  readonly id?: string;
}

/** What a client is to get. */
export interface ProxyResponse {
  readonly status: number;
  /** Reason phrase. @default - none */
  readonly statusText?: string;
  readonly headers: readonly Header[];
  readonly body: Buffer;
}

/** All values of one header. */
export function valuesOf(headers: readonly Header[], name: string): readonly string[] {
  return headers.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value);
}

/** The characters that stand for bytes which were no UTF-8: what they were, nobody can know. */
export function hasLostBytes(text: string): boolean {
  return /[\uFFFD\p{Surrogate}]/u.test(text);
}
