import { cidr, contains, parseCidr } from "../../addresses";
import type { PartialEnvironment } from "../environment";
import { arnParts } from "../fields";
import { FIRST_WITH_METRICS, isSince, parseNodeVersion } from "../node-version";
import { EDGE_DEFAULTS } from "../sections/wallarm";
import { isIpv4Address, parseUpstream, type Upstream } from "../upstream";
import type { Fault, Path } from "../violation";
import { recordsOf } from "../wallarm-facts";
import { type CrossFieldRule, fault, present, twice } from "./rule";

type Fields = NonNullable<NonNullable<PartialEnvironment["wallarm"]>[string]>;

/** One edge, as far as it was read. */
interface Edge {
  readonly name: string;
  readonly fields: Fields;
  readonly environment: PartialEnvironment;
  /** The path of a field of the edge. */
  readonly at: (...keys: Path) => Path;
  readonly isRefused: (...keys: Path) => boolean;
  /** What stands in a field, or its default where it was left out; `undefined` where it was refused. */
  readonly settled: <Value>(value: Value | undefined, fallback: Value, ...keys: Path) => Value | undefined;
}

function edgesOf(environment: PartialEnvironment, isPathRefused: (path: Path) => boolean): readonly Edge[] {
  return Object.entries(environment.wallarm ?? {}).flatMap(([name, fields]) => {
    if (fields === undefined) return [];
    const at = (...keys: Path): Path => ["wallarm", name, ...keys];
    const isRefused = (...keys: Path): boolean => isPathRefused(at(...keys));
    const settled: Edge["settled"] = (value, fallback, ...keys) => value ?? (isRefused(...keys) ? undefined : fallback);
    return [{ name, fields, environment, at, isRefused, settled }];
  });
}

/** A rule that looks at each edge by itself. */
const ofEdge =
  (faultsOf: (edge: Edge) => readonly Fault[]): CrossFieldRule =>
  (environment, isRefused) =>
    edgesOf(environment, isRefused).flatMap(faultsOf);

/** An edge stands in a VPC of AWS. */
export const edgesNeedNetwork: CrossFieldRule = ({ wallarm, aws }, isRefused) => {
  if (wallarm === undefined || isRefused(["aws"]) || isRefused(["aws", "network"])) return [];
  if (aws === undefined) {
    return [
      fault(
        ["wallarm"],
        "stands in AWS, and the environment has no section 'aws'",
        undefined,
        'add aws: { accountId: "…", region: "…", network: { … } }',
      ),
    ];
  }
  if (aws.network !== undefined) return [];
  return [
    fault(
      ["wallarm"],
      "stands in a VPC, and aws has no network",
      undefined,
      'add network: { cidr: "10.20.0.0/16", zones: ["a", "b"] } to aws',
    ),
  ];
};

/** HTTPS needs a certificate, or a zone in which one can be validated. */
export const edgeHasCertificate = ofEdge(({ fields, at, isRefused }) =>
  fields.certificateArn !== undefined ||
  fields.zoneId !== undefined ||
  isRefused("certificateArn") ||
  isRefused("zoneId")
    ? []
    : [
        fault(
          at(),
          "has neither certificateArn nor zoneId, and HTTPS needs a certificate",
          undefined,
          "write the ARN of a certificate, or the Route 53 zone in which one can be made and validated",
        ),
      ],
);

/** AWS Certificate Manager API Reference, "RequestCertificate": the first name of a certificate has 64 characters at most. */
const MOST_CERTIFICATE_CHARACTERS = 64;

export const domainFitsCertificate = ofEdge(({ fields, at, isRefused }) => {
  const { domain, zoneId, certificateArn } = fields;
  const isMade = zoneId !== undefined && certificateArn === undefined && !isRefused("certificateArn");
  if (!isMade || domain === undefined || domain.length <= MOST_CERTIFICATE_CHARACTERS) return [];
  return [
    fault(
      at("domain"),
      `has more than the ${MOST_CERTIFICATE_CHARACTERS} characters that ACM takes for the name of a certificate`,
      domain,
      "shorten it, or bring a certificate of your own by certificateArn",
    ),
  ];
});

