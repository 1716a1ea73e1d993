import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import {
  type Front as FrontKind,
  type HostMap,
  type HostRoute,
  VARIABLES,
} from "../../../lambda/lattice-proxy/contract";
import { type SigningKey, verifySignature } from "../../support/sigv4-verifier";
import { type Authority, makeAuthority } from "./certificates";
import { type Front, type Known, oneRequest } from "./fronts/front";
import { Instance, type Outcome } from "./instance";
import { type AnswerMessage, isBodiless, readAnswer, type RequestMessage, writeAnswer, writeRequest } from "./message";
import { BEARER_HEADER } from "./policy";
import { type Received, Upstream } from "./upstream";

export const REGION = "eu-central-1";
export const CLIENT = { address: "203.0.113.9" } as const;

/** A key that the function has; others may follow it. */
export const KEY = { id: "AKIDPROOF", secret: "proof/secret+key", sessionToken: "proof//session+token==" } as const;

/** Of all services, which have ports of their own: machines other than Linux know no other address of themselves. */
export const ADDRESS = "127.0.0.1";

/** Services by what they are, with their domains. */
export const DOMAINS = {
  shop: "shop-0a1b.7d67968.lattice.test",
  open: "open-2c3d.7d67968.lattice.test",
  plain: "plain-4e5f.7d67968.lattice.test",
  wrongName: "wrong-name.lattice.test",
  expired: "expired.lattice.test",
  selfSigned: "self-signed.lattice.test",
} as const;

export type Service = keyof typeof DOMAINS;

/** What came of one request: what the front made of it, what the function did, what the client got. */
export interface Exchange {
  readonly known: Known;
  readonly outcome: Outcome;
  readonly answer: AnswerMessage;
}

/** How instances of the function are run. */
export interface WorldOptions {
  /** The bundle. */
  readonly file: string;
  /** Added to those of {@link World.hosts}. */
  readonly hosts?: (world: World) => HostMap;
  /** Added to the names of the services. */
  readonly names?: Readonly<Record<string, string>>;
  /** @default - the Node.js that runs the tests */
  readonly node?: string;
}

/** Services, and instances of the function in front of them. */
export class World {
  readonly #instances = new Map<string, Promise<Instance>>();

  private constructor(
    readonly options: WorldOptions,
    private readonly folder: string,
    readonly authority: Authority,
    readonly services: Readonly<Record<Service, Upstream>>,
  ) {}

  static async create(options: WorldOptions): Promise<World> {
    const folder = mkdtempSync(join(tmpdir(), "lattice-proxy-"));
    const authority = makeAuthority();
    writeFileSync(join(folder, "authority.pem"), authority.cert);
    return new World(options, folder, authority, {
      shop: await Upstream.start(ADDRESS, authority.issue(DOMAINS.shop)),
      open: await Upstream.start(ADDRESS, authority.issue(DOMAINS.open)),
      plain: await Upstream.start(ADDRESS),
      wrongName: await Upstream.start(ADDRESS, authority.issue(DOMAINS.shop)),
      expired: await Upstream.start(ADDRESS, authority.issue(DOMAINS.expired, [-10, -5])),
      selfSigned: await Upstream.start(ADDRESS, makeAuthority("Nobody").issue(DOMAINS.selfSigned)),
    });
  }

  /** A host of one service. */
  host(service: Service, changed: Partial<HostRoute> = {}): HostRoute {
    const upstream = { domain: DOMAINS[service], port: this.services[service].port, tls: service !== "plain" };
    return { upstream, paths: ["/"], sign: true, timeoutSeconds: 5, retries: 1, ...changed };
  }

  hosts(): HostMap {
    return {
      "shop.example.com": this.host("shop"),
      "once.example.com": this.host("shop", { retries: 0 }),
      "open.example.com": this.host("open", { sign: false }),
      "plain.example.com": this.host("plain"),
      "api.example.com": this.host("shop", { paths: ["/v1", "/files/"], methods: ["GET", "POST"] }),
      "*.tenants.example.com": this.host("open", { sign: false }),
      "wrong-name.example.com": this.host("wrongName"),
      "expired.example.com": this.host("expired"),
      "self-signed.example.com": this.host("selfSigned"),
      ...this.options.hosts?.(this),
    };
  }

  /** The environment of a function behind this front. */
  environment(front: FrontKind): Readonly<Record<string, string>> {
    return {
      [VARIABLES.hosts]: gzipSync(JSON.stringify(this.hosts())).toString("base64"),
      [VARIABLES.bearerHeader]: BEARER_HEADER,
      [VARIABLES.front]: front,
      [VARIABLES.identityHeaders]: "false",
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: KEY.id,
      AWS_SECRET_ACCESS_KEY: KEY.secret,
      AWS_SESSION_TOKEN: KEY.sessionToken,
      NODE_EXTRA_CA_CERTS: join(this.folder, "authority.pem"),
    };
  }

  /** Addresses by name: all that there are. */
  get names(): Readonly<Record<string, string>> {
    const own = Object.fromEntries(Object.values(DOMAINS).map((domain) => [domain, ADDRESS]));
    return { ...own, ...this.options.names };
  }

  /** The instance behind this front, started when it is first asked for. */
  async instance(front: FrontKind): Promise<Instance> {
    const running = this.#instances.get(front) ?? this.start(front);
    this.#instances.set(front, running);
    return running;
  }

  /** A further instance, which its user stops. */
  async start(front: FrontKind, environment: Readonly<Record<string, string>> = {}): Promise<Instance> {
    const { file, node } = this.options;
    return Instance.start({
      file,
      environment: { ...this.environment(front), ...environment },
      names: this.names,
      ...(node === undefined ? {} : { node }),
    });
  }

  /**
   * Sends a request through a front and the function behind it.
   *
   * @throws Refused when the front does not take it, or does not take the function's answer
   */
  async send(front: Front, request: RequestMessage, milliseconds?: number): Promise<Exchange> {
    const { event, known } = front.enter(oneRequest(writeRequest(request)), CLIENT);
    const instance = await this.instance(front.kind);
    const outcome = await instance.invoke(event, milliseconds);
    return { known, outcome, answer: this.leave(front, outcome.result, request.method) };
  }

  /** What the client gets, byte for byte. */
  leave(front: Front, result: unknown, method: string): AnswerMessage {
    const answer = front.leave(result);
    if (isBodiless(method, answer.status) && answer.body.length > 0) {
      throw new Error(`a body of ${answer.body.length} bytes with ${method} and ${answer.status}`);
    }
    return readAnswer(writeAnswer(answer), method);
  }

  /** All that arrived anywhere since {@link forget}. */
  get received(): readonly Received[] {
    return Object.values(this.services).flatMap(({ received }) => received);
  }

  get faults(): readonly string[] {
    return Object.values(this.services).flatMap(({ faults }) => faults);
  }

  forget(): void {
    for (const service of Object.values(this.services)) service.forget();
  }

  /** Id of the key that signed. @throws Error when VPC Lattice would refuse the signature */
  verify(request: Received, keys: ReadonlyMap<string, SigningKey> = KEYS): string {
    return verifySignature(
      { ...request, rawHeaders: request.headers.flat() },
      { region: REGION, service: "vpc-lattice-svcs", keys, unsignedPayload: true },
    );
  }

  async remove(): Promise<void> {
    for (const instance of this.#instances.values()) await instance.then(async (one) => one.stop());
    await Promise.all(Object.values(this.services).map(async (service) => service.stop()));
    rmSync(this.folder, { recursive: true });
  }
}

const KEYS: ReadonlyMap<string, SigningKey> = new Map([[KEY.id, KEY]]);
