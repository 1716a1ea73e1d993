import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ServedFakes, WireReply } from "./wire";
import { answerJson, TARGET_HEADER } from "./wire-json";
import { answerS3 } from "./wire-s3";

/** Stand-ins on a port of this machine. */
export interface AwsServer {
  /** The endpoint of every service, e.g. `http://127.0.0.1:40123`. */
  readonly url: string;
  /** The environment by which the SDK in another process finds it: endpoint, Region and credentials, which nobody checks. */
  readonly variables: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Serves stand-ins over HTTP, so that real SDK clients, in this process or in a real bundle in another, work with them: AWS JSON for
 * the calls of WAF and DynamoDB that the stand-ins take, REST with the bucket in the path for S3.
 *
 * What a stand-in or a hook throws reaches the client as the error that AWS would send; `connectionReset()` breaks the connection,
 * `before` the effect or `after` it. Rates and latencies need `realClock` here.
 */
export async function serveAws(fakes: ServedFakes): Promise<AwsServer> {
  const server = createServer((request, response) => {
    answer(fakes, request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    variables: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** @throws Error when the connection is to break without a reply */
async function answer(fakes: ServedFakes, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const header = (name: string): string => {
    const value = incoming.headers[name] ?? "";
    return typeof value === "string" ? value : value.join();
  };
  const request = {
    method: incoming.method ?? "",
    url: new URL(incoming.url ?? "", "http://127.0.0.1"),
    header,
    body: Buffer.concat(chunks),
  };
  const isJson = request.header(TARGET_HEADER) !== "";
  const reply: WireReply = await (isJson ? answerJson(fakes, request) : answerS3(fakes, request));
  response.writeHead(reply.status, { ...reply.headers, "content-length": Buffer.byteLength(reply.body) });
  response.end(reply.body);
}
