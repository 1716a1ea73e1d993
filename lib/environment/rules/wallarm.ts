import { arnParts } from "../fields";
import { FIRST_WITH_METRICS, isSince, parseNodeVersion } from "../node-version";
import { EDGE_DEFAULTS } from "../wallarm-defaults";
import { recordsOf } from "../wallarm-facts";
import { edgesOf, ofEdge } from "./edge";
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
