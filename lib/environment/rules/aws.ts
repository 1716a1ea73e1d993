import { AllocationError, parseCidr, planVpc } from "../../addresses";
import { arnParts } from "../fields";
import { type CrossFieldRule, present, violation } from "./rule";

/** Amazon VPC User Guide, "VPC CIDR blocks": /16 at most; /22 is the smallest that holds four tiers in four zones. */
const VPC_PREFIX_LENGTHS = { shortest: 16, longest: 22 };

/** The role to assume must lead into the account that the provider is limited to. */
export const roleInAccount: CrossFieldRule = ({ aws }) => {
  const roleArn = aws?.assumeRole?.roleArn;
  if (roleArn === undefined || aws?.accountId === undefined || arnParts(roleArn).accountId === aws.accountId) return [];
  return [
    violation(
      ["aws", "assumeRole", "roleArn"],
      `leads into another account than aws.accountId, ${aws.accountId}`,
      roleArn,
      "write a role of that account, or correct the account",
    ),
  ];
};

/** The VPC's range holds all tiers of all zones, and no zone is named twice. */
export const networkFits: CrossFieldRule = ({ aws }) => {
  const network = aws?.network;
  if (network === undefined || !("cidr" in network) || network.cidr === undefined) return [];
  const parsed = parseCidr(network.cidr);
  if (!parsed.ok) return [];
  const zones = present(network.zones);
  const twice = zones.filter(({ index, item }) => zones.some((other) => other.index < index && other.item === item));
  if (twice.length > 0) {
    return twice.map(({ index, item }) =>
      violation(["aws", "network", "zones", index], "names a zone a second time", item, "name each zone once"),
    );
  }
  const path = ["aws", "network", "cidr"];
  const { family, prefixLength } = parsed.cidr;
  if (family !== "ipv4") {
    return [violation(path, "must be an IPv4 range", network.cidr, 'write for example "10.20.0.0/16"')];
  }
  if (prefixLength < VPC_PREFIX_LENGTHS.shortest || prefixLength > VPC_PREFIX_LENGTHS.longest) {
    const bounds = `/${VPC_PREFIX_LENGTHS.shortest} to /${VPC_PREFIX_LENGTHS.longest}`;
    return [violation(path, `must be ${bounds}`, network.cidr, `write a range of ${bounds}`)];
  }
  try {
    planVpc(
      parsed.cidr,
      zones.map(({ item }) => item),
    );
    return [];
  } catch (error) {
    if (!(error instanceof AllocationError)) throw error;
    return [violation(path, error.message, network.cidr, "write a larger range")];
  }
};

/** What an alarm or a web ACL refers to lies in the environment's own Region, and a balancer in its own account. */
export const sameRegion: CrossFieldRule = ({ aws, notify, rancher }) => {
  if (aws?.region === undefined) return [];
  const { region, accountId } = aws;
  const topics = present(notify?.alarmTopicArns)
    .filter(({ item }) => arnParts(item).region !== region)
    .map(({ index, item }) =>
      violation(
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
      violation(
        ["rancher", "loadBalancerArns", index],
        "lies in another account or Region than the environment, and a web ACL protects only balancers of its own",
        item,
        "correct the ARN, or leave it out and associate the exported web ACL yourself",
      ),
    );
  return [...topics, ...balancers];
};
