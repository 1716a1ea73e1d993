import type { PartialEnvironment } from "../environment";
import type { Path } from "../violation";

type Lattice = NonNullable<PartialEnvironment["lattice"]>;
type Services = NonNullable<Lattice["services"]>;
type Service = NonNullable<Services[string]>;
type MadeFields = Exclude<Service, { readonly existing?: unknown }>;
type ExistingFields = NonNullable<Extract<Service, { readonly existing?: unknown }>["existing"]>;

/** Statements of an auth policy, as far as they were read. */
export type Statements = NonNullable<MadeFields["allow"]>;

/** A target group, as far as it was read. */
type Group = NonNullable<NonNullable<MadeFields["targets"]>[string]>;

/** A target group whose targets listen on a port: all but functions. */
type ListeningGroup = Extract<Group, { readonly vpcId?: unknown }>;

/** Whether the targets of a group listen on a port. */
export const listens = (group: Group): group is ListeningGroup =>
  group.kind === "instance" || group.kind === "ip" || group.kind === "alb";

/** A public host, as far as it was read. */
export type Host = NonNullable<NonNullable<Lattice["hosts"]>[string]>;

/** A part of the section that has a name. */
interface Named<Fields> {
  readonly name: string;
  readonly fields: Fields;
  /** The path of a field. */
  readonly at: (...keys: Path) => Path;
}

/** A service that is made here. */
export type MadeService = Named<MadeFields>;

/** A service that somebody else made. */
export type ExistingService = Named<ExistingFields>;

function named<Fields>(name: string, fields: Fields, ...place: Path): Named<Fields> {
  return { name, fields, at: (...keys) => ["lattice", ...place, name, ...keys] };
}

const isMade = (service: Service): service is MadeFields => !("existing" in service);

/** The services made here. */
export const madeServices = ({ lattice }: PartialEnvironment): readonly MadeService[] =>
  Object.entries(lattice?.services ?? {}).flatMap(([name, service]) =>
    service !== undefined && isMade(service) ? [named(name, service, "services")] : [],
  );

/** The services that somebody else made. */
export const existingServices = ({ lattice }: PartialEnvironment): readonly ExistingService[] =>
  Object.entries(lattice?.services ?? {}).flatMap(([name, service]) =>
    service && "existing" in service && service.existing !== undefined
      ? [named(name, service.existing, "services")]
      : [],
  );

/** The public hosts. */
export const hostsOf = ({ lattice }: PartialEnvironment): readonly Named<Host>[] =>
  Object.entries(lattice?.hosts ?? {}).flatMap(([name, host]) =>
    host === undefined ? [] : [named(name, host, "hosts")],
  );

/** The service network that somebody else made; `undefined` for one that is made here. */
export function existingNetwork({ lattice }: PartialEnvironment) {
  const network = lattice?.network;
  return network && "existing" in network ? network.existing : undefined;
}

/** Whether the section makes a service network: unless it says otherwise, or what it says was refused. */
export const makesNetwork = ({ lattice }: PartialEnvironment, isRefused: (path: Path) => boolean): boolean =>
  lattice !== undefined &&
  !isRefused(["lattice", "network"]) &&
  !(lattice.network !== undefined && "existing" in lattice.network);

/** Whether proxies are made here; not said where that was refused. */
export function hasProxies({ lattice }: PartialEnvironment, isRefused: (path: Path) => boolean): boolean | undefined {
  if (lattice?.ingress !== undefined) return true;
  return isRefused(["lattice", "ingress"]) ? undefined : false;
}
