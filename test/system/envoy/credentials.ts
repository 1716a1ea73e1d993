import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import type { SigningKey } from "../../support/sigv4-verifier";

const TOKEN = "the-token-of-the-task";

/** Stands in for the endpoint from which Amazon ECS gives a task the credentials of its role (ECS Developer Guide, "Task IAM role"). */
export class CredentialsEndpoint {
  /** Every key that was given out, as the verifier wants them. */
  readonly keys = new Map<string, SigningKey>();
  asked = 0;
  lifetimeSeconds = 3600;
  broken = false;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<CredentialsEndpoint> {
    const server = createServer();
    const endpoint = new CredentialsEndpoint(server);
    server.on("request", (request, response) => {
      endpoint.asked += 1;
      if (endpoint.broken || request.headers.authorization !== TOKEN) response.writeHead(403).end();
      else response.setHeader("content-type", "application/json").end(JSON.stringify(endpoint.#next()));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return endpoint;
  }

  /** What Amazon ECS sets in the container. */
  get environment(): Readonly<Record<string, string>> {
    return {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v2/credentials/task`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: TOKEN,
    };
  }

  /** All that must never stand in a log. */
  get secrets(): readonly string[] {
    return [TOKEN, ...[...this.keys.values()].flatMap(({ secret, sessionToken = "" }) => [secret, sessionToken])];
  }

  async stop(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await closed;
  }

  #next(): object {
    const number = this.keys.size + 1;
    const AccessKeyId = `ASIATEST${number}`;
    const SecretAccessKey = `secret+of/key${number}`;
    const Token = `session-token-${number}==`;
    this.keys.set(AccessKeyId, { secret: SecretAccessKey, sessionToken: Token });
    const Expiration = new Date(Date.now() + this.lifetimeSeconds * 1000).toISOString().replace(/\.\d+/, "");
    return { AccessKeyId, SecretAccessKey, Token, Expiration, RoleArn: "arn:aws:iam::111122223333:role/fleet" };
  }
}
