import { randomBytes, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** Version and root of the paths. Source: AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes". */
const ROOT = "/2018-06-01/runtime";
const OUTCOME = new RegExp(`^${ROOT}/invocation/([^/]+)/(response|error)$`);

/** What the function's own code failed with, as the runtime reported it. */
export class FunctionError extends Error {
  override readonly name = "FunctionError";

  /**
   * @param errorType name of the error that was thrown
   * @param message its message
   */
  constructor(
    readonly errorType: string,
    message: string,
  ) {
    super(message);
  }
}

/** One event on its way through the function. */
interface Invocation {
  readonly id: string;
  readonly event: string;
  readonly timeoutSeconds: number;
  readonly succeed: (result: unknown) => void;
  readonly fail: (error: Error) => void;
  /** Whether the runtime has the event. */
  delivered: boolean;
}

/**
 * Lambda's side of the Runtime API, for one instance of a function: it answers the runtime's question for the next event when
 * there is one, and takes the result or the error. Like Lambda it gives an instance one event at a time. It does not end
 * an instance whose time is up, and knows no extensions, streamed responses or size limits.
 */
export class RuntimeApi {
  readonly #functionArn: string;
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  #asking: ServerResponse | undefined;
  #invocation: Invocation | undefined;
  #failure: Error | undefined;
  #settleReady: (() => void) | undefined;

  /** Settles when the function's code is loaded and the runtime asks for its first event, or when either has failed. */
  readonly #ready = new Promise<void>((settled) => {
    this.#settleReady = settled;
  });

  private constructor(functionArn: string) {
    this.#functionArn = functionArn;
  }

  static async start(functionArn: string): Promise<RuntimeApi> {
    const api = new RuntimeApi(functionArn);
    await new Promise<void>((listening) => api.#server.listen(0, "127.0.0.1", listening));
    return api;
  }

  /** Host and port, as `AWS_LAMBDA_RUNTIME_API` has them. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /**
   * Waits until the function's code is loaded.
   *
   * @throws FunctionError with what was thrown while it was loaded
   */
  async whenReady(): Promise<void> {
    await this.#ready;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * Hands the function an event and returns its result.
   *
   * @param timeoutSeconds time until the deadline that the function is told
   * @throws FunctionError with what the function threw
   */
  async invoke(event: unknown, timeoutSeconds: number): Promise<unknown> {
    await this.whenReady();
    if (this.#invocation !== undefined) throw new Error("the instance is busy with another event");
    return new Promise((succeed, fail) => {
      const id = randomUUID();
      this.#invocation = { id, event: JSON.stringify(event), timeoutSeconds, succeed, fail, delivered: false };
      this.#deliver();
    });
  }

  /** Gives up the instance: what is asked of it now or later fails with this error, unless it has failed before. */
  abandon(error: Error): void {
    this.#failure ??= error;
    this.#settleReady?.();
    this.#invocation?.fail(this.#failure);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const call = `${request.method ?? ""} ${request.url ?? ""}`;
    if (call === `GET ${ROOT}/invocation/next`) {
      this.#next(response);
    } else if (call === `POST ${ROOT}/init/error`) {
      this.abandon(functionError(body));
      accept(response);
    } else {
      const [, id, outcome] = OUTCOME.exec(request.url ?? "") ?? [];
      const invocation = this.#invocation;
      if (invocation?.delivered !== true || invocation.id !== id) {
        response.writeHead(400).end(JSON.stringify({ errorMessage: `unexpected: ${call}` }));
        return;
      }
      this.#invocation = undefined;
      accept(response);
      if (outcome === "response") invocation.succeed(JSON.parse(body));
      else invocation.fail(functionError(body));
    }
  }

  #next(response: ServerResponse): void {
    if (this.#invocation?.delivered === true) {
      this.abandon(new Error("the runtime asked for the next event without an answer to the last"));
    }
    this.#asking = response;
    this.#settleReady?.();
    this.#deliver();
  }

  /** Once there is both a question for an event and an event. */
  #deliver(): void {
    const response = this.#asking;
    const invocation = this.#invocation;
    if (response === undefined || invocation === undefined || invocation.delivered) return;
    this.#asking = undefined;
    invocation.delivered = true;
    const now = Date.now();
    response.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": invocation.id,
      "lambda-runtime-deadline-ms": String(now + invocation.timeoutSeconds * 1000),
      "lambda-runtime-invoked-function-arn": this.#functionArn,
      "lambda-runtime-trace-id": traceId(now),
    });
    response.end(invocation.event);
  }
}

function accept(response: ServerResponse): void {
  response.writeHead(202, { "content-type": "application/json" }).end(JSON.stringify({ status: "OK" }));
}

function functionError(body: string): FunctionError {
  const { errorType, errorMessage } = JSON.parse(body) as {
    readonly errorType: string;
    readonly errorMessage: string;
  };
  return new FunctionError(errorType, errorMessage);
}

/** A trace of X-Ray that nobody records. */
function traceId(now: number): string {
  const seconds = Math.floor(now / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString("hex")};Sampled=0`;
}
