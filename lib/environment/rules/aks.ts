import { addressCount, cidr, type Cidr, CLUSTER_SLOTS, overlaps, parseCidr, planVnet } from "../../addresses";
import type { PartialEnvironment } from "../environment";
import type { Path } from "../violation";
import { existingVnet, madeVnet } from "./azure";
import { type CrossFieldRule, fault, present, twice } from "./rule";

type Cluster = NonNullable<NonNullable<PartialEnvironment["aks"]>[string]>;

/** A cluster of the file with its name and where it stands. */
interface Placed {
  readonly name: string;
  readonly path: Path;
  readonly cluster: Cluster;
}

function clustersOf({ aks }: PartialEnvironment): readonly Placed[] {
  return Object.entries(aks ?? {}).flatMap(([name, cluster]) =>
    cluster === undefined ? [] : [{ name, path: ["aks", name], cluster }],
  );
}

/** A cluster whose traffic is routed to a firewall needs a network that has one. */
export const aksNeedsNetwork: CrossFieldRule = (environment, isRefused) => {
  if (environment.aks === undefined || environment.azure?.network !== undefined) return [];
  if (isRefused(["azure", "network"])) return [];
  return [
    fault(
      ["aks"],
      "is routed through the firewall of azure.network, and the environment has none",
      undefined,
      "add azure: { …, network: { cidr: …, firewall: { … } } }",
    ),
  ];
};

/** Each cluster has its subnets in an existing network, and what its API server needs. */
export const clustersHaveSubnets: CrossFieldRule = (environment, isRefused) => {
  const existing = existingVnet(environment.azure);
  const place = ["azure", "network", "existing", "clusters"];
  if (existing === undefined || isRefused(place)) return [];
  return clustersOf(environment).flatMap(({ name, cluster }) => {
    const path = [...place, name];
    if (isRefused(path)) return [];
    const subnets = existing.clusters?.[name];
    if (subnets === undefined) {
      return [
        fault(path, "is missing: the subnets of a cluster of aks", undefined, `write ${name}: { nodeSubnetId: "…" }`),
      ];
    }
    const needsOne = cluster.apiServer?.access === "vnetIntegration" && subnets.apiServerSubnetId === undefined;
    return needsOne && !isRefused([...path, "apiServerSubnetId"])
      ? [
          fault(
            [...path, "apiServerSubnetId"],
            'is missing, and the cluster has access: "vnetIntegration"',
            undefined,
            "write a delegated subnet of /28 or larger",
          ),
        ]
      : [];
  });
};

/** A slot is a cluster's alone: of its subnets, and of its place among the rules of the firewall. */
export const slotsDiffer: CrossFieldRule = (environment) => {
  const clusters = clustersOf(environment);
  return clusters.flatMap(({ path, cluster: { slot } }, index) => {
    const twin = clusters.slice(0, index).find((other) => slot !== undefined && other.cluster.slot === slot);
    if (twin === undefined) return [];
    const taken = clusters.map((other) => other.cluster.slot);
    const free = Array.from({ length: CLUSTER_SLOTS }, (_, other) => other).find((other) => !taken.includes(other));
    const remedy = free === undefined ? "take a cluster out" : `write a free one, such as ${free}`;
    return [fault([...path, "slot"], `is the slot of ${twin.name} already`, slot, remedy)];
  });
};

/** AKS documentation, "Plan IP addressing for your cluster": ranges that AKS keeps for itself. */
const RESERVED = ["169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24"];

/** The same page: services have less than a /12. */
const SHORTEST_SERVICE_PREFIX = 12;

/** A range with what it is, in the words of a message. */
interface Named {
  readonly what: string;
  readonly range: Cidr;
}

function named(what: string, text: string | undefined): readonly Named[] {
  const parsed = parseCidr(text ?? "");
  return parsed.ok ? [{ what, range: parsed.cidr }] : [];
}

/** The networks of an environment as far as they were read. */
function networksOf({ aws, azure }: PartialEnvironment): readonly Named[] {
  const vpc = aws?.network && "existing" in aws.network ? aws.network.existing?.cidr : undefined;
  const madeVpc = aws?.network && "cidr" in aws.network ? aws.network.cidr : undefined;
  return [
    ...named("azure.network", madeVnet(azure)?.cidr ?? existingVnet(azure)?.cidr),
    ...named("aws.network", madeVpc ?? vpc),
  ];
}

