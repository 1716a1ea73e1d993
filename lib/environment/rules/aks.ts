import { cidr, type Cidr, CLUSTER_SLOTS, overlaps, parseCidr } from "../../addresses";
import type { PartialEnvironment } from "../environment";
import { clustersOf } from "./aks-clusters";
import { existingVnet, madeVnet } from "./azure";
import { type CrossFieldRule, fault, twice } from "./rule";

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

/**
 * The same page: services have less than a /12. Azure names no smallest range; cluster DNS has the tenth address after the first, which a /28 is
 * the smallest to hold.
 */
const SERVICE_PREFIX_LENGTHS = { shortest: 12, longest: 28 };

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
    const { shortest, longest } = SERVICE_PREFIX_LENGTHS;
    const ofOtherSize = named("serviceCidr", cluster.serviceCidr)
      .filter(({ range }) => range.prefixLength < shortest || range.prefixLength > longest)
      .map(({ range }) =>
        fault(
          [...path, "serviceCidr"],
          range.prefixLength < shortest
            ? `must be /${shortest} or smaller`
            : `must be /${longest} or larger, to hold the address of cluster DNS`,
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
    return [...ofOtherSize, ...clashes];
  });
};

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

/** Groups stand once. */
export const groupsStandOnce: CrossFieldRule = (environment) =>
  clustersOf(environment).flatMap(({ path, cluster }) => twice([...path, "adminGroupIds"], cluster.adminGroupIds));
