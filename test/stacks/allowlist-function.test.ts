import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import example from "../../environments/example";
import * as contract from "../../lambda/allowlist-sync/contract";
import hosted from "../environments/hosted";
import wide from "../environments/wide";
import { dependenciesOf } from "../support/dependencies";
import { grants, grantsOfRole } from "../support/policy-documents";
import { stackTemplates } from "../support/stacks";
import type { Block, Template } from "../support/template";

const example_ = stackTemplates(example).template("example-allowlist");
const wide_ = stackTemplates(wide).template("wide-allowlist");
const hosted_ = stackTemplates(hosted).template("hosted-allowlist");

const lambdaOf = (template: Template): Block => template.resource("aws_lambda_function");
const roleOf = (template: Template): Block => template.follow(lambdaOf(template).attributes.role).block;

describe("the stream of the table", () => {
  const mapping = example_.resource("aws_lambda_event_source_mapping");

  it("wakes the function, from the first record on", () => {
    expect(mapping.attributes).toMatchObject({ starting_position: "TRIM_HORIZON" });
    expect(example_.follow(mapping.attributes.event_source_arn).attribute).toBe("stream_arn");
    expect(example_.follow(mapping.attributes.function_name).block).toEqual(lambdaOf(example_));
  });

  it("is read in large batches, one at a time, and given up after two more tries", () => {
    example_.resource("aws_lambda_event_source_mapping", {
      batch_size: 1000,
      maximum_batching_window_in_seconds: 2,
      parallelization_factor: 1,
      maximum_retry_attempts: 2,
      bisect_batch_on_function_error: false,
      function_response_types: undefined,
    });
  });

  it("leaves what failed in the bucket of failures, and counts it", () => {
    example_.resource("aws_lambda_event_source_mapping", {
      metrics_config: { metrics: ["EventCount"] },
      destination_config: { on_failure: { destination_arn: "${aws_s3_bucket.sync-failures.arn}" } },
    });
  });

  it("is read from its beginning where the table is new, and from now on where it has a past", () => {
    example_.resource("aws_lambda_event_source_mapping", { starting_position: "TRIM_HORIZON" });
    hosted_.resource("aws_lambda_event_source_mapping", { starting_position: "LATEST" });
  });
});

// A pass in the middle of a destroy would change the lock tokens by which Terraform deletes the sets; one in the middle of a
// first deploy would miss some of them.
describe.each([
  ["aws_lambda_event_source_mapping", "aws_iam_role_policy.sync-function-role-policy"],
  ["aws_scheduler_schedule", "aws_iam_role_policy.sync-schedule-role-policy"],
])("%s", (type, permission) => {
  it.each([
    ["example", example_],
    ["wide", wide_],
    ["hosted", hosted_],
  ])("in %s comes after the permission, all items and all cluster sets, and goes before them", (_, template) => {
    const dependencies = dependenciesOf(template, template.resource(type));
    const clusterSets = template.resources("aws_wafv2_ip_set", { name: /-clusters-/ });
    const needed = [...template.resources("aws_dynamodb_table_item"), ...clusterSets].map(({ address }) => address);
    expect(dependencies).toEqual(expect.arrayContaining([permission, ...needed]));
  });
});

describe("the function", () => {
  it("runs the bundle on Node.js 24, on arm64", () => {
    example_.resource("aws_lambda_function", {
      function_name: "example-allowlist-sync",
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      handler: contract.HANDLER,
      filename: /\.zip$/,
      source_code_hash: /^[\w+/]{43}=$/,
    });
  });

  it("has time to wait out throttles before it must stop writing", () => {
    expect(lambdaOf(example_).attributes.timeout).toBeGreaterThanOrEqual(10 * contract.TIME_RESERVE_SECONDS);
  });

  it.each([
    ["example", example_, "${aws_dynamodb_table.clusters.name}", "0.2", "50"],
    ["wide", wide_, "${aws_dynamodb_table.clusters.name}", "0.1", "200"],
    ["hosted", hosted_, "clusters", "0.2", "50"],
  ])("gets its variables in %s", (name, template, table, share, addresses) => {
    const { VARIABLES } = contract;
    const { attributes } = template.resource("aws_lambda_function", { environment: { variables: () => true } });
    expect(attributes.environment).toEqual({
      variables: {
        [VARIABLES.environment]: name,
        [VARIABLES.tableName]: table,
        [VARIABLES.ipSetPrefix]: `${name}-clusters`,
        [VARIABLES.guardMaxShare]: share,
        [VARIABLES.guardMaxAddresses]: addresses,
      },
    });
  });

  it("writes its log into a group of its own, encrypted and with an end", () => {
    const { attributes } = example_.resource("aws_lambda_function", {
      logging_config: { log_format: "Text", log_group: "${aws_cloudwatch_log_group.sync-function-logs.name}" },
    });
    expect(attributes.depends_on).toEqual(["aws_iam_role_policy.sync-function-role-policy"]);
    example_.resource("aws_cloudwatch_log_group", {
      name: "/aws/lambda/example-allowlist-sync",
      retention_in_days: (days) => typeof days === "number" && days > 0,
      kms_key_id: "${aws_kms_key.key.arn}",
    });
  });

  it("sets concurrency aside only where the environment asks for it", () => {
    hosted_.resource("aws_lambda_function", { reserved_concurrent_executions: 1 });
    example_.resource("aws_lambda_function", { reserved_concurrent_executions: undefined });
  });
});