/** Networks that are ever to talk to each other, or to one third, do not overlap. */
export const networksAreApart: CrossFieldRule = (environment) => {
  const [vnet, vpc] = networksOf(environment);
  if (vnet === undefined || vpc === undefined || !overlaps(vnet.range, vpc.range)) return [];
  const path = existingVnet(environment.azure)
    ? ["azure", "network", "existing", "cidr"]
    : ["azure", "network", "cidr"];
  return [
    fault(path, `overlaps ${vpc.what}, ${vpc.range.text}`, vnet.range.text, "choose another range for one of the two"),
  ];
};

/** What exists inside a cluster only still hides whatever has the same addresses outside. */
export const clusterRangesAreApart: CrossFieldRule = (environment) => {
  const reserved = RESERVED.map((text) => ({ what: "a range that AKS keeps for itself", range: cidr(text) }));
  return clustersOf(environment).flatMap(({ path, cluster }) => {
    const pods = named("podCidr", cluster.podCidr);
    const outside = [...networksOf(environment), ...reserved];
    const tooLarge = named("serviceCidr", cluster.serviceCidr)
      .filter(({ range }) => range.prefixLength < SHORTEST_SERVICE_PREFIX)
      .map(({ range }) =>
        fault(
          [...path, "serviceCidr"],
          `must be /${SHORTEST_SERVICE_PREFIX} or smaller`,
          range.text,
          "write for example 10.245.0.0/16",
        ),
      );
    const clashes = (["podCidr", "serviceCidr"] as const).flatMap((field) =>
      named(field, cluster[field]).flatMap(({ range }) =>
        [...outside, ...(field === "serviceCidr" ? pods : [])]
          .filter((other) => overlaps(range, other.range))
          .map((other) =>
            fault([...path, field], `overlaps ${other.what}, ${other.range.text}`, range.text, "choose another range"),
          ),
      ),
    );
    return [...tooLarge, ...clashes];
  });
};

/** The pools of a cluster with where they stand. */
function poolsOf({ path, cluster }: Placed) {
  const pools = Object.entries(cluster.nodePools ?? {}).map(([name, pool]) => ({
    path: [...path, "nodePools", name],
    pool,
  }));
  return [{ path: [...path, "systemPool"], pool: cluster.systemPool }, ...pools];
}

/** A pool does not begin above its end, and stands in a zone once. */
export const poolsAreSound: CrossFieldRule = (environment) =>
  clustersOf(environment)
    .flatMap(poolsOf)
    .flatMap(({ path, pool }) => [
      ...(pool?.min !== undefined && pool.max !== undefined && pool.min > pool.max
        ? [fault([...path, "max"], `is less than min, ${pool.min}`, pool.max, "write the same or more")]
        : []),
      ...twice([...path, "zones"], pool?.zones),
    ]);

/** Azure Virtual Network documentation: addresses of a subnet that Azure keeps. */
const KEPT_BY_AZURE = 5;

/** AKS documentation, "Azure CNI Overlay": each node has a /24 of the pods' range. */
const PODS_PREFIX_LENGTH = 24;

/** Nodes that stand beside a pool's own while it is upgraded, as a share of them: as many as the stack asks AKS for. */
export const SURGE_PERCENT = 33;

const withSurge = (nodes: number): number => nodes + Math.ceil((nodes * SURGE_PERCENT) / 100);

function mostNodes(placed: Placed): number | undefined {
  const pools = poolsOf(placed).map(({ pool }) => pool?.max);
  return pools.includes(undefined) ? undefined : pools.reduce<number>((sum, max) => sum + withSurge(max ?? 0), 0);
}

/** All nodes and their pods find addresses, also during an upgrade. */
export const nodesFit: CrossFieldRule = (environment) => {
  const vnet = madeVnet(environment.azure);
  const parsed = parseCidr(vnet?.cidr ?? "");
  return clustersOf(environment).flatMap((placed) => {
    const { path, cluster } = placed;
    const nodes = mostNodes(placed);
    if (nodes === undefined) return [];
    const pods = parseCidr(cluster.podCidr ?? "");
    const nodesOfPods = pods.ok ? 2 ** (PODS_PREFIX_LENGTH - pods.cidr.prefixLength) : Infinity;
    const podFault =
      nodes <= nodesOfPods
        ? []
        : [
            fault(
              [...path, "podCidr"],
              `has a /24 for ${Math.floor(nodesOfPods)} nodes, and the pools have ${nodes} with those that stand in during upgrades`,
              cluster.podCidr,
              "write a larger range, or smaller pools",
            ),
          ];
    const room = roomForNodes(parsed.ok ? parsed.cidr : undefined, vnet?.firewall?.subnetPrefixLength, cluster.slot);
    if (nodes <= room) return podFault;
    const subnetFault = fault(
      [...path, "nodePools"],
      `has ${nodes} nodes with the system pool and those that stand in during upgrades, and the slot's subnet has ${room} addresses`,
      undefined,
      "write smaller pools, or a larger azure.network.cidr",
    );
    return [...podFault, subnetFault];
  });
};

