import type { JsonObject } from "../../lib/policy/terraform-json";
import { planOf } from "../support/scan/plan";
import { scan } from "../support/scan/scan";

const policy = (statement: JsonObject): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });

const container = { name: "node", image: "node:1.0.0", essential: true };
const task = (...definitions: readonly JsonObject[]): JsonObject => ({
  family: "edge",
  container_definitions: JSON.stringify(definitions),
});

/** A stack in which of each kind one resource keeps a rule and others do not. */
const STACK = {
  provider: {
    // AWS's own example of a key pair, as its documentation prints it.
    aws: [{ access_key: "AKIAIOSFODNN7EXAMPLE", secret_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" }],
  },
  resource: {
    aws_ecs_task_definition: {
      writable: task({ ...container, readonlyRootFilesystem: false }),
      "writable-sidecar": task({ ...container, readonlyRootFilesystem: true }, container),
      closed: task({ ...container, readonlyRootFilesystem: true }),
    },
    aws_iam_role_policy: {
      wide: { role: "x", policy: policy({ Action: "s3:GetObject", Resource: "*" }) },
      narrow: { role: "x", policy: policy({ Action: "s3:GetObject", Resource: "${aws_s3_bucket.closed.arn}/*" }) },
    },
    aws_sqs_queue_policy: {
      open: { queue_url: "x", policy: policy({ Action: "sqs:*", Principal: "*" }) },
    },
    aws_s3_bucket: { closed: { bucket: "a" }, open: { bucket: "b" } },
    aws_s3_bucket_public_access_block: {
      closed: {
        bucket: "${aws_s3_bucket.closed.id}",
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      },
    },
  },
};

describe("the real checkov", () => {
  let found: readonly string[];

  beforeAll(() => {
    const { findings } = scan(new Map([["dev-edge", planOf(STACK)]]));
    found = findings.map(({ rule, resource }) => `${rule} ${resource}`);
  });

  /** The resources that fail a rule. */
  const failing = (rule: string): readonly string[] =>
    found.filter((finding) => finding.startsWith(`${rule} `)).map((finding) => finding.slice(rule.length + 1));

  it("looks into container definitions that are written as text", () => {
    // "Ensure ECS containers are limited to read-only access to root filesystems"
    expect(failing("CKV_AWS_336")).toEqual([
      "dev-edge/aws_ecs_task_definition.writable",
      "dev-edge/aws_ecs_task_definition.writable-sidecar",
    ]);
  });

  it.each([
    ["IAM policies does not allow data exfiltration", "CKV_AWS_288", "aws_iam_role_policy.wide"],
    ["SQS queue policy is not public", "CKV_AWS_168", "aws_sqs_queue_policy.open"],
  ])("looks into policies that are written as text: %s", (_, rule, address) => {
    expect(failing(rule)).toEqual([`dev-edge/${address}`]);
  });

  it("follows references from one resource to another", () => {
    // "Ensure that S3 bucket has a Public Access block"
    expect(failing("CKV2_AWS_6")).toEqual(["dev-edge/aws_s3_bucket.open"]);
  });

  it("sees a secret in the configuration of a provider", () => {
    expect(failing("CKV_AWS_41")).toHaveLength(1);
  });
});
