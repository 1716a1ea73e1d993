import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Sends bytes as they are, and returns the status lines of what comes back: for requests that no client's library would send.
 *
 * @param settleMilliseconds how long nothing must come before that was all
 */
export async function sendRaw(port: number, text: string, settleMilliseconds = 60): Promise<readonly number[]> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  let last = Date.now();
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    answer += chunk;
    last = Date.now();
  });
  socket.on("error", () => undefined);
  socket.write(text, "latin1");
  while (!socket.closed && (answer === "" ? Date.now() - last < 2_000 : Date.now() - last < settleMilliseconds))
    await sleep(5);
  socket.destroy();
  return [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
}

/** What a call of gRPC came to. */
export interface GrpcAnswer {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly body: string;
}

/** Calls a method of gRPC by HTTP/2 without TLS, as the load balancer does. */
export async function callGrpc(
  port: number,
  host: string,
  path: string,
  { headers = {}, body = "" }: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string } = {},
): Promise<GrpcAnswer> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  return new Promise((done, fail) => {
    session.on("error", fail);
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      ":authority": host,
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    let received: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    let text = "";
    stream.setEncoding("utf8");
    stream.on("response", (answer) => (received = answer));
    stream.on("trailers", (answer: IncomingHttpHeaders) => (trailers = answer));
    stream.on("data", (chunk: string) => (text += chunk));
    stream.on("error", fail);
    stream.on("close", () => {
      session.close();
      done({ headers: received, trailers, body: text });
    });
    stream.end(body);
  });
}
