import { z } from "zod";

import { ENTRY_DEFAULTS } from "../entry-defaults";
import { FARGATE_MEMORY_MB, type FargateCpu } from "../fargate-sizes";
import { expected, kmsKeyArn, oneOf, says, secretArn, text, trueOrFalse, wholeNumber } from "../fields";
import { section } from "../shapes";
import { isPlainObject } from "../values";

const LOGIN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:registry/login-AbCdEf";

/**
 * Where an image comes from, besides its version.
 *
 * @param image repository and name, as Docker Hub has them
 */
export const imageFields = (image: string) =>
  ({
    /** Digest of the image; what is pulled then cannot differ from what was tested. @default - the tag alone */
    digest: text({
      pattern: /^sha256:[0-9a-f]{64}$/,
      what: "the digest of an image, sha256: and 64 hexadecimal digits",
      example: `"sha256:${"0123456789abcdef".repeat(4)}"`,
    }).optional(),
    /** Another repository that holds the image, with its registry and without tag. @default - that of Docker Hub */
    repository: text({
      pattern: /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)+$/,
      what: "a repository with its registry, without tag and digest",
      example: `"111122223333.dkr.ecr.eu-central-1.amazonaws.com/${image}"`,
    }).optional(),
    /** How tasks sign in to a registry that is not Amazon ECR. @default - they do not */
    credentials: section(`{ secretArn: "${LOGIN}" }`, {
      /** A Secrets Manager secret of this Region whose JSON holds `username` and `password`. */
      secretArn: secretArn(/[\w/+=.@-]+/, "the ARN of a Secrets Manager secret", LOGIN),
      /** Key that encrypts the secret. @default - the account's own `aws/secretsmanager` */
      kmsKeyArn: kmsKeyArn.optional(),
    }).optional(),
  }) as const;

/** What runs a task, whatever it runs. */
export const taskFields = {
  /** Processors of the tasks. @default "x86_64" */
  architecture: oneOf(["x86_64", "arm64"]).default("x86_64"),
  /**
   * Whether operators may open a shell in a task by ECS Exec. What they type is logged if the image holds `script`, and few do.
   * @default false
   */
  exec: trueOrFalse.default(false),
} as const;

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

/** CPU and memory of a task. */
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

/** How many tasks run. */
export const scalingFields = {
  /** Tasks in each zone that always run: a zone that fails leaves those of the others. @default 1 */
  minPerZone: wholeNumber("a number of tasks", 1, 100).default(ENTRY_DEFAULTS.scaling.minPerZone),
  /** Tasks in each zone at most. @default 4 */
  maxPerZone: wholeNumber("a number of tasks", 1, 100).default(ENTRY_DEFAULTS.scaling.maxPerZone),
  /** CPU that scaling aims at, in per cent: what is left covers the minutes until a new task is ready. @default 60 */
  cpuPercent: wholeNumber("a share of the CPU in per cent", 10, 90).default(60),
  /** Share of the tasks on Fargate Spot, which AWS may take back within two minutes, in per cent. @default 0 */
  spotPercent: wholeNumber("a share of the tasks in per cent", 0, 100).default(0),
} as const;

/** Requests that one task is to get in a minute. */
export const requestsPerMinute = wholeNumber("a number of requests in a minute", 1, 1_000_000);