/** What NGINX and the node's other processes have at least besides the arena, in MiB: our own floor. */
const MEMORY_BESIDES_ARENA_MB = 512;

/** The arena is a part of the task's memory. */
export const arenaFitsMemory = ofEdge(({ fields, at, settled }) => {
  const arenaGb = settled(fields.arenaGb, EDGE_DEFAULTS.arenaGb, "arenaGb");
  const memoryMb = settled<number>(fields.size?.memoryMb, EDGE_DEFAULTS.size.memoryMb, "size", "memoryMb");
  if (arenaGb === undefined || memoryMb === undefined) return [];
  const needed = arenaGb * 1024 + MEMORY_BESIDES_ARENA_MB;
  if (needed <= memoryMb) return [];
  return [
    fault(
      at("arenaGb"),
      `needs ${Math.ceil(needed)} MiB with the ${MEMORY_BESIDES_ARENA_MB} that stay for the rest, and size.memoryMb is ${memoryMb}`,
      arenaGb,
      "lower it, or write a size with more memory",
    ),
  ];
});

/** The upstream of an edge, unless it was refused. */
function upstreamOf({ fields }: Edge): Upstream | undefined {
  const result = parseUpstream(fields.upstream ?? "");
  return result.ok ? result.upstream : undefined;
}

/** A request that is passed on to where it came in never ends. */
export const upstreamIsNoLoop = ofEdge((edge) => {
  const { fields, at } = edge;
  const upstream = upstreamOf(edge);
  const loop = (path: Path, found: string): Fault =>
    fault(path, "is the edge's own domain, and requests would go round in a circle", found, "write another host");
  const target = fields.upstreamRecord?.target;
  return [
    ...(fields.upstream !== undefined && upstream?.host === fields.domain
      ? [loop(at("upstream"), fields.upstream)]
      : []),
    ...(target !== undefined && target === fields.domain ? [loop(at("upstreamRecord", "target"), target)] : []),
  ];
});

/** Nodes have no IPv6 addresses. */
export const upstreamRangesAreIpv4 = ofEdge(({ fields, at }) =>
  present(fields.upstreamCidrs)
    .filter(({ item }) => item.includes(":"))
    .map(({ index, item }) =>
      fault(at("upstreamCidrs", index), "is an IPv6 range, and nodes speak IPv4 only", item, "take it out"),
    ),
);

/** An address of the upstream lies where the nodes' own security group lets them out to. */
export const upstreamMayBeReached = ofEdge((edge) => {
  const { fields, at, isRefused } = edge;
  const ranges = present(fields.upstreamCidrs);
  if (fields.upstreamCidrs === undefined || ranges.length < fields.upstreamCidrs.length || isRefused("upstreamCidrs")) {
    return [];
  }
  const upstream = upstreamOf(edge);
  const places: readonly (readonly [path: Path, host: string | undefined, found: string | undefined])[] = [
    [at("upstream"), upstream?.host, fields.upstream],
    [at("upstreamRecord", "target"), fields.upstreamRecord?.target, fields.upstreamRecord?.target],
  ];
  return places
    .filter(([, host]) => host !== undefined && isIpv4Address(host) && !ranges.some(({ item }) => holds(item, host)))
    .map(([path, , found]) =>
      fault(path, "is an address outside of upstreamCidrs", found, "add its range there, or correct the address"),
    );
});

function holds(range: string, address: string): boolean {
  if (range === "0.0.0.0/0") return true;
  const parsed = parseCidr(range);
  return parsed.ok && contains(parsed.cidr, cidr(`${address}/32`));
}

/** Certificates that nothing is compared with would look like safety. */
export const authorityNeedsTls = ofEdge((edge) =>
  edge.fields.upstreamCaPem !== undefined && upstreamOf(edge)?.scheme === "http"
    ? [
        fault(
          edge.at("upstreamCaPem"),
          "has no effect on an upstream without TLS",
          undefined,
          "write https:// in upstream, or leave it out",
        ),
      ]
    : [],
);

