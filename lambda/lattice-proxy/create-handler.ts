import type { Context } from "aws-lambda";

import { hostOf } from "./check";
import { type ConnectionOptions, createConnections } from "./connections";
import { ANSWER_MARGIN_MILLISECONDS, type Front, FRONT_LIMITS } from "./contract";
import { Refusal } from "./errors";
import { albEvents } from "./events/alb";
import type { Answer, EventForm } from "./events/event-form";
import { httpEvents } from "./events/http";
import { restEvents } from "./events/rest";
import { describeRequest, type WriteLine, writeRecord } from "./log";
import type { Header, ProxyRequest, ProxyResponse } from "./message";
import { createServe, refused, type ServeDependencies, type Served } from "./serve";

/** Everything outside the function's own code. */
export interface HandlerDependencies extends Omit<ServeDependencies, "connections"> {
  /** @default - connections as the machine makes them */
  readonly connection?: ConnectionOptions;
  readonly write: WriteLine;
}

/** The part of Lambda's context in use. */
export type ProxyContext = Pick<Context, "getRemainingTimeInMillis" | "awsRequestId">;

/** What Lambda calls. */
export type ProxyHandler = (event: unknown, context: ProxyContext) => Promise<Answer>;

const FORMS: Readonly<Record<Front, EventForm>> = { alb: albEvents, httpApi: httpEvents, restApi: restEvents };

/** What is known of a request that could not be read. */
const UNREAD: ProxyRequest = { method: "", path: "", headers: [], body: Buffer.alloc(0) };

/** Makes the handler of one sandbox. It never throws: whatever comes is answered, and told in the log. */
export function createHandler({ connection = {}, write, ...dependencies }: HandlerDependencies): ProxyHandler {
  const { config, now } = dependencies;
  const form = FORMS[config.front];
  const { answerBytes, headBytes } = FRONT_LIMITS[config.front];
  const serve = createServe({ ...dependencies, connections: createConnections(connection, now) });
  let cold = true;

  const excessOf = (answer: Answer, { headers }: ProxyResponse): string | undefined => {
    if (headLength(headers) > headBytes) return `the answer's head has more than ${headBytes} bytes`;
    return isLonger(answer, answerBytes) ? `the answer has more than ${answerBytes} bytes` : undefined;
  };

  return async (event, context) => {
    const began = now();
    const deadline = began + context.getRemainingTimeInMillis() - ANSWER_MARGIN_MILLISECONDS;
    let request = UNREAD;
    let served: Served;
    try {
      request = form.read(event);
      served = await serve(request, deadline);
    } catch (error) {
      served = refused(error, request);
    }
    let answer = form.write(served.response, event);
    const excess = excessOf(answer, served.response);
    if (excess !== undefined) {
      const { response, record } = refused(new Refusal("response_too_large", excess), request);
      served = { response, record: { ...served.record, ...record } };
      answer = form.write(response, event);
    }
    const { response, record } = served;
    writeRecord(write, {
      time: new Date(began).toISOString(),
      ...describeRequest(request),
      host: hostOf(request),
      status: response.status,
      milliseconds: now() - began,
      bytes_received: request.body.length,
      bytes_sent: response.body.length,
      ...record,
      request_id: request.id ?? context.awsRequestId,
      cold,
    });
    cold = false;
    return answer;
  };
}

/** Of headers as lines, each with a colon, a space and an end. */
function headLength(headers: readonly Header[]): number {
  return headers.reduce((length, [name, value]) => length + Buffer.byteLength(name) + Buffer.byteLength(value) + 4, 0);
}

/** Whether an answer is too long as JSON. To count is to write it, so nobody does where six bytes for each character would fit. */
function isLonger(answer: Answer, limit: number): boolean {
  return answer.body.length > limit / 8 && Buffer.byteLength(JSON.stringify(answer)) > limit;
}
