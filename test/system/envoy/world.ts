import type { EnvoyContainerProps, EnvoyHost } from "../../../lib/aws/envoy/container";
import { type SigningExpectation, verifySignature } from "../../support/sigv4-verifier";
import { makeCertificates } from "../nginx/certificates";
import { DnsServer } from "../nginx/dns-server";
import { freePort } from "../nginx/ports";
import { CredentialsEndpoint } from "./credentials";
import { EnvoyTask, type Surroundings } from "./task";
import { type Received, Upstream } from "./upstream";

const NAMESERVER = "127.53.0.2";

export const REGION = "eu-central-1";

/** Services by their domains, with the names in their certificates. */
const DOMAINS = {
  shop: "shop.internal.test",
  open: "open.internal.test",
  generated: "gen-0a1b2c.7d67968.lattice.test",
  grpc: "grpc.internal.test",
  plain: "plain.internal.test",
  liar: "liar.internal.test",
  stranger: "stranger.internal.test",
} as const;

type Service = keyof typeof DOMAINS;

/** A network around tasks of the fleet: a name server, services, and the endpoint of the task's credentials. */
export class World {
  private constructor(
    readonly dns: DnsServer,
    readonly credentials: CredentialsEndpoint,
    private readonly authorities: string,
    readonly services: Readonly<Record<Service, Upstream>>,
    private readonly ports: {
      readonly http: number;
      readonly grpc: number;
      readonly health: number;
      readonly admin: number;
    },
  ) {}

  static async create(): Promise<World> {
    const dns = await DnsServer.start(NAMESERVER);
    const shop = makeCertificates(DOMAINS.shop);
    const open = makeCertificates(DOMAINS.open);
    const generated = makeCertificates("*.7d67968.lattice.test");
    const grpc = makeCertificates(DOMAINS.grpc);
    const stranger = makeCertificates(DOMAINS.stranger);
    const services = {
      shop: await Upstream.start("127.0.4.1", { identity: shop.good }),
      open: await Upstream.start("127.0.4.2", { identity: open.good }),
      generated: await Upstream.start("127.0.4.3", { identity: generated.good }),
      grpc: await Upstream.start("127.0.4.4", { identity: grpc.good, protocol: "grpc" }),
      plain: await Upstream.start("127.0.4.5"),
      liar: await Upstream.start("127.0.4.6", { identity: shop.good }),
      stranger: await Upstream.start("127.0.4.7", { identity: stranger.good }),
    };
    Object.values(DOMAINS).forEach((domain, index) => {
      dns.set(domain, `127.0.4.${index + 1}`);
    });
    const ports = {
      http: await freePort(),
      grpc: await freePort(),
      health: await freePort(),
      admin: await freePort(),
    };
    // Nobody whom the tasks trust has signed the stranger's certificate.
    const authorities = [shop, open, generated, grpc].map(({ root }) => root).join("");
    return new World(dns, await CredentialsEndpoint.start(), authorities, services, ports);
  }

  get http(): number {
    return this.ports.http;
  }

  get grpc(): number {
    return this.ports.grpc;
  }

  get health(): number {
    return this.ports.health;
  }

  get admin(): number {
    return this.ports.admin;
  }

  get surroundings(): Surroundings {
    return { nameserver: NAMESERVER, authorities: this.authorities, environment: this.credentials.environment };
  }

  /** A host of one service. */
  host(host: string, service: Service, changed: Partial<EnvoyHost> = {}): EnvoyHost {
    const upstream = { domain: DOMAINS[service], port: this.services[service].port, tls: service !== "plain" };
    const protocol = service === "grpc" ? "grpc" : "http";
    return { host, protocol, paths: ["/"], sign: true, timeoutSeconds: 3, retries: 1, upstream, ...changed };
  }

  /** All that the tests ask for. */
  hosts(): readonly EnvoyHost[] {
    return [
      this.host("shop.example.com", "shop"),
      this.host("api.example.com", "shop", { paths: ["/v1", "/files/", "/v1/open"], methods: ["GET", "POST"] }),
      this.host("open.example.com", "open", { sign: false }),
      this.host("generated.example.com", "generated"),
      this.host("grpc.example.com", "grpc"),
      this.host("*.tenants.example.com", "plain"),
      this.host("one.tenants.example.com", "shop"),
      this.host("brief.example.com", "shop", { timeoutSeconds: 1 }),
      this.host("once.example.com", "shop", { retries: 0 }),
      this.host("liar.example.com", "liar"),
      this.host("stranger.example.com", "stranger"),
      this.host("nowhere.example.com", "plain", {
        upstream: { domain: "nowhere.internal.test", port: 443, tls: true },
      }),
    ];
  }

  props(changed: Partial<EnvoyContainerProps> = {}): EnvoyContainerProps {
    return {
      image: { uri: "docker.io/envoyproxy/envoy:v1.39.3" },
      region: REGION,
      hosts: this.hosts(),
      bearerHeader: "x-client-authorization",
      ports: this.ports,
      idleTimeoutSeconds: 10,
      memoryMb: 1024,
      cpu: 1024,
      drainSeconds: 15,
      ...changed,
    };
  }

  async start(changed: Partial<EnvoyContainerProps> = {}, configuration?: string): Promise<EnvoyTask> {
    return EnvoyTask.start(this.props(changed), this.surroundings, configuration);
  }

  get received(): readonly Received[] {
    return Object.values(this.services).flatMap(({ received }) => received);
  }

  forget(): void {
    for (const service of Object.values(this.services)) service.forget();
  }

  /** Id of the key that signed a request. @throws Error when VPC Lattice would refuse the signature */
  verify(request: Received): string {
    return verifySignature(request, this.expectation);
  }

  get expectation(): SigningExpectation {
    const { keys } = this.credentials;
    return { region: REGION, service: "vpc-lattice-svcs", keys, unsignedPayload: true };
  }

  async remove(): Promise<void> {
    await Promise.all(Object.values(this.services).map(async (service) => service.stop()));
    await Promise.all([this.credentials.stop(), this.dns.stop()]);
  }
}
