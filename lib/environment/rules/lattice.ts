import { parseCidr } from "../../addresses";
import { arnParts } from "../fields";
import { latticeRecordsOf } from "../lattice-facts";
import type { Path } from "../violation";
import { recordsOf } from "../wallarm-facts";
import { existingNetwork, existingServices, hostsOf, madeServices } from "./lattice-parts";
import { type CrossFieldRule, fault, twice } from "./rule";

const NETWORK = ["lattice", "network", "existing", "serviceNetworkArn"] as const;

/** VPC Lattice is a service of AWS, and its proxies stand in a VPC. */
export const latticeNeedsAws: CrossFieldRule = ({ lattice, aws }, isRefused) => {
  if (lattice === undefined || isRefused(["aws"])) return [];
  if (aws === undefined) {
    const problem = "stands in AWS, and the environment has no section 'aws'";
    return [fault(["lattice"], problem, undefined, 'add aws: { accountId: "…", region: "…" }')];
  }
  if (aws.network !== undefined || isRefused(["aws", "network"])) return [];
  const remedy = 'add network: { cidr: "10.20.0.0/16", zones: ["a", "b"] } to aws';
  return [
    ...(lattice.ingress === undefined
      ? []
      : [fault(["lattice", "ingress"], "stands in a VPC, and aws has no network", undefined, remedy)]),
    ...(lattice.reach === "endpoint"
      ? [fault(["lattice", "reach"], "says how aws.network reaches the services, and aws has none", "endpoint", remedy)]
      : []),
  ];
};

/** Only who made something shares it. */
export const shareHasSomething: CrossFieldRule = (environment, isRefused) => {
  const { lattice } = environment;
  if (lattice?.share === undefined || existingNetwork(environment) === undefined) return [];
  if (madeServices(environment).length > 0 || isRefused(["lattice", "services"])) return [];
  const problem = "shares nothing: the network exists already, and no service is made here";
  return [fault(["lattice", "share"], problem, undefined, "leave it out: who made the network shares it")];
};

/** Each principal is shared with once. */
export const shareHasNoTwins: CrossFieldRule = ({ lattice }) =>
  twice(["lattice", "share", "principals"], lattice?.share?.principals);

/** VPC Lattice User Guide, "Quotas": services in a service network. */
const MOST_SERVICES = 500;

/** A service network has room for all services. */
export const servicesFitNetwork: CrossFieldRule = ({ lattice }) => {
  const count = Object.keys(lattice?.services ?? {}).length;
  if (count <= MOST_SERVICES) return [];
  const problem = `are ${count}, and a service network holds ${MOST_SERVICES}`;
  return [fault(["lattice", "services"], problem, undefined, "make another environment with a network of its own")];
};

/** Networks, services, targets and certificates are of one Region; what is no share is of one account. */
export const latticePartsAreNear: CrossFieldRule = (environment) => {
  const { region, accountId } = environment.aws ?? {};
  const near = (path: Path, arn: string | undefined, what: string, isShared: boolean) => {
    if (arn === undefined) return [];
    const parts = arnParts(arn);
    const isElsewhere = region !== undefined && parts.region !== region;
    const isForeign = !isShared && accountId !== undefined && parts.accountId !== accountId;
    if (!isElsewhere && !isForeign) return [];
    const place = isShared ? `Region than aws.region, ${region ?? ""}` : "account or Region than the environment";
    const remedy = isShared ? "write one of that Region" : "write one of this account and Region";
    return [fault(path, `lies in another ${place}, and VPC Lattice takes only ${what} of its own`, arn, remedy)];
  };
  return [
    ...near(NETWORK, existingNetwork(environment)?.serviceNetworkArn, "networks", true),
    ...existingServices(environment).flatMap(({ fields, at }) =>
      near(at("existing", "serviceArn"), fields.serviceArn, "services", true),
    ),
    ...madeServices(environment).flatMap(({ fields, at }) => [
      ...near(at("certificateArn"), fields.certificateArn, "certificates", false),
      ...Object.entries(fields.targets ?? {}).flatMap(([group, targets]) =>
        targets?.kind === "alb" || targets?.kind === "lambda"
          ? near(at("targets", group, "ids", 0), targets.ids?.[0], "targets", false)
          : [],
      ),
    ]),
  ];
};

