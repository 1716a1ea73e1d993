import type {
  LatticeEnvironment,
  LatticeServiceEnvironment,
  LatticeStatement,
  MadeLatticeNetwork,
  MadeLatticeService,
  PartialEnvironment,
} from "./environment";

/** Whether a service of the environment is made with it. */
export const isMade = (service: LatticeServiceEnvironment): service is MadeLatticeService => !("existing" in service);

/** What the auth policy of a service made here allows; nothing stands in the policy of one that has none. */
export function statementsOf({ auth, allow }: MadeLatticeService): readonly LatticeStatement[] {
  return auth === "none" ? [] : (allow ?? [{ callers: "proxy" }]);
}

/** Whether the service network of the environment is made with it. */
export const isMadeNetwork = (network: LatticeEnvironment["network"]): network is MadeLatticeNetwork =>
  !("existing" in network);

/** What the auth policy of a network made here allows. */
export const networkStatementsOf = ({ allow }: MadeLatticeNetwork): readonly LatticeStatement[] =>
  allow ?? [{ callers: "account" }];

/** What a service listens on. */
export interface LatticeListener {
  readonly tls: boolean;
  readonly port: number;
}

/** The listener of a service, made here or existing. */
export function listenerOf(service: LatticeServiceEnvironment): LatticeListener {
  const { protocol, port } = isMade(service) ? service.listener : service.existing.listener;
  const tls = protocol === "https";
  return { tls, port: port ?? (tls ? 443 : 80) };
}

/** What takes requests for the hosts: a load balancer, before a fleet or a function, or an API before a function. */
export type LatticeFront = "balancer" | "httpApi" | "restApi";

/** What takes requests for the hosts; not said where the ingress does not say it rightly. */
export function frontOf(ingress: NonNullable<PartialEnvironment["lattice"]>["ingress"]): LatticeFront | undefined {
  if (ingress?.kind === "fleet") return "balancer";
  if (ingress?.kind !== "lambda") return undefined;
  return ingress.front === "alb" ? "balancer" : ingress.front;
}

/**
 * Seconds after which API Gateway gives up (Amazon API Gateway Developer Guide, "Quotas for configuring and running an HTTP API" and "a
 * REST API": integration timeout).
 */
export const API_TIMEOUT_SECONDS = { httpApi: 30, restApi: 29 } as const;

/** A DNS record that the section makes. */
export interface LatticeRecord {
  /** The host, or the service with a domain of its own, that it is for. */
  readonly owner: { readonly part: "hosts" | "services"; readonly key: string };
  /** The path of what asks for it. */
  readonly path: readonly string[];
  readonly name: string;
  readonly zoneId: string;
}

/** The DNS records of hosts and of services with a domain of their own, in an environment that may lack fields. */
export function latticeRecordsOf(lattice: PartialEnvironment["lattice"]): readonly LatticeRecord[] {
  const ofServices = Object.entries(lattice?.services ?? {}).flatMap(([key, fields]) => {
    if (fields === undefined || !("domain" in fields)) return [];
    const { domain, zoneId } = fields;
    if (domain === undefined || zoneId === undefined) return [];
    const path = ["lattice", "services", key, "zoneId"];
    return [{ owner: { part: "services", key } as const, path, name: domain, zoneId }];
  });
  const zoneId = lattice?.ingress?.zoneId;
  if (zoneId === undefined) return ofServices;
  const ofHosts = Object.keys(lattice?.hosts ?? {}).map((key) => {
    return { owner: { part: "hosts", key } as const, path: ["lattice", "hosts", key], name: key, zoneId };
  });
  return [...ofServices, ...ofHosts];
}
