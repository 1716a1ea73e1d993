import { cidr, contains, parseCidr } from "../../addresses";
import type { PartialEnvironment } from "../environment";
import type { Fault, Path } from "../violation";
import { existingServices, hostsOf, listens, madeServices, type MadeService } from "./lattice-parts";
import { type CrossFieldRule, fault, present, twice } from "./rule";

type IsRefused = (path: Path) => boolean;

/** A rule that looks at each service made here by itself. */
const ofService =
  (faultsOf: (service: MadeService, isRefused: IsRefused, environment: PartialEnvironment) => readonly Fault[]) =>
  (environment: PartialEnvironment, isRefused: IsRefused): readonly Fault[] =>
    madeServices(environment).flatMap((service) => faultsOf(service, isRefused, environment));

/** Certificate and record are of a domain, and HTTPS by a domain needs a certificate. */
export const domainsAreWhole: CrossFieldRule = ofService(({ fields, at }, isRefused) => {
  const { domain, certificateArn, zoneId, listener } = fields;
  if (isRefused(at("domain")) || isRefused(at("listener"))) return [];
  if (domain === undefined) {
    const problem = "belongs to a domain, and the service has none";
    const remedy = "add the domain, or leave it out: VPC Lattice's own name has a certificate and a record";
    return [
      ...(certificateArn === undefined ? [] : [fault(at("certificateArn"), problem, certificateArn, remedy)]),
      ...(zoneId === undefined ? [] : [fault(at("zoneId"), problem, zoneId, remedy)]),
    ];
  }
  if (listener?.protocol === "http") {
    const problem = "has no effect on a listener without TLS";
    return certificateArn === undefined
      ? []
      : [fault(at("certificateArn"), problem, certificateArn, 'leave it out, or write protocol: "https"')];
  }
  if (certificateArn !== undefined || isRefused(at("certificateArn")) || isRefused(at("listener", "protocol"))) {
    return [];
  }
  const problem = "has no certificateArn, and callers by HTTPS verify one for this name";
  return [fault(at("domain"), problem, domain, "add the certificateArn of a certificate for it")];
});

/** VPC Lattice tells services of one network apart by their domains, and takes each but once. */
export const servicesAreApart: CrossFieldRule = (environment) => {
  const domains = [
    ...madeServices(environment).map(({ name, fields, at }) => ({ name, path: at("domain"), found: fields.domain })),
    ...existingServices(environment).flatMap(({ name, fields, at }) => [
      { name, path: at("existing", "domain"), found: fields.domain },
      { name, path: at("existing", "serviceArn"), found: fields.serviceArn },
    ]),
  ];
  return domains.flatMap(({ path, found }, index) => {
    const other = domains.slice(0, index).find((earlier) => found !== undefined && earlier.found === found);
    if (other === undefined) return [];
    return [fault(path, `is also that of the service ${other.name}`, found, "keep one of the two")];
  });
};

/** A host whose requests go on to its own name comes back, unless the VPC has another record for it. */
export const domainsAreNoLoop: CrossFieldRule = (environment, isRefused) => {
  const hosts = new Set(hostsOf(environment).map(({ name }) => name));
  return madeServices(environment).flatMap(({ fields: { domain, zoneId }, at }) => {
    if (domain === undefined || zoneId !== undefined || !hosts.has(domain) || isRefused(at("zoneId"))) return [];
    const problem = "is a host of the ingress, and requests would go round in a circle";
    return [fault(at("domain"), problem, domain, "add the zoneId of a private zone, or write another domain")];
  });
};

const groupsOf = ({ fields, at }: MadeService) =>
  Object.entries(fields.targets ?? {}).flatMap(([name, group]) =>
    group === undefined ? [] : [{ name, group, at: (...keys: Path): Path => at("targets", name, ...keys) }],
  );

/** Targets that are no functions stand in a VPC. */
export const targetsHaveVpc: CrossFieldRule = ofService((service, isRefused, { aws }) => {
  if (aws === undefined || aws.network !== undefined || isRefused(["aws", "network"])) return [];
  return groupsOf(service).flatMap(({ group, at }) =>
    listens(group) && group.vpcId === undefined && !isRefused(at("vpcId"))
      ? [fault(at(), "stands in a VPC, and aws has no network", undefined, "write its vpcId")]
      : [],
  );
});

