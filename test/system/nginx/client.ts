import { request as httpRequest, type Agent, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";

/** An address of the tests' VPC, from which their load balancer calls. */
export const BALANCER = "127.10.0.9";

/** The tests' VPC. */
export const VPC_CIDR = "127.10.0.0/16";

/** Inside the node. */
export const NODE_ITSELF = "127.0.0.1";

/** Neither in the VPC nor in the node. */
export const STRANGER = "127.20.0.1";

/** How to ask. */
export interface Question {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Address that the request comes from. @default - the load balancer */
  readonly from?: string;
  readonly agent?: Agent;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

/** A request as the load balancer passes it on, from a client at 198.51.100.7. */
export async function ask(port: number, question: Question = {}): Promise<Answer> {
  return askDirectly(port, { ...question, headers: { ...FROM_CLIENT, ...question.headers } });
}

/** A request without the headers that the load balancer writes: its own health check, or somebody inside. */
export async function askDirectly(port: number, question: Question = {}): Promise<Answer> {
  const response = await begin(port, question);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
}

/** The response once its header is there. */
export async function begin(port: number, question: Question): Promise<IncomingMessage> {
  const { method = "GET", path = "/", headers, body, from = BALANCER, agent } = question;
  return new Promise((done, fail) => {
    const request = httpRequest({ port, host: "127.0.0.1", localAddress: from, method, path, headers, agent }, done);
    // A refusal may come before the whole body went out; what counts is the answer.
    request.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") fail(error);
    });
    request.end(body);
  });
}

/** Asks for another protocol and gives the connection when it was changed, the refusal when it was not. */
export async function upgrade(port: number, protocol: string): Promise<Socket | number> {
  const headers = {
    ...FROM_CLIENT,
    Connection: "Upgrade, HTTP2-Settings",
    Upgrade: protocol,
    "HTTP2-Settings": "AAMAAABkAAQAAP__",
  };
  return new Promise((done, fail) => {
    const request = httpRequest({ port, host: "127.0.0.1", localAddress: BALANCER, headers });
    request.on("upgrade", (_response, socket: Socket) => {
      done(socket);
    });
    request.on("response", (response) => {
      response.resume();
      done(response.statusCode ?? 0);
    });
    request.on("error", fail);
    request.end();
  });
}

/** What an Application Load Balancer adds for a client that came in by HTTPS. */
export const FROM_CLIENT = {
  Host: "shop.example.com",
  "X-Forwarded-For": "198.51.100.7",
  "X-Forwarded-Proto": "https",
  "X-Forwarded-Port": "443",
} as const;
