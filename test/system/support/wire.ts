import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Headers that belong to one connection, not to the call. */
const OF_THE_CONNECTION = new Set(["host", "connection", "content-length", "expect", "transfer-encoding"]);

/**
 * The wire between a client and an emulator: passes every call on, remembers which it was, and can do something just before
 * one goes through, which is how another writer gets in between.
 */
export class Wire {
  readonly #target: string;
  readonly #server = createServer((request, response) => {
    this.#pass(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  #operations: string[] = [];
  #interruption: { readonly operation: string; readonly action: () => Promise<void> } | undefined;

  private constructor(target: string) {
    this.#target = target;
  }

  static async to(target: string): Promise<Wire> {
    const wire = new Wire(target);
    await new Promise<void>((listening) => wire.#server.listen(0, "127.0.0.1", listening));
    return wire;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The operations since the last look, in order. */
  takeOperations(): readonly string[] {
    const operations = this.#operations;
    this.#operations = [];
    return operations;
  }

  /** Does something once, after the next call of `operation` has been sent and before it arrives. */
  beforeNext(operation: string, action: () => Promise<void>): void {
    this.#interruption = { operation, action };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? "/", this.#target);
    const operation = operationOf(request, url);
    this.#operations.push(operation);
    if (this.#interruption?.operation === operation) {
      const { action } = this.#interruption;
      this.#interruption = undefined;
      await action();
    }

    const headers = Object.entries(request.headers).filter(([name]) => !OF_THE_CONNECTION.has(name));
    const reply = await fetch(url, {
      method: request.method,
      headers: headers.map(([name, value]): [string, string] => [name, String(value)]),
      body: chunks.length > 0 ? Buffer.concat(chunks) : undefined,
    });
    response.writeHead(reply.status, Object.fromEntries(reply.headers));
    response.end(Buffer.from(await reply.arrayBuffer()));
  }
}

/** S3 names its operation in the query, the others in a header. */
function operationOf({ headers }: IncomingMessage, url: URL): string {
  return url.searchParams.get("x-id") ?? String(headers["x-amz-target"]).split(".").at(-1) ?? "";
}