describe.each([
  ["example", example_, 5, "rate(5 minutes)"],
  ["wide", wide_, 1, "rate(1 minute)"],
  ["hosted", hosted_, 15, "rate(15 minutes)"],
])("the schedule of %s", (_name, template, minutes, expression) => {
  const once = { maximum_retry_attempts: 0, maximum_event_age_in_seconds: minutes * 60 };

  it("starts the same function with the event that the function knows", () => {
    const { attributes } = template.resource("aws_scheduler_schedule", {
      schedule_expression: expression,
      flexible_time_window: { mode: "OFF" },
      target: { arn: `\${${lambdaOf(template).address}.arn}` },
    });
    expect(attributes.target).toMatchObject({ input: JSON.stringify(contract.SCHEDULE_EVENT) });
  });

  it("drops a run that could not start within its period, and repeats none", () => {
    template.resource("aws_scheduler_schedule", { target: { retry_policy: once } });
    template.resource("aws_lambda_function_event_invoke_config", {
      function_name: `\${${lambdaOf(template).address}.function_name}`,
      ...once,
    });
  });
});

describe("the bucket of failed batches", () => {
  const bucket = example_.resource("aws_s3_bucket");
  const ofBucket = { bucket: `\${${bucket.address}.id}` };

  it("is named for its account and Region", () => {
    expect(bucket.attributes.bucket).toBe("example-allowlist-sync-failures-111122223333-eu-central-1");
  });

  it("encrypts with the stack's key", () => {
    example_.resource("aws_s3_bucket_server_side_encryption_configuration", {
      ...ofBucket,
      rule: [
        {
          apply_server_side_encryption_by_default: {
            sse_algorithm: "aws:kms",
            kms_master_key_id: "${aws_kms_key.key.arn}",
          },
          bucket_key_enabled: true,
        },
      ],
    });
  });

  it("is closed to the public", () => {
    example_.resource("aws_s3_bucket_public_access_block", {
      ...ofBucket,
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    example_.resource("aws_s3_bucket_ownership_controls", {
      ...ofBucket,
      rule: { object_ownership: "BucketOwnerEnforced" },
    });
  });

  it("gets its access settings one after the other: S3 refuses those that come together", () => {
    const settings = ["public_access_block", "ownership_controls", "policy"].map((kind) =>
      example_.resource(`aws_s3_bucket_${kind}`, ofBucket),
    );
    const [first, second, third] = settings;
    expect(second?.attributes.depends_on).toEqual([first?.address]);
    expect(third?.attributes.depends_on).toEqual([second?.address]);
  });

  it("refuses whoever comes without TLS, and grants nobody anything", () => {
    const { attributes } = example_.resource("aws_s3_bucket_policy", ofBucket);
    const refused = 'to "*" if {"Bool":{"aws:SecureTransport":"false"}}';
    expect(grants(attributes.policy)).toEqual([
      `Deny s3:* on \${${bucket.address}.arn} ${refused}`,
      `Deny s3:* on \${${bucket.address}.arn}/* ${refused}`,
    ]);
  });

  it("forgets", () => {
    example_.resource("aws_s3_bucket_lifecycle_configuration", {
      ...ofBucket,
      rule: [
        {
          status: "Enabled",
          expiration: [{ days: 30 }],
          abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
        },
      ],
    });
  });

  it("is kept under protect, and emptied with its stack elsewhere", () => {
    wide_.resource("aws_s3_bucket", { force_destroy: false, lifecycle: { prevent_destroy: true } });
    example_.resource("aws_s3_bucket", { force_destroy: true, lifecycle: undefined });
  });
});

describe("what each role may do", () => {
  const logs = "${aws_cloudwatch_log_group.sync-function-logs.arn}:*";
  const bucket = "${aws_s3_bucket.sync-failures.arn}";

  it("is exact for the function on a table made here", () => {
    expect(grantsOfRole(example_, roleOf(example_))).toEqual([
      "Allow dynamodb:DescribeStream on ${aws_dynamodb_table.clusters.stream_arn}",
      "Allow dynamodb:GetRecords on ${aws_dynamodb_table.clusters.stream_arn}",
      "Allow dynamodb:GetShardIterator on ${aws_dynamodb_table.clusters.stream_arn}",
      "Allow dynamodb:ListStreams on ${aws_dynamodb_table.clusters.arn}/stream/*",
      "Allow dynamodb:Scan on ${aws_dynamodb_table.clusters.arn}",
      "Allow kms:Decrypt on ${aws_kms_key.key.arn}",
      "Allow kms:GenerateDataKey on ${aws_kms_key.key.arn}",
      `Allow logs:CreateLogStream on ${logs}`,
      `Allow logs:PutLogEvents on ${logs}`,
      `Allow s3:ListBucket on ${bucket}`,
      `Allow s3:PutObject on ${bucket}/*`,
      "Allow wafv2:GetIPSet on arn:aws:wafv2:eu-central-1:111122223333:regional/ipset/example-clusters-*/*",
      "Allow wafv2:ListIPSets on *",
      "Allow wafv2:UpdateIPSet on arn:aws:wafv2:eu-central-1:111122223333:regional/ipset/example-clusters-*/*",
    ]);
  });

  it("reaches only the table's key where the table is somebody else's", () => {
    const keys = grantsOfRole(hosted_, roleOf(hosted_)).filter((line) => line.includes("kms:"));
    expect(keys).toEqual([
      "Allow kms:Decrypt on arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab",
      "Allow kms:GenerateDataKey on ${aws_kms_key.key.arn}",
    ]);
  });

  it("covers every call in the function's source, and no other of DynamoDB's items or of WAF", () => {
    const folder = join(__dirname, "../../lambda/allowlist-sync");
    const source = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
    const called = new Set([...source.join("\n").matchAll(/new (\w+)Command\(/g)].map(([, command]) => command));
    const allowed = grantsOfRole(example_, roleOf(example_)).flatMap(
      (line) =>
        /(?:wafv2|dynamodb):(?!DescribeStream|GetRecords|GetShardIterator|ListStreams)(\w+)/.exec(line)?.[1] ?? [],
    );
    expect(allowed.sort()).toEqual([...called].sort());
  });

  it("is to start the function, for the schedule", () => {
    const target = example_.resource("aws_scheduler_schedule").attributes.target;
    const role = example_.resources("aws_iam_role").find(({ address }) => JSON.stringify(target).includes(address));
    if (role === undefined) throw new Error("the schedule has no role");
    expect(grantsOfRole(example_, role)).toEqual([
      "Allow lambda:InvokeFunction on ${aws_lambda_function.sync-function.arn}",
    ]);
    expect(grants(role.attributes.assume_role_policy)).toEqual([
      'Allow sts:AssumeRole on itself to {"Service":"scheduler.amazonaws.com"} if {"StringEquals":' +
        '{"aws:SourceAccount":"111122223333",' +
        '"aws:SourceArn":"arn:aws:scheduler:eu-central-1:111122223333:schedule-group/default"}}',
    ]);
  });

  it("is given to the Lambda service alone, for the function", () => {
    expect(grants(roleOf(example_).attributes.assume_role_policy)).toEqual([
      'Allow sts:AssumeRole on itself to {"Service":"lambda.amazonaws.com"}',
    ]);
  });

  it.each([example_, wide_, hosted_])("comes from one policy for each of two roles", (template) => {
    expect(template.count("aws_iam_role")).toBe(2);
    expect(template.count("aws_iam_role_policy")).toBe(2);
    template.expectAbsent("aws_iam_role_policy_attachment");
    template.expectAbsent("aws_iam_role", { managed_policy_arns: (arns) => arns !== undefined });
    template.expectAbsent("aws_lambda_permission");
  });
});

test("the key serves its account, and CloudWatch for this account's log groups", () => {
  const root = 'to {"AWS":"arn:aws:iam::111122223333:root"}';
  const logs =
    'to {"Service":"logs.eu-central-1.amazonaws.com"} if ' +
    '{"ArnLike":{"kms:EncryptionContext:aws:logs:arn":"arn:aws:logs:eu-central-1:111122223333:log-group:*"}}';
  expect(grants(example_.resource("aws_kms_key").attributes.policy)).toEqual([
    `Allow kms:* on * ${root}`,
    `Allow kms:Decrypt on * ${logs}`,
    `Allow kms:DescribeKey on * ${logs}`,
    `Allow kms:Encrypt on * ${logs}`,
    `Allow kms:GenerateDataKey on * ${logs}`,
    `Allow kms:GenerateDataKeyWithoutPlaintext on * ${logs}`,
    `Allow kms:ReEncryptFrom on * ${logs}`,
    `Allow kms:ReEncryptTo on * ${logs}`,
  ]);
});
