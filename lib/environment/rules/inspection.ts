import { type Cidr, overlaps, parseCidr } from "../../addresses";
import type { PartialEnvironment } from "../environment";
import { LONGEST_DEREGISTRATION_SECONDS } from "../sections/inspection";
import type { Path } from "../violation";
import { modeOf } from "./inspection-modes";
import { type CrossFieldRule, fault, present, twice } from "./rule";

/** Amazon VPC User Guide, "VPC CIDR blocks": /16 at most; /22 is the smallest that holds four tiers in four zones. */
const VPC_PREFIX_LENGTHS = { shortest: 16, longest: 22 };

const RANGE = ["inspection", "network", "cidr"] as const;

/** What inspects stands in the way out of a network that is made here and leaves through it. */
export const inspectionNeedsEgress: CrossFieldRule = ({ inspection, aws }, isRefused) => {
  if (inspection === undefined || isRefused(["aws", "network", "egress"])) return [];
  const network = aws?.network;
  if (network && "egress" in network && network.egress === "inspection") return [];
  const [problem, remedy] =
    network === undefined
      ? [
          "inspects what leaves aws.network, and the environment has none",
          'add aws.network: { cidr: "…", egress: "inspection" }',
        ]
      : "existing" in network
        ? [
            "needs a network that is made here: an existing one has a way out already",
            "attach the existing VPC as one of inspection.spokes of another environment, or leave 'inspection' out",
          ]
        : ["would stand beside the way out: aws.network leaves through NAT", 'write egress: "inspection" there'];
  return [fault(["inspection"], problem, undefined, remedy)];
};

/** Each zone has an address to leave from, which the network keeps: the same zones, in the same order. */
export const zonesAreOfNetwork: CrossFieldRule = ({ inspection, aws }) => {
  const network = aws?.network;
  const wanted = network && "zones" in network ? network.zones : undefined;
  const zones = inspection?.network?.zones;
  if (wanted === undefined || zones === undefined || wanted.join() === zones.join()) return [];
  if ([...wanted, ...zones].includes(undefined)) return [];
  const missing = wanted.filter((zone) => !zones.includes(zone));
  const problem =
    inspection?.mode === "two-arm" && missing.length > 0
      ? `lack ${missing.join(" and ")} of aws.network.zones: with two arms, what comes in there would have no NAT gateway to leave by`
      : "differ from aws.network.zones, of which each keeps the address for its own";
  return [
    fault(["inspection", "network", "zones"], problem, zones, `leave zones out, or write ${JSON.stringify(wanted)}`),
  ];
};

/** The inspection VPC's range holds all tiers of all zones. */
export const inspectionFits: CrossFieldRule = ({ inspection }) => {
  const parsed = parseCidr(inspection?.network?.cidr ?? "");
  if (!parsed.ok) return [];
  const { family, prefixLength, text } = parsed.cidr;
  const { shortest, longest } = VPC_PREFIX_LENGTHS;
  if (family === "ipv4" && prefixLength >= shortest && prefixLength <= longest) return [];
  const bounds = `an IPv4 range of /${shortest} to /${longest}`;
  return [fault(RANGE, `must be ${bounds}`, text, 'write for example "10.30.0.0/20"')];
};

interface Placed {
  readonly path: Path;
  readonly what: string;
  readonly range: Cidr;
}

/** The ranges of further spokes, with where they stand. */
function spokeRanges({ inspection }: PartialEnvironment): readonly Placed[] {
  return Object.entries(inspection?.spokes ?? {}).flatMap(([name, spoke]) =>
    present(spoke?.cidrs).flatMap(({ index, item }) => {
      const parsed = parseCidr(item);
      const path = ["inspection", "spokes", name, "cidrs", index];
      return parsed.ok ? [{ path, what: `a range of the spoke ${name}`, range: parsed.cidr }] : [];
    }),
  );
}

/** A Gateway Load Balancer and its way here carry IPv4. */
export const spokeRangesAreIpv4: CrossFieldRule = (environment) =>
  spokeRanges(environment)
    .filter(({ range }) => range.family !== "ipv4")
    .map(({ path, range }) => fault(path, "must be an IPv4 range", range.text, "write the VPC's IPv4 ranges"));

/**
 * Ranges of spokes for which there is room in what an instance is told when it boots, 16 KB (Amazon EC2 User Guide, "Run commands when you
 * launch an EC2 instance with user data input"), beside the most of all else. A test holds the two together.
 */
export const MOST_SPOKE_RANGES = { "one-arm": 128, "two-arm": 64 } as const;

/** Appliances know every spoke's range. */
export const spokeRangesHaveRoom: CrossFieldRule = (environment, isRefused) => {
  const count = spokeRanges(environment).length;
  const mode = modeOf(environment, isRefused);
  const most = MOST_SPOKE_RANGES[mode ?? "one-arm"];
  if (count <= most) return [];
  const problem = `has ${count} ranges in all, and appliances${mode === "two-arm" ? " with two arms" : ""} can be told of ${most}`;
  return [
    fault(["inspection", "spokes"], problem, undefined, "write fewer, wider ranges where they hold nothing else"),
  ];
};

