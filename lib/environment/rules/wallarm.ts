import { arnParts } from "../fields";
import { FIRST_WITH_METRICS, isSince, parseNodeVersion } from "../node-version";
import { EDGE_DEFAULTS } from "../wallarm-defaults";
import { recordsOf } from "../wallarm-facts";
import type { Fault, Path } from "../violation";
import { type Edge, edgesOf, ofEdge } from "./edge";
import { type CrossFieldRule, fault } from "./rule";

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

/** The secrets of the token and of the registry can be read from here. */
export const secretsAreNear = ofEdge((edge) => {
  const { token, image } = edge.fields;
  const existing = token && "existing" in token ? token.existing : undefined;
  return [
    ...secretFaults(edge, ["token", "existing"], existing),
    ...secretFaults(edge, ["image", "credentials"], image?.credentials),
  ];
});

/** A secret as the file names it. */
interface NamedSecret {
  readonly secretArn?: string;
  readonly kmsKeyArn?: string;
}

function secretFaults(
  { at, isRefused, environment: { aws } }: Edge,
  where: Path,
  named: NamedSecret | undefined,
): readonly Fault[] {
  if (named?.secretArn === undefined) return [];
  const { secretArn, kmsKeyArn } = named;
  const secret = arnParts(secretArn);
  const path = at(...where, "secretArn");
  const isElsewhere = aws?.region !== undefined && secret.region !== aws.region;
  const isForeign = aws?.accountId !== undefined && secret.accountId !== aws.accountId;
  const hasNoKey = kmsKeyArn === undefined && !isRefused(...where, "kmsKeyArn");
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
            at(...where, "kmsKeyArn"),
            `lies in another Region than the secret, ${secret.region}`,
            kmsKeyArn,
            "write the key that encrypts the secret",
          ),
        ]
      : []),
  ];
}

/** A registry is signed in to only where nodes pull from it by themselves, and Amazon ECR knows their role. */
export const registryAsksForCredentials = ofEdge(({ fields, at, isRefused, environment: { aws } }) => {
  const { credentials, repository } = fields.image ?? {};
  if (credentials === undefined || isRefused("image", "repository")) return [];
  const isCached = repository === undefined && aws?.dockerHub !== undefined;
  const isEcr = repository !== undefined && /\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\//.test(repository);
  if (!isCached && !isEcr) return [];
  const problem = isCached
    ? "has no effect: the image comes through aws.dockerHub, which has credentials of its own"
    : "has no effect: Amazon ECR admits the nodes by their role";
  return [fault(at("image", "credentials"), problem, undefined, "leave it out")];
});

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