/** The upstream's record gives a name to something else. */
export const upstreamRecordNamesHost = ofEdge((edge) => {
  const { fields, at } = edge;
  const upstream = upstreamOf(edge);
  if (fields.upstreamRecord === undefined || upstream === undefined) return [];
  if (upstream.isAddress) {
    return [
      fault(
        at("upstreamRecord"),
        "would name the host of upstream, and that is an address",
        undefined,
        "write a host name in upstream, or leave the record out",
      ),
    ];
  }
  const { target } = fields.upstreamRecord;
  if (target !== upstream.host || target === fields.domain) return [];
  return [
    fault(
      at("upstreamRecord", "target"),
      "is the host that the record itself names",
      target,
      "write the name or address that it shall lead to",
    ),
  ];
});

/** An edge that nobody may connect to has no purpose. */
export const somebodyIsAdmitted = ofEdge(({ fields, at, isRefused }) => {
  const { ingress } = fields;
  if (ingress === undefined || isRefused("ingress", "cidrs") || isRefused("ingress", "prefixListIds")) return [];
  if ((ingress.cidrs ?? []).length > 0 || (ingress.prefixListIds ?? []).length > 0) return [];
  return [
    fault(
      at("ingress"),
      "admits nobody: both of its lists are empty",
      undefined,
      "name a range or a prefix list, or leave ingress out for the default",
    ),
  ];
});

/** Without IPv6 addresses nobody connects from one. */
export const ipv6NeedsDualStack = ofEdge(({ fields, at, settled }) =>
  settled<boolean>(fields.dualStack, EDGE_DEFAULTS.dualStack, "dualStack") === false
    ? present(fields.ingress?.cidrs)
        .filter(({ item }) => item.includes(":"))
        .map(({ index, item }) =>
          fault(
            at("ingress", "cidrs", index),
            "is an IPv6 range, and the edge has IPv4 addresses only",
            item,
            "take it out, or write dualStack: true",
          ),
        )
    : [],
);

/**
 * Elastic Load Balancing User Guide, "IP address types for your Application Load Balancer": the subnets of a dual-stack balancer have
 * IPv6 ranges, and those made here have none.
 */
export const dualStackHasIpv6 = ofEdge(({ fields, at, environment }) => {
  if (fields.dualStack !== true) return [];
  const dualStack = (problem: string, remedy: string): Fault[] => [fault(at("dualStack"), problem, true, remedy)];
  if (fields.scheme === "internal") {
    return dualStack("is for public edges only, and this one is internal", "leave it out");
  }
  const network = environment.aws?.network;
  return network !== undefined && "zones" in network
    ? dualStack(
        "needs subnets with IPv6 ranges, and those of the network made here have none",
        "leave it out, or use an existing network that has them",
      )
    : [];
});

/** The sidecar asks the node for metrics that earlier releases do not have. */
export const sidecarNeedsMetrics = ofEdge(({ fields, at, settled }) => {
  const version = settled<string>(fields.image?.version, EDGE_DEFAULTS.image.version, "image", "version");
  const found = parseNodeVersion(version ?? "");
  if (fields.metricsSidecar !== true || found === undefined || isSince(found, FIRST_WITH_METRICS)) return [];
  return [
    fault(
      at("metricsSidecar"),
      `needs an image from ${FIRST_WITH_METRICS.major}.${FIRST_WITH_METRICS.minor} on, and image.version is ${version ?? ""}`,
      true,
      "write a later image, or leave the sidecar out",
    ),
  ];
});

/** The most nodes are not fewer than the fewest. */
export const scalingHasRoom = ofEdge(({ fields, at, settled }) => {
  const { scaling } = EDGE_DEFAULTS;
  const least = settled<number>(fields.scaling?.minPerZone, scaling.minPerZone, "scaling", "minPerZone");
  const most = settled<number>(fields.scaling?.maxPerZone, scaling.maxPerZone, "scaling", "maxPerZone");
  if (least === undefined || most === undefined || most >= least) return [];
  return [
    fault(
      at("scaling"),
      `has a maxPerZone of ${most}, less than its minPerZone, ${least}`,
      undefined,
      "raise maxPerZone, or lower minPerZone",
    ),
  ];
});