/** The transit gateway finds each address in one VPC. */
export const rangesAreApart: CrossFieldRule = (environment) => {
  const network = environment.aws?.network;
  const own = parseCidr(network && "cidr" in network ? (network.cidr ?? "") : "");
  const inspected = parseCidr(environment.inspection?.network?.cidr ?? "");
  const placed: readonly Placed[] = [
    ...(own.ok ? [{ path: ["aws", "network", "cidr"], what: "aws.network", range: own.cidr }] : []),
    ...(inspected.ok ? [{ path: RANGE, what: "the inspection VPC", range: inspected.cidr }] : []),
    ...spokeRanges(environment),
  ];
  return placed.flatMap(({ path, range }, place) => {
    const other = placed.slice(0, place).find((earlier) => overlaps(earlier.range, range));
    if (environment.inspection === undefined || other === undefined) return [];
    const problem = `overlaps ${other.what}, ${other.range.text}`;
    return [fault(path, problem, range.text, "choose another range for one of the two")];
  });
};

/** A connection that lives may be silent for as long as the idle timeout; an appliance that goes must wait for it. */
export const drainCoversIdle: CrossFieldRule = ({ inspection }) => {
  const idle = inspection?.tcpIdleTimeoutSeconds;
  if (idle === undefined) return [];
  const delay = inspection?.deregistrationDelaySeconds;
  if (idle > LONGEST_DEREGISTRATION_SECONDS) {
    const problem = `is longer than any appliance can wait for its connections, ${LONGEST_DEREGISTRATION_SECONDS} seconds`;
    const remedy = `write ${LONGEST_DEREGISTRATION_SECONDS} or less`;
    return [fault(["inspection", "tcpIdleTimeoutSeconds"], problem, idle, remedy)];
  }
  if (delay === undefined || delay >= idle) return [];
  return [
    fault(
      ["inspection", "deregistrationDelaySeconds"],
      `is shorter than tcpIdleTimeoutSeconds, ${idle}: connections that live would break`,
      delay,
      `write ${idle} or more, or leave it out`,
    ),
  ];
};

/** Scaling has somewhere to go, or stands still. */
export const fleetHasRoom: CrossFieldRule = ({ inspection }) => {
  const { minPerZone, maxPerZone } = inspection?.fleet ?? {};
  if (minPerZone === undefined || maxPerZone === undefined || minPerZone <= maxPerZone) return [];
  const problem = `is less than minPerZone, ${minPerZone}`;
  return [fault(["inspection", "fleet", "maxPerZone"], problem, maxPerZone, `write ${minPerZone} or more`)];
};

/**
 * Amazon EC2 User Guide, "Amazon EC2 instance type naming conventions": a `g` behind the generation's number stands for AWS Graviton,
 * whose instances are arm64; the family `a1` is arm64, too.
 */
const ARM = /^([a-z]+\d+g|a1)/;

/** An image starts on processors of its own kind only. */
export const typesAreOfArchitecture: CrossFieldRule = ({ inspection }) => {
  const { architecture, instanceTypes } = inspection?.fleet ?? {};
  if (architecture === undefined) return [];
  return present(instanceTypes)
    .filter(({ item }) => ARM.test(item) !== (architecture === "arm64"))
    .map(({ index, item }) =>
      fault(
        ["inspection", "fleet", "instanceTypes", index],
        `is not of the architecture ${architecture}`,
        item,
        `write a type of ${architecture}, for example "${architecture === "arm64" ? "c7gn.large" : "c6in.large"}"`,
      ),
    );
};

/** Each item becomes something of its own. */
export const inspectionListsHaveNoTwins: CrossFieldRule = ({ inspection }) => {
  const attachments = Object.entries(inspection?.spokes ?? {});
  const sameAttachment = attachments.flatMap(([name, spoke], place) => {
    const id = spoke?.attachmentId;
    const twin = attachments.slice(0, place).find(([, other]) => id !== undefined && other?.attachmentId === id);
    if (twin === undefined) return [];
    const path = ["inspection", "spokes", name, "attachmentId"];
    return [fault(path, `is also that of the spoke ${twin[0]}`, id, "write one spoke with all of its ranges")];
  });
  return [
    ...sameAttachment,
    ...twice(["inspection", "fleet", "instanceTypes"], inspection?.fleet?.instanceTypes),
    ...twice(["inspection", "share", "principals"], inspection?.share?.principals),
    ...twice(["inspection", "endpointService", "allowedPrincipals"], inspection?.endpointService?.allowedPrincipals),
    ...twice(["inspection", "rules", "sources"], inspection?.rules?.sources),
  ];
};
