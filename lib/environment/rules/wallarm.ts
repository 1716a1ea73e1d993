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
