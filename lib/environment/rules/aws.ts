import { AllocationError, parseCidr, planVpc, ZONE_SLOTS } from "../../addresses";
import type { PartialEnvironment } from "../environment";
import { arnParts } from "../fields";
import type { Path } from "../violation";
import { type CrossFieldRule, fault, present, twice } from "./rule";

/** Amazon VPC User Guide, "VPC CIDR blocks": /16 at most; /22 is the smallest that holds four tiers in four zones. */
const VPC_PREFIX_LENGTHS = { shortest: 16, longest: 22 };

/** Amazon VPC User Guide, "VPC CIDR blocks". */
const ANY_VPC_PREFIX_LENGTHS = { shortest: 16, longest: 28 };

/** The role to assume must lead into the account that the provider is limited to. */
export const roleInAccount: CrossFieldRule = ({ aws }) => {
  const roleArn = aws?.assumeRole?.roleArn;
  if (roleArn === undefined || aws?.accountId === undefined || arnParts(roleArn).accountId === aws.accountId) return [];
  return [
    fault(
      ["aws", "assumeRole", "roleArn"],
      `leads into another account than aws.accountId, ${aws.accountId}`,
      roleArn,
      "write a role of that account, or correct the account",
    ),
  ];
};

/** The VPC's range holds all tiers of all zones. */
export const networkFits: CrossFieldRule = ({ aws }) => {
  const network = aws?.network;
  if (network === undefined || !("cidr" in network) || network.cidr === undefined) return [];
  const parsed = parseCidr(network.cidr);
  if (!parsed.ok) return [];
  const path = ["aws", "network", "cidr"];
  const { family, prefixLength } = parsed.cidr;
  if (family !== "ipv4") {
    return [fault(path, "must be an IPv4 range", network.cidr, 'write for example "10.20.0.0/16"')];
  }
  if (prefixLength < VPC_PREFIX_LENGTHS.shortest || prefixLength > VPC_PREFIX_LENGTHS.longest) {
    const bounds = `/${VPC_PREFIX_LENGTHS.shortest} to /${VPC_PREFIX_LENGTHS.longest}`;
    return [fault(path, `must be ${bounds}`, network.cidr, `write a range of ${bounds}`)];
  }
  const zones = new Set(present("zones" in network ? network.zones : []).map(({ item }) => item));
  try {
    planVpc(parsed.cidr, [...zones].slice(0, ZONE_SLOTS));
    return [];
  } catch (error) {
    if (!(error instanceof AllocationError)) throw error;
    return [fault(path, error.message, network.cidr, "write a larger range")];
  }
};

/** The network that is made here, unless its way out was refused. */
function networkWithEgress(aws: PartialEnvironment["aws"]) {
  const network = aws?.network;
  return network !== undefined && "egress" in network ? network : undefined;
}

/** A way out that leads to a stack needs that stack. */
export const egressLeadsSomewhere: CrossFieldRule = ({ aws, inspection }, isRefused) =>
  networkWithEgress(aws)?.egress === "inspection" && inspection === undefined && !isRefused(["inspection"])
    ? [
        fault(
          ["aws", "network", "egress"],
          "leads through the stack 'inspection', and the environment has no section 'inspection'",
          "inspection",
          'add inspection: { … }, or write egress: "nat"',
        ),
      ]
    : [];

/** What only one way out has does not stand beside the other. */
export const egressTakesItsOwn: CrossFieldRule = ({ aws }) => {
  const { egress, nat, transitGatewayId } = networkWithEgress(aws) ?? {};
  const isSingle = egress === "inspection" && nat === "single";
  const isUnused = egress === "nat" && transitGatewayId !== undefined;
  return [
    ...(isSingle
      ? [
          fault(
            ["aws", "network", "nat"],
            "has no effect where egress is inspected: the NAT gateways then stand in the inspection VPC, one in each zone",
            nat,
            'leave nat out, or write egress: "nat"',
          ),
        ]
      : []),
    ...(isUnused
      ? [
          fault(
            ["aws", "network", "transitGatewayId"],
            'is used only with egress: "inspection"',
            transitGatewayId,
            "leave it out",
          ),
        ]
      : []),
  ];
};

/** A VPC has an IPv4 range of /16 to /28, whoever made it. */
export const existingRangeIsOfVpc: CrossFieldRule = ({ aws }) => {
  const range = existingOf(aws)?.cidr;
  const parsed = parseCidr(range ?? "");
  if (!parsed.ok) return [];
  const { family, prefixLength } = parsed.cidr;
  const { shortest, longest } = ANY_VPC_PREFIX_LENGTHS;
  const problem =
    family !== "ipv4"
      ? "must be an IPv4 range"
      : prefixLength < shortest || prefixLength > longest
        ? `must be /${shortest} to /${longest}, as the ranges of VPCs are`
        : undefined;
  return problem === undefined
    ? []
    : [fault(["aws", "network", "existing", "cidr"], problem, range, "write the VPC's IPv4 range")];
};