/** A load balancer takes only certificates and web ACLs of its own account and Region. */
export const balancerPartsAreNear = ofEdge(({ fields, at, environment: { aws } }) => {
  const parts = [
    ["certificateArn", "certificates"],
    ["webAclArn", "web ACLs"],
  ] as const;
  return parts.flatMap(([field, what]) => {
    const found = fields[field];
    if (found === undefined) return [];
    const { region, accountId } = arnParts(found);
    if (region === (aws?.region ?? region) && accountId === (aws?.accountId ?? accountId)) return [];
    return [
      fault(
        at(field),
        `lies in another account or Region than the environment, and a load balancer takes only ${what} of its own`,
        found,
        "write one of this account and Region",
      ),
    ];
  });
});

/** The secret of the token can be read from here. */
export const tokenIsNear = ofEdge(({ fields, at, isRefused, environment: { aws } }) => {
  const token = fields.token && "existing" in fields.token ? fields.token.existing : undefined;
  if (token?.secretArn === undefined) return [];
  const { secretArn, kmsKeyArn } = token;
  const secret = arnParts(secretArn);
  const path = at("token", "existing", "secretArn");
  const isElsewhere = aws?.region !== undefined && secret.region !== aws.region;
  const isForeign = aws?.accountId !== undefined && secret.accountId !== aws.accountId;
  const hasNoKey = kmsKeyArn === undefined && !isRefused("token", "existing", "kmsKeyArn");
  return [
    ...(isElsewhere
      ? [
          fault(
            path,
            `lies in another Region than aws.region, ${aws.region}, and nodes could not start while that one is away`,
            secretArn,
            "replicate the secret into this Region, and write the replica's ARN",
          ),
        ]
      : []),
    // AWS Secrets Manager User Guide, "Access AWS Secrets Manager secrets from a different account".
    ...(isForeign && hasNoKey
      ? [
          fault(
            path,
            "lies in another account, which can share only secrets under a key of its own",
            secretArn,
            "write that key as kmsKeyArn, or a secret of this account",
          ),
        ]
      : []),
    ...(kmsKeyArn !== undefined && arnParts(kmsKeyArn).region !== secret.region
      ? [
          fault(
            at("token", "existing", "kmsKeyArn"),
            `lies in another Region than the secret, ${secret.region}`,
            kmsKeyArn,
            "write the key that encrypts the secret",
          ),
        ]
      : []),
  ];
});

/** In lists whose items each become a rule of a security group, nothing stands twice. */
export const rangesStandOnce = ofEdge(({ fields, at }) => [
  ...twice(at("ingress", "cidrs"), fields.ingress?.cidrs, canonical),
  ...twice(at("ingress", "prefixListIds"), fields.ingress?.prefixListIds),
  ...twice(at("upstreamCidrs"), fields.upstreamCidrs, canonical),
]);

/** IPv6 ranges have many spellings. */
function canonical(range: string): string {
  const parsed = parseCidr(range);
  return parsed.ok ? parsed.cidr.text : range;
}

/** Two edges that make one record would take it from each other. */
export const recordsAreApart: CrossFieldRule = (environment, isRefused) => {
  const records = edgesOf(environment, isRefused).flatMap((edge) =>
    recordsOf(edge.fields).map((record) => ({ edge, record })),
  );
  return records.flatMap(({ edge, record }, index) => {
    const other = records
      .slice(0, index)
      .find((earlier) => earlier.record.name === record.name && earlier.record.zoneId === record.zoneId)?.edge.name;
    if (other === undefined || other === edge.name) return [];
    return [
      fault(
        edge.at(record.field),
        `asks for the record ${record.name}, which the edge ${other} makes in the same zone`,
        record.field === "zoneId" ? record.zoneId : undefined,
        `leave ${record.field} to one of the two edges`,
      ),
    ];
  });
};