function roomForNodes(vnet: Cidr | undefined, firewallLength: number | undefined, slot: number | undefined): number {
  if (vnet === undefined || firewallLength === undefined || slot === undefined) return Infinity;
  if (vnet.prefixLength > 22 || firewallLength < vnet.prefixLength + 4) return Infinity;
  return Number(addressCount(planVnet(vnet, firewallLength).cluster(slot).nodes)) - KEPT_BY_AZURE;
}

/**
 * Azure Virtual Machines documentation, "Azure virtual machine sizes naming conventions" and the pages of the D and E families: from their
 * fifth version on, and for Intel from the fourth, only sizes with a d have a disk of their own.
 */
function lacksLocalDisk(vmSize: string): boolean {
  const [, features = "", version] =
    /^Standard_[DE][A-Z]*\d+(?:-\d+)?([a-z]*)(?:_[A-Z0-9]+)?_v(\d+)$/.exec(vmSize) ?? [];
  if (version === undefined || features.includes("d")) return false;
  return Number(version) >= 5 || (version === "4" && !features.includes("a"));
}

/** An ephemeral disk lies on the machine's own; without one AKS fails after minutes. */
export const ephemeralHasDisk: CrossFieldRule = (environment) =>
  clustersOf(environment)
    .flatMap(poolsOf)
    .flatMap(({ path, pool }) => {
      const isEphemeral = pool !== undefined && (!("osDiskType" in pool) || pool.osDiskType === "Ephemeral");
      if (!isEphemeral || pool.vmSize === undefined || !lacksLocalDisk(pool.vmSize)) return [];
      return [
        fault(
          [...path, "vmSize"],
          "has no disk of its own, on which an ephemeral system disk would lie",
          pool.vmSize,
          path.at(-1) === "systemPool"
            ? 'write a size with a d, such as "Standard_D4ds_v5"'
            : 'write a size with a d, such as "Standard_D4ds_v5", or osDiskType: "Managed"',
        ),
      ];
    });

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

/** azure-cli#25336: pods of run commands tolerate no taint, and the system pool has one. */
export const runCommandHasAPool: CrossFieldRule = (environment, isRefused) =>
  clustersOf(environment)
    .filter(({ path, cluster: { rancher, nodePools } }) => {
      if (rancher?.agent !== "runCommand" || isRefused([...path, "nodePools"])) return false;
      return !Object.values(nodePools ?? {}).some(
        (pool) => pool?.spot !== true && (pool?.taints ?? []).length === 0 && (pool?.min ?? 1) > 0,
      );
    })
    .map(({ path }) =>
      fault(
        [...path, "rancher", "agent"],
        "needs a pool of nodePools without taints, not spot, with one node at least: the system pool is for add-ons only",
        "runCommand",
        'add such a pool, or write agent: "manual"',
      ),
    );

/** AKS documentation, "Autoupgrade node OS images": the channel `node-image` decides both, and the provider refuses anything else beside it. */
export const channelsAgree: CrossFieldRule = (environment) =>
  clustersOf(environment).flatMap(({ path, cluster: { upgrade } }) => {
    const { automaticChannel, nodeOsChannel } = upgrade ?? {};
    if (automaticChannel !== "node-image" || nodeOsChannel === undefined || nodeOsChannel === "NodeImage") return [];
    return [
      fault(
        [...path, "upgrade", "nodeOsChannel"],
        'does not go with automaticChannel: "node-image", which sets it',
        nodeOsChannel,
        'write "NodeImage", or leave it out',
      ),
    ];
  });

/** Azure/AKS#3839: long-term support switches off the two channels that move on to another minor version. */
export const longTermVersionStays: CrossFieldRule = (environment) =>
  clustersOf(environment).flatMap(({ path, cluster: { supportPlan, upgrade } }) => {
    const channel = upgrade?.automaticChannel;
    if (supportPlan !== "AKSLongTermSupport" || (channel !== "stable" && channel !== "rapid")) return [];
    return [
      fault(
        [...path, "upgrade", "automaticChannel"],
        'moves on to other minor versions, which Azure switches off with supportPlan: "AKSLongTermSupport"',
        channel,
        'write "patch": of each minor version only the last two patches have long-term support',
      ),
    ];
  });

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

/** Groups stand once. */
export const groupsStandOnce: CrossFieldRule = (environment) =>
  clustersOf(environment).flatMap(({ path, cluster }) => twice([...path, "adminGroupIds"], cluster.adminGroupIds));
