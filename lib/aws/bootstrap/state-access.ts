import { type AwsPlace, type RunPhase, s3Arn } from "../../names";
import type { PolicyStatement } from "../iam";
import type { SetBlock } from "./contract";

/** A state in S3 that others write. */
export interface ReadState {
  readonly bucket: string;
  readonly key: string;
  /** Role that reads it. @default - the reader itself */
  readonly roleArn?: string;
}

/** The states of an environment in S3, and those that it reads besides. */
export interface StateAccess {
  readonly place: AwsPlace;
  /** @default - they are not in S3 */
  readonly own?: {
    readonly bucket: string;
    /** What the keys of all its states follow, and no others: `ringfence/prod-*.tfstate`. */
    readonly keys: string;
    /** ARN of the key that encrypts them. @default - no customer managed one */
    readonly kmsKeyArn?: string;
    /** Role that reads and writes them. @default - the run itself */
    readonly roleArn?: string;
  };
  readonly others: readonly ReadState[];
}

/** The states in S3 that stacks read, each once. */
export function statesRead(blocks: readonly SetBlock[]): readonly ReadState[] {
  const found = blocks
    .filter(({ type }) => type === "terraform_remote_state")
    .flatMap(({ attributes }) => inS3(attributes));
  return [...new Map(found.map((state) => [JSON.stringify(state), state])).values()];
}

function inS3({ backend, config }: SetBlock["attributes"]): readonly ReadState[] {
  if (backend !== "s3" || typeof config !== "object" || config === null) return [];
  const { bucket, key, assume_role: role } = config as Readonly<Record<string, unknown>>;
  if (typeof bucket !== "string" || typeof key !== "string") return [];
  const roleArn = typeof role === "object" && role !== null && "role_arn" in role ? role.role_arn : undefined;
  return [{ bucket, key, roleArn: typeof roleArn === "string" ? roleArn : undefined }];
}

/** What a run may do with states: only an apply writes any, and everybody locks. */
export function stateStatements({ place, own, others }: StateAccess, phase: RunPhase): readonly PolicyStatement[] {
  const roleArns = [...new Set([own, ...others].flatMap((state) => state?.roleArn ?? []))];
  const read = others.filter(({ roleArn }) => roleArn === undefined);
  return [
    ...(own === undefined || own.roleArn !== undefined ? [] : ownStates(place, own, phase)),
    ...(read.length === 0
      ? []
      : [
          {
            sid: "ReadOtherStates",
            actions: ["s3:GetObject"],
            resources: read.map(({ bucket, key }) => s3Arn(place, `${bucket}/${key}`)),
          },
        ]),
    ...(roleArns.length === 0 ? [] : [{ sid: "ReachStates", actions: ["sts:AssumeRole"], resources: roleArns }]),
  ];
}

/** Terraform documentation, "Backend type: s3": permissions required, with a lock file. */
function ownStates(
  place: AwsPlace,
  { bucket, keys, kmsKeyArn }: NonNullable<StateAccess["own"]>,
  phase: RunPhase,
): readonly PolicyStatement[] {
  const states = s3Arn(place, `${bucket}/${keys}`);
  return [
    // Of the whole bucket: S3 tells who may not list it that a state which is not there yet is forbidden, and `init` would fail.
    { sid: "FindStates", actions: ["s3:ListBucket"], resources: [s3Arn(place, bucket)] },
    {
      sid: "UseStates",
      actions: phase === "apply" ? ["s3:GetObject", "s3:PutObject"] : ["s3:GetObject"],
      resources: [states],
    },
    {
      sid: "LockStates",
      actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      resources: [`${states}.tflock`],
    },
    ...(kmsKeyArn === undefined
      ? []
      : [{ sid: "DecryptStates", actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [kmsKeyArn] }]),
  ];
}
