import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";

import { manifest, type ManifestSettings } from "../../support/run-command/manifest";

/** How Rancher meets one request. */
export type Answer =
  /** Serves the manifest, whatever the token: Rancher asks for it only when the agent connects. */
  | "manifest"
  /** A page for people, as something in front of Rancher may send. */
  | "page"
  /** Never answers. */
  | "silence"
  /** Closes the connection. */
  | "hang-up"
  | { readonly status: number; readonly location?: string };

/** The part of Rancher that serves manifests of agents, over TLS on this machine. */
export class RancherServer {
  readonly requests: string[] = [];
  /** What the next requests get, one each. @default - the manifest */
  answers: Answer[] = [];
  settings: Omit<ManifestSettings, "token" | "server"> = {};
  readonly #server: Server;

  private constructor(identity: { readonly key: string; readonly cert: string }) {
    this.#server = createServer(identity, (request, response) => {
      this.requests.push(request.url ?? "");
      const answer = this.answers.shift() ?? "manifest";
      if (answer === "silence") return;
      if (answer === "hang-up") {
        request.socket.destroy();
      } else if (answer === "page") {
        response.end("<html><body>Please sign in</body></html>");
      } else if (answer === "manifest") {
        const [, token = ""] = /^\/v3\/import\/([^_]+)_c-m-abcde\.yaml$/.exec(request.url ?? "") ?? [];
        response.end(manifest({ ...this.settings, token, server: this.url }));
      } else {
        response.writeHead(answer.status, answer.location === undefined ? {} : { location: answer.location });
        response.end("no\n");
      }
    });
  }

  static async start(identity: { readonly key: string; readonly cert: string }): Promise<RancherServer> {
    const rancher = new RancherServer(identity);
    await new Promise<void>((done) => {
      rancher.#server.listen(0, "127.0.0.1", done);
    });
    return rancher;
  }

  get url(): string {
    return `https://localhost:${this.port}`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  manifestUrl(token: string): string {
    return `${this.url}/v3/import/${token}_c-m-abcde.yaml`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}
