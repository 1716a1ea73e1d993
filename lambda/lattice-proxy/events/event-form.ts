import type { ProxyRequest, ProxyResponse } from "../message";

/** How one front writes its requests and reads its answers. */
export interface EventForm {
  /** @throws Error when the event is none of this front */
  read(event: unknown): ProxyRequest;
  /** @param event the one that is answered: its form decides on the answer's */
  write(response: ProxyResponse, event: unknown): Answer;
}

/** An answer in a front's form; it holds nothing that the front does not know, for a REST API takes that for an error. */
export interface Answer {
  readonly statusCode: number;
  readonly statusDescription?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  readonly cookies?: readonly string[];
  readonly body: string;
  readonly isBase64Encoded: boolean;
}