/** VPC Lattice User Guide, "Target groups": ranges whose addresses can be targets (RFC 1918, RFC 6598). */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map(cidr);

/** Addresses that are targets are private, and lie in the VPC. */
export const targetAddressesLieInVpc: CrossFieldRule = ofService((service, isRefused, { aws }) => {
  const network = aws?.network;
  const own = parseCidr(network && "cidr" in network ? (network.cidr ?? "") : "");
  return groupsOf(service).flatMap(({ group, at }) => {
    if (group.kind !== "ip") return [];
    const isOwn = group.vpcId === undefined && !isRefused(at("vpcId"));
    return present(group.ids).flatMap(({ index, item }) => {
      const address = cidr(`${item}/32`);
      if (isOwn && own.ok && !contains(own.cidr, address)) {
        const problem = `lies outside of aws.network, ${own.cidr.text}`;
        return [fault(at("ids", index), problem, item, "correct it, or write the vpcId of its VPC")];
      }
      if (PRIVATE.some((range) => contains(range, address))) return [];
      return [fault(at("ids", index), "is a public address, which no target has", item, "write its private address")];
    });
  });
});

/** A load balancer speaks HTTP/2 over TLS only (Elastic Load Balancing User Guide, "Listeners for your Application Load Balancers"). */
export const balancersSpeakTls: CrossFieldRule = ofService((service, isRefused) =>
  groupsOf(service).flatMap(({ group, at }) => {
    if (group.kind !== "alb" || group.protocol === "https" || isRefused(at("protocol"))) return [];
    const { protocolVersion } = group;
    if (protocolVersion === undefined || protocolVersion === "http1") return [];
    const problem = "needs TLS: load balancers speak HTTP/2 and gRPC only over HTTPS";
    return [fault(at("protocolVersion"), problem, protocolVersion, 'add protocol: "https", or write "http1"')];
  }),
);

/** Targets stand in a group once. */
export const targetsStandOnce: CrossFieldRule = ofService((service) =>
  groupsOf(service).flatMap(({ group, at }) => twice(at("ids"), group.ids)),
);

/** Where requests go, as far as it was read. */
interface Destination {
  readonly path: Path;
  readonly weights: Readonly<Record<string, number | undefined>>;
}

/** Where the routes and the rest of the requests go. */
export function destinationsOf({ fields, at }: MadeService): readonly Destination[] {
  const rest = fields.defaultTo;
  return [
    ...present(fields.routes).flatMap(({ index, item: { to } }) =>
      to === undefined ? [] : [{ path: at("routes", index, "to"), weights: to }],
    ),
    ...(rest === undefined || isAnswered(rest) ? [] : [{ path: at("defaultTo"), weights: rest }]),
  ];
}

const isAnswered = (rest: object): rest is { readonly status?: 404 | 500 } => "status" in rest;

/** Requests go to groups that exist. */
export const weightsNameGroups: CrossFieldRule = ofService((service, isRefused) => {
  const names = Object.keys(service.fields.targets ?? {});
  if (isRefused(service.at("targets"))) return [];
  return destinationsOf(service).flatMap(({ path, weights }) =>
    Object.entries(weights)
      .filter(([name]) => !names.includes(name) && !isRefused(service.at("targets", name)))
      .map(([name, weight]) => {
        const remedy = names.length === 0 ? `add ${name} to targets` : `write one of ${names.join(", ")}`;
        return fault([...path, name], "is none of the service's target groups", weight, remedy);
      }),
  );
});

/** Of two routes that mean the same requests the second never gets one. */
export const routesDiffer: CrossFieldRule = ofService(({ fields, at }) => {
  const meant = present(fields.routes).map(({ index, item: { path, method, headers } }) => ({
    index,
    requests: JSON.stringify([path, method, headers]),
  }));
  return meant.flatMap(({ index, requests }) => {
    const first = meant.find((other) => other.requests === requests)?.index;
    if (first === index || requests === "[null,null,null]") return [];
    const problem = `means the requests of routes[${first ?? 0}], and never gets one`;
    return [fault(at("routes", index), problem, undefined, "share them there, by weights of several groups")];
  });
});