/** Amazon VPC User Guide, "VPC CIDR blocks", and two zones: each half must have a block of its own, see below. */
const LONGEST_PREFIX_WITH_ENDPOINT = 25;

/**
 * AWS PrivateLink Guide, "Access a service network through a service-network endpoint": 16 contiguous addresses in each zone that hold none
 * of the five that AWS keeps. The smallest subnet that has such a /28 is a /26; that of a network made here is a /25 at least.
 */
export const endpointHasRoom: CrossFieldRule = ({ lattice, aws }) => {
  const network = aws?.network;
  const range = network && "existing" in network ? network.existing?.cidr : undefined;
  const parsed = parseCidr(range ?? "");
  if (lattice?.reach !== "endpoint" || !parsed.ok || parsed.cidr.family !== "ipv4") return [];
  if (parsed.cidr.prefixLength <= LONGEST_PREFIX_WITH_ENDPOINT) return [];
  const problem = `takes 16 contiguous addresses in each zone, and subnets of ${parsed.cidr.text} have none free`;
  return [fault(["lattice", "reach"], problem, "endpoint", 'write "association"')];
};

/** Names that VPC Lattice gives services, but for those of an endpoint, which begin with its id. */
const GENERATED_NAME = /^(?!vpce-).*\.vpc-lattice-svcs\.[a-z0-9-]+\.on\.aws$/;

/** A generated name leads to link-local addresses, to which only an association has a route (VPC Lattice User Guide, "How it works"). */
export const endpointReachesNames: CrossFieldRule = (environment) =>
  environment.lattice?.reach !== "endpoint"
    ? []
    : existingServices(environment)
        .filter(({ fields: { domain = "" } }) => GENERATED_NAME.test(domain))
        .map(({ fields, at }) =>
          fault(
            at("existing", "domain"),
            "is a name that VPC Lattice gave, which leads nowhere from an endpoint",
            fields.domain,
            'write its own domain, the name that the endpoint has for it (vpce-…), or reach: "association"',
          ),
        );

/** Two that make one record would take it from each other. That services have domains apart is a rule of its own. */
export const latticeRecordsAreApart: CrossFieldRule = (environment) => {
  const { wallarm, lattice } = environment;
  const ofEdges = Object.entries(wallarm ?? {}).flatMap(([edge, fields]) =>
    fields === undefined ? [] : recordsOf(fields).map((record) => ({ ...record, owner: `the edge ${edge}` })),
  );
  const own = latticeRecordsOf(lattice);
  const ofServices = own.flatMap(({ owner, ...record }) =>
    owner.part === "services" ? [{ ...record, owner: `the service ${owner.key}` }] : [],
  );
  return own.flatMap(({ owner: { part }, path, name, zoneId }) => {
    const others = part === "services" ? ofEdges : [...ofEdges, ...ofServices];
    const other = others.find((record) => record.name === name && record.zoneId === zoneId);
    if (other === undefined) return [];
    const problem = `asks for the record ${name}, which ${other.owner} makes in the same zone, ${zoneId}`;
    return [fault(path, problem, undefined, "give one of the two another name, or another zone")];
  });
};

/** Every host leads to a service of the section. */
export const hostsHaveServices: CrossFieldRule = (environment, isRefused) => {
  const names = Object.keys(environment.lattice?.services ?? {});
  return hostsOf(environment).flatMap(({ fields: { service }, at }) => {
    if (service === undefined || names.includes(service)) return [];
    if (isRefused(["lattice", "services", service])) return [];
    const remedy = names.length === 0 ? `add ${service} to lattice.services` : `write one of ${names.join(", ")}`;
    return [fault(at("service"), "is none of lattice.services", service, remedy)];
  });
};
