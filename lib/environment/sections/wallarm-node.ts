import { z } from "zod";

import { FARGATE_MEMORY_MB, type FargateCpu } from "../fargate-sizes";
import { expected, kmsKeyArn, says, secretArn, text, wholeNumber } from "../fields";
import { isSupported, parseNodeVersion, SUPPORTED_LINES } from "../node-version";
import { section } from "../shapes";
import { isPlainObject } from "../values";
import { EDGE_DEFAULTS } from "../wallarm-defaults";

const LINES = SUPPORTED_LINES.map(({ major, minor }) => `${major}.${minor} and later of line ${major}`).join(", ");
const VERSION = "one exact release of the node";
const VERSION_EXAMPLE = `write for example "${EDGE_DEFAULTS.image.version}"`;

const version = z.string({ error: expected(VERSION, VERSION_EXAMPLE) }).check((context) => {
  const found = parseNodeVersion(context.value);
  if (found !== undefined && isSupported(found)) return;
  const message =
    found === undefined
      ? says(`is not ${VERSION}: nodes would change by themselves when the tag moves`, VERSION_EXAMPLE)
      : says(`is of a line that is not supported: ${LINES} are`, VERSION_EXAMPLE);
  context.issues.push({ code: "custom", input: context.value, message });
});

const LOGIN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:registry/login-AbCdEf";

/** The image of the nodes. */
export const image = section('{ version: "7.1.0" }', {
  /** One exact release, from 6.13 (line 6) or 7.1 (line 7) on: `7.1.0`, `7.1.0-1`. A tag that moves is refused. */
  version,
  /** Digest of the image; what is pulled then cannot differ from what was tested. @default - the tag alone */
  digest: text({
    pattern: /^sha256:[0-9a-f]{64}$/,
    what: "the digest of an image, sha256: and 64 hexadecimal digits",
    example: `"sha256:${"0123456789abcdef".repeat(4)}"`,
  }).optional(),
  /** Another repository that holds the image, with its registry and without tag. @default - `wallarm/node` of Docker Hub */
  repository: text({
    pattern: /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)+$/,
    what: "a repository with its registry, without tag and digest",
    example: '"111122223333.dkr.ecr.eu-central-1.amazonaws.com/wallarm/node"',
  }).optional(),
  /** How nodes sign in to a registry that is not Amazon ECR. @default - they do not */
  credentials: section(`{ secretArn: "${LOGIN}" }`, {
    /** A Secrets Manager secret of this Region whose JSON holds `username` and `password`. */
    secretArn: secretArn(/[\w/+=.@-]+/, "the ARN of a Secrets Manager secret", LOGIN),
    /** Key that encrypts the secret. @default - the account's own `aws/secretsmanager` */
    kmsKeyArn: kmsKeyArn.optional(),
  }).optional(),
});

const cpus = Object.keys(FARGATE_MEMORY_MB).join(", ");

function sizeOf<const Cpu extends FargateCpu>(cpu: Cpu) {
  const memories: (typeof FARGATE_MEMORY_MB)[Cpu] = FARGATE_MEMORY_MB[cpu];
  return section(`{ cpu: ${cpu}, memoryMb: ${memories[0]} }`, {
    /** CPU units of a task; 1024 are one vCPU. */
    cpu: z.literal(cpu),
    /** Memory of a task in MiB. */
    memoryMb: z.literal(memories, {
      error: expected(`a memory that a task of ${cpu} CPU units can have`, `write ${inSteps(memories)}`),
    }),
  });
}

/** A row of the table as a person would say it. */
function inSteps(memories: readonly number[]): string {
  const [first = 0, second = 0, third = 0] = memories;
  return second - first === third - second
    ? `${first} to ${memories.at(-1) ?? first} in steps of ${second - first}`
    : memories.join(", ");
}

/** CPU and memory of a node. */
export const size = z.discriminatedUnion(
  "cpu",
  [sizeOf(256), sizeOf(512), sizeOf(1024), sizeOf(2048), sizeOf(4096), sizeOf(8192), sizeOf(16384)],
  {
    error: ({ input }) =>
      isPlainObject(input)
        ? says("must be the CPU units of a task on Fargate", `write one of ${cpus}`)
        : says("must be an object", "write { cpu: 2048, memoryMb: 4096 }"),
  },
);

/** How many nodes run. */
export const scaling = section("{ minPerZone: 1, maxPerZone: 4 }", {
  /** Nodes in each zone that always run: a zone that fails leaves those of the others. @default 1 */
  minPerZone: wholeNumber("a number of nodes", 1, 100).default(EDGE_DEFAULTS.scaling.minPerZone),
  /** Nodes in each zone at most. @default 4 */
  maxPerZone: wholeNumber("a number of nodes", 1, 100).default(EDGE_DEFAULTS.scaling.maxPerZone),
  /** CPU that scaling aims at, in per cent: what is left covers the minutes until a new node is ready. @default 60 */
  cpuPercent: wholeNumber("a share of the CPU in per cent", 10, 90).default(60),
  /**
   * Requests that one node is to get in a minute. The default, 250 a second, is half of what one core filters on average (Wallarm
   * documentation, "Allocating Resources for Wallarm NGINX Node"); the other of the default's two cores analyses.
   * @default 15000
   */
  requestsPerTargetPerMinute: wholeNumber("a number of requests in a minute", 1, 1_000_000).default(15_000),
  /** Share of the nodes on Fargate Spot, which AWS may take back within two minutes, in per cent. @default 0 */
  spotPercent: wholeNumber("a share of the nodes in per cent", 0, 100).default(0),
});

const ARENA = says("must be a number of gigabytes, 0.1 or more", "write for example 1.5, without quotes");

/** Gigabytes in which a node keeps requests for analysis. */
export const arenaGb = z.number({ error: ARENA }).min(0.1, { error: ARENA });
