import { parseCidr } from "../../addresses";
import type { PartialEnvironment } from "../environment";
import { type Cluster, clustersOf } from "./aks-clusters";
import { existingVnet, madeVnet } from "./azure";
import { type CrossFieldRule, fault, present } from "./rule";

/** AKS documentation, "Secure access to the API server using authorized IP address ranges" and "API Server VNet Integration". */
const MOST_RANGES = { public: 200, vnetIntegration: 2000 } as const;

/** What is said of an API server that has a public address. */
function admissionOf({ apiServer }: Cluster) {
  return apiServer && ("alsoAdmit" in apiServer || "awsEgress" in apiServer) ? apiServer : undefined;
}

/** Who is admitted to an API server is as many ranges as AKS takes. */
export const rangesWithinLimit: CrossFieldRule = (environment) => {
  const { access } = environment;
  return clustersOf(environment).flatMap(({ path, cluster }) => {
    const apiServer = admissionOf(cluster);
    if (apiServer?.access === undefined) return [];
    const written = [access?.operators, access?.runners, apiServer.alsoAdmit].flatMap((list) =>
      present(list).flatMap(({ item }) => {
        const parsed = parseCidr(item);
        return parsed.ok && parsed.cidr.family === "ipv4" ? [parsed.cidr.text] : [];
      }),
    );
    const ranges =
      new Set(written).size + egressCount(environment) + (apiServer.awsEgress === true ? awsCount(environment) : 0);
    const most = MOST_RANGES[apiServer.access];
    if (ranges <= most) return [];
    return [
      fault(
        [...path, "apiServer"],
        `would admit ${ranges} ranges with those of access and the network's own, and AKS takes ${most}`,
        undefined,
        apiServer.access === "public"
          ? 'join neighbouring ranges, or write access: "vnetIntegration", which takes 2000'
          : "join neighbouring ranges",
      ),
    ];
  });
};

/** Ranges that the network behind the firewall leaves from. */
function egressCount({ azure }: PartialEnvironment): number {
  const existing = existingVnet(azure);
  if (existing !== undefined) return existing.egress?.length ?? 0;
  const { firewall, natGateway } = madeVnet(azure) ?? {};
  const count = (
    lists: { readonly publicIps?: readonly unknown[]; readonly reservedPublicIps?: readonly unknown[] } = {},
  ) => (lists.publicIps?.length ?? 0) + (lists.reservedPublicIps?.length ?? 0);
  const ofFirewall = firewall?.publicIpPrefixLength === undefined ? count(firewall) : 1;
  return natGateway === undefined ? ofFirewall : count(natGateway) + (natGateway.attached === false ? ofFirewall : 0);
}

function awsCount({ aws }: PartialEnvironment): number {
  const network = aws?.network;
  if (network === undefined) return 0;
  if ("existing" in network) return network.existing?.egress?.length ?? 0;
  if (!("zones" in network)) return 0;
  return "nat" in network && network.nat === "single" ? 1 : (network.zones?.length ?? 0);
}

/** Authorised ranges are IPv4. */
export const admittedAreIpv4: CrossFieldRule = (environment) =>
  clustersOf(environment).flatMap(({ path, cluster }) =>
    present(admissionOf(cluster)?.alsoAdmit)
      .filter(({ item }) => {
        const parsed = parseCidr(item);
        return parsed.ok && parsed.cidr.family === "ipv6";
      })
      .map(({ index, item }) =>
        fault(
          [...path, "apiServer", "alsoAdmit", index],
          "is IPv6, and AKS admits IPv4 ranges",
          item,
          "write an IPv4 range",
        ),
      ),
  );

/** People who are written down in IPv6 alone are locked out of an API server that knows IPv4. */
export const operatorsReachApi: CrossFieldRule = ({ access, ...environment }) => {
  const operators = (access?.operators ?? []).map((range) => parseCidr(range ?? ""));
  const areIpv6 = operators.every((parsed) => parsed.ok && parsed.cidr.family === "ipv6");
  if (operators.length === 0 || !areIpv6) return [];
  return clustersOf(environment)
    .filter(({ cluster }) => admissionOf(cluster)?.alsoAdmit?.length === 0)
    .map(({ path }) =>
      fault(
        [...path, "apiServer", "alsoAdmit"],
        "admits nobody of access.operators: they are in IPv6, and AKS admits IPv4 ranges",
        [],
        "write the IPv4 addresses that they come from, here or into access.operators",
      ),
    );
};

/** Addresses of a network that there is none of cannot be admitted. */
export const awsEgressNeedsNetwork: CrossFieldRule = (environment, isRefused) =>
  environment.aws?.network !== undefined || isRefused(["aws", "network"])
    ? []
    : clustersOf(environment)
        .filter(({ cluster }) => admissionOf(cluster)?.awsEgress === true)
        .map(({ path }) =>
          fault(
            [...path, "apiServer", "awsEgress"],
            "admits the addresses of aws.network, and the environment has none",
            true,
            "leave it out, or add aws.network",
          ),
        );

/**
 * AKS documentation, "Use Azure tags in AKS": a private DNS zone has 15 tags. Azure/AKS#3038 saw 14 of a cluster's accepted, and two are
 * Ringfence's own.
 */
const MOST_TAGS_OF_PRIVATE = 12;

/** A private DNS zone that AKS makes takes over the tags of its cluster, and fails with it. */
export const tagsFitPrivateZones: CrossFieldRule = (environment) => {
  const zoned = clustersOf(environment).find(
    ({ cluster: { apiServer } }) => apiServer?.access === "private" && !("dnsZoneId" in apiServer),
  );
  const count = Object.keys(environment.tags ?? {}).length;
  if (zoned === undefined || count <= MOST_TAGS_OF_PRIVATE) return [];
  return [
    fault(
      ["tags"],
      `holds ${count} tags, more than the private DNS zone takes that AKS makes for ${zoned.name}`,
      undefined,
      `keep ${MOST_TAGS_OF_PRIVATE} at most, or name a zone of yours in dnsZoneId`,
    ),
  ];
};

/**
 * AKS documentation, "Create a private AKS cluster": the zone of a Region, or one below it, whose own name has 2 to 32 letters, digits and
 * hyphens. AKS refuses any other after minutes.
 */
export const dnsZoneIsOfRegion: CrossFieldRule = (environment) =>
  clustersOf(environment).flatMap(({ path, cluster: { apiServer } }) => {
    const location = environment.azure?.location;
    const id = apiServer && "dnsZoneId" in apiServer ? apiServer.dnsZoneId : undefined;
    if (id === undefined || location === undefined) return [];
    const zone = `privatelink.${location}.azmk8s.io`;
    const name = id.slice(id.lastIndexOf("/") + 1).toLowerCase();
    if (name === zone || (name.endsWith(`.${zone}`) && /^[a-z0-9-]{2,32}$/.test(name.slice(0, -zone.length - 1))))
      return [];
    return [
      fault(
        [...path, "apiServer", "dnsZoneId"],
        "is not the zone in which AKS names an API server of this Region",
        id,
        `write the id of the zone ${zone}, or of one below it, <name>.${zone}`,
      ),
    ];
  });