/** A subnet leads to the internet gateway, or it does not. */
export const existingSubnetsAreApart: CrossFieldRule = ({ aws }) => {
  const existing = existingOf(aws);
  const facing = new Set(present(existing?.publicSubnetIds).map(({ item }) => item));
  return present(existing?.privateSubnetIds)
    .filter(({ item }) => facing.has(item))
    .map(({ index, item }) =>
      fault(
        ["aws", "network", "existing", "privateSubnetIds", index],
        "stands also in publicSubnetIds",
        item,
        "keep it in one of the two",
      ),
    );
};

/** The network of somebody else, as far as it was read. */
function existingOf(aws: PartialEnvironment["aws"]) {
  const network = aws?.network;
  return network && "existing" in network ? network.existing : undefined;
}

/** In lists whose items each become something of their own, nothing stands twice. */
export const nothingTwice: CrossFieldRule = ({ aws, notify, rancher }) => {
  const network = aws?.network;
  const lists: readonly (readonly [path: Path, items: readonly (string | undefined)[] | undefined])[] = [
    [["aws", "network", "zones"], network && "zones" in network ? network.zones : undefined],
    [
      ["aws", "network", "gatewayEndpoints"],
      network && "gatewayEndpoints" in network ? network.gatewayEndpoints : undefined,
    ],
    [["aws", "network", "existing", "publicSubnetIds"], existingOf(aws)?.publicSubnetIds],
    [["aws", "network", "existing", "privateSubnetIds"], existingOf(aws)?.privateSubnetIds],
    [["notify", "alarmTopicArns"], notify?.alarmTopicArns],
    [["rancher", "loadBalancerArns"], rancher?.loadBalancerArns],
  ];
  return lists.flatMap(([path, items]) => twice(path, items));
};

/** What an alarm or a web ACL refers to lies in the environment's own Region, and a balancer in its own account. */
export const sameRegion: CrossFieldRule = ({ aws, notify, rancher }) => {
  if (aws?.region === undefined) return [];
  const { region, accountId } = aws;
  const topics = present(notify?.alarmTopicArns)
    .filter(({ item }) => arnParts(item).region !== region)
    .map(({ index, item }) =>
      fault(
        ["notify", "alarmTopicArns", index],
        `lies in another Region than aws.region, ${region}, and an alarm notifies only topics of its own`,
        item,
        "write a topic of that Region",
      ),
    );
  const balancers = present(rancher?.loadBalancerArns)
    .filter(
      ({ item }) =>
        arnParts(item).region !== region || (accountId !== undefined && arnParts(item).accountId !== accountId),
    )
    .map(({ index, item }) =>
      fault(
        ["rancher", "loadBalancerArns", index],
        "lies in another account or Region than the environment, and a web ACL protects only balancers of its own",
        item,
        "correct the ARN, or leave it out and associate the exported web ACL yourself",
      ),
    );
  return [...topics, ...balancers];
};

const CACHE_CREDENTIAL = ["aws", "dockerHub", "credentialSecretArn"] as const;

/** The cache is made together with the network, so there must be one that is made here. */
export const cacheNeedsMadeNetwork: CrossFieldRule = ({ aws }, isRefused) => {
  if (aws?.dockerHub === undefined || isRefused(["aws", "network"])) return [];
  const { network } = aws;
  if (network !== undefined && !("existing" in network)) return [];
  return [
    fault(
      ["aws", "dockerHub"],
      network === undefined
        ? "is made together with the network, and aws has none"
        : "is made together with the network, and this one exists already",
      undefined,
      network === undefined
        ? "take it out, or add network: { cidr: …, zones: … }"
        : "take it out, and name the repository of a cache of your own in the edge's image.repository",
    ),
  ];
};

/** Amazon ECR User Guide, "Creating a pull through cache rule": the secret lies where the rule does. */
export const cacheCredentialIsNear: CrossFieldRule = ({ aws }) => {
  const secret = aws?.dockerHub?.credentialSecretArn;
  if (aws === undefined || secret === undefined) return [];
  const { region, accountId } = arnParts(secret);
  if (region === (aws.region ?? region) && accountId === (aws.accountId ?? accountId)) return [];
  return [
    fault(
      CACHE_CREDENTIAL,
      "lies in another account or Region than the environment, and Amazon ECR reads only secrets of its own",
      secret,
      "write a secret of this account and Region",
    ),
  ];
};
