import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import example from "../../environments/example";
import * as contract from "../../lambda/allowlist-sync/contract";
import hosted from "../environments/hosted";
import wide from "../environments/wide";
import { dependenciesOf } from "../support/dependencies";
import { objectOf } from "../support/json";
import { covers, grants, grantsOfRole } from "../support/policy-documents";
import { stackTemplates } from "../support/stacks";
import type { Block, Template } from "../support/template";

const example_ = stackTemplates(example).template("example-allowlist");
const wide_ = stackTemplates(wide).template("wide-allowlist");
const hosted_ = stackTemplates(hosted).template("hosted-allowlist");

const lambdaOf = (template: Template): Block => template.resource("aws_lambda_function");
const INVOCATION = "aws_lambda_function_event_invoke_config.sync-schedule-invocation";
const KNOWLEDGE = "${aws_s3_bucket.sync-knowledge.arn}";
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
  ["aws_lambda_event_source_mapping", "sync-stream", ["aws_iam_role_policy.sync-function-role-policy"]],
  ["aws_scheduler_schedule", "sync-schedule", ["aws_iam_role_policy.sync-schedule-role-policy", INVOCATION]],
  ["aws_scheduler_schedule", "sync-audit", ["aws_iam_role_policy.sync-audit-role-policy", INVOCATION]],
])("%s.%s", (type, id, settings) => {
  it.each([
    ["example", example_],
    ["wide", wide_],
    ["hosted", hosted_],
  ])("in %s comes after its settings, all items and all cluster sets, and goes before them", (_, template) => {
    const block = template.resources(type).find(({ logicalId }) => logicalId === id);
    if (block === undefined) throw new Error(`there is no ${type}.${id}`);
    const dependencies = dependenciesOf(template, block);
    const clusterSets = template.resources("aws_wafv2_ip_set", { name: /-clusters-/ });
    const needed = [...template.resources("aws_dynamodb_table_item"), ...clusterSets].map(({ address }) => address);
    expect(dependencies).toEqual(expect.arrayContaining([...settings, ...needed]));
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

  it("has time to write every set that there can be, at half the rate that AWS admits", () => {
    const sets = contract.FAMILIES.length * contract.MAX_SLOTS;
    const seconds = Number(lambdaOf(example_).attributes.timeout) - contract.TIME_RESERVE_SECONDS;
    expect(seconds).toBeGreaterThanOrEqual(2 * sets);
  });

  it("has a whole CPU: 1,769 MB of memory, says the Lambda developer guide", () => {
    expect(lambdaOf(example_).attributes.memory_size).toBe(1769);
  });

  it.each([
    ["example", example_, "${aws_dynamodb_table.clusters.name}", "0.2", "50", "1", "1"],
    ["wide", wide_, "${aws_dynamodb_table.clusters.name}", "0.1", "200", "70", "26"],
    ["hosted", hosted_, "clusters", "0.2", "50", "2", "2"],
  ])("gets its variables in %s", (name, template, table, share, addresses, ipv4Sets, ipv6Sets) => {
    const { VARIABLES } = contract;
    const { attributes } = template.resource("aws_lambda_function", { environment: { variables: () => true } });
    expect(attributes.environment).toEqual({
      variables: {
        [VARIABLES.environment]: name,
        [VARIABLES.tableName]: table,
        [VARIABLES.ipSetPrefix]: `${name}-clusters`,
        [VARIABLES.ipv4Sets]: ipv4Sets,
        [VARIABLES.ipv6Sets]: ipv6Sets,
        [VARIABLES.guardMaxShare]: share,
        [VARIABLES.guardMaxAddresses]: addresses,
        [VARIABLES.knowledgeBucket]: "${aws_s3_bucket.sync-knowledge.bucket}",
      },
    });
    expect(Object.keys(objectOf(objectOf(attributes.environment).variables)).sort()).toEqual(
      Object.values(VARIABLES).sort(),
    );
  });

  it.each([
    ["example", example_],
    ["hosted", hosted_],
  ])("keeps its variables under the key of the stack in %s, and may open them by itself", (_, template) => {
    expect(lambdaOf(template).attributes.kms_key_arn).toBe("${aws_kms_key.key.arn}");
    expect(grantsOfRole(template, roleOf(template))).toContain("Allow kms:Decrypt on ${aws_kms_key.key.arn}");
  });

  it("is told of sets only when rules refer to them: until then they would admit nobody", () => {
    const groups = wide_.resources("aws_wafv2_rule_group").map(({ address }) => address);
    expect(groups.length).toBeGreaterThan(1);
    const { attributes } = wide_.resource("aws_lambda_function", { environment: { variables: () => true } });
    expect(attributes.depends_on).toEqual(expect.arrayContaining(groups));
  });

  it("writes its log into a group of its own, encrypted and with an end", () => {
    const { attributes } = example_.resource("aws_lambda_function", {
      logging_config: { log_format: "Text", log_group: "${aws_cloudwatch_log_group.sync-function-logs.name}" },
    });
    expect(attributes.depends_on).toContain("aws_iam_role_policy.sync-function-role-policy");
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
  ["example", "sync", example_, 5, "rate(5 minutes)", contract.SCHEDULE_EVENT],
  ["example", "sync-audit", example_, 15, "rate(15 minutes)", contract.AUDIT_EVENT],
  ["wide", "sync", wide_, 1, "rate(1 minute)", contract.SCHEDULE_EVENT],
  ["wide", "sync-audit", wide_, 5, "rate(5 minutes)", contract.AUDIT_EVENT],
  ["hosted", "sync", hosted_, 15, "rate(15 minutes)", contract.SCHEDULE_EVENT],
  ["hosted", "sync-audit", hosted_, 1440, "rate(1440 minutes)", contract.AUDIT_EVENT],
])("in %s the schedule %s", (environment, schedule, template, minutes, expression, event) => {
  const { attributes } = template.resource("aws_scheduler_schedule", { name: `${environment}-allowlist-${schedule}` });

  it("starts the same function with the event that the function knows", () => {
    expect(attributes).toMatchObject({
      schedule_expression: expression,
      flexible_time_window: { mode: "OFF" },
      target: { arn: `\${${lambdaOf(template).address}.arn}`, input: JSON.stringify(event) },
    });
  });

  it("drops what could not be handed over within its period", () => {
    const retryPolicy = { maximum_retry_attempts: 0, maximum_event_age_in_seconds: minutes * 60 };
    expect(attributes).toMatchObject({ target: { retry_policy: retryPolicy } });
  });
});

describe.each([
  ["example", example_],
  ["wide", wide_],
  ["hosted", hosted_],
])("an event of a schedule of %s", (_, template) => {
  const settings = template.resource("aws_lambda_function_event_invoke_config");
  const lambda = lambdaOf(template);

  it("is given up when its run fails: the next does the same work", () => {
    expect(settings.address).toBe(INVOCATION);
    expect(settings.attributes).toMatchObject({
      function_name: `\${${lambda.address}.function_name}`,
      maximum_retry_attempts: 0,
    });
  });

  it("outlives the run that it may have to wait for", () => {
    const { maximum_event_age_in_seconds: age } = settings.attributes;
    expect(Number(age)).toBeGreaterThanOrEqual(Number(lambda.attributes.timeout));
  });
});

describe.each([
  ["failures", 30],
  ["knowledge", 90],
])("the bucket of %s", (purpose, days) => {
  const name = `example-allowlist-sync-${purpose}-111122223333-eu-central-1`;
  const bucket = example_.resource("aws_s3_bucket", { bucket: name });
  const ofBucket = { bucket: `\${${bucket.address}.id}` };

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
          expiration: [{ days }],
          abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
        },
      ],
    });
  });

  it("is kept under protect, and emptied with its stack elsewhere", () => {
    const kept = { force_destroy: false, lifecycle: { prevent_destroy: true } };
    wide_.resource("aws_s3_bucket", { bucket: new RegExp(`-${purpose}-`), ...kept });
    example_.resource("aws_s3_bucket", { bucket: name, force_destroy: true, lifecycle: undefined });
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
      `Allow s3:GetObject on ${KNOWLEDGE}/plans/*.txt`,
      `Allow s3:GetObject on ${KNOWLEDGE}/sets/*.txt`,
      `Allow s3:GetObject on ${KNOWLEDGE}/uses/*.txt`,
      `Allow s3:GetObject on ${KNOWLEDGE}/waiting/*.txt`,
      `Allow s3:ListBucket on ${bucket}`,
      `Allow s3:ListBucket on ${KNOWLEDGE}`,
      `Allow s3:PutObject on ${bucket}/*`,
      `Allow s3:PutObject on ${KNOWLEDGE}/plans/*.txt`,
      `Allow s3:PutObject on ${KNOWLEDGE}/sets/*.txt`,
      `Allow s3:PutObject on ${KNOWLEDGE}/uses/*.txt`,
      `Allow s3:PutObject on ${KNOWLEDGE}/waiting/*.txt`,
      "Allow wafv2:GetIPSet on arn:aws:wafv2:eu-central-1:111122223333:regional/ipset/example-clusters-*/*",
      "Allow wafv2:ListIPSets on *",
      "Allow wafv2:UpdateIPSet on arn:aws:wafv2:eu-central-1:111122223333:regional/ipset/example-clusters-*/*",
    ]);
  });

  it("reaches the table's own key besides where the table is somebody else's", () => {
    const keys = grantsOfRole(hosted_, roleOf(hosted_)).filter((line) => line.includes("kms:"));
    expect(keys).toEqual([
      "Allow kms:Decrypt on ${aws_kms_key.key.arn}",
      "Allow kms:Decrypt on arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab",
      "Allow kms:GenerateDataKey on ${aws_kms_key.key.arn}",
    ]);
  });

  it.each(Object.entries(contract.KNOWLEDGE_KEYS))(
    "covers what the function keeps of a %s, and no other name",
    (_, keyOf) => {
      const patterns = grantsOfRole(example_, roleOf(example_)).flatMap(
        (line) => /^Allow s3:GetObject on (.*)$/.exec(line)?.[1] ?? [],
      );
      const isCovered = (key: string): boolean => patterns.some((pattern) => covers(pattern, `${KNOWLEDGE}/${key}`));
      expect(isCovered(keyOf(contract.ipSetName(contract.ipSetPrefix("example"), "ipv6", 99)))).toBe(true);
      expect(isCovered(`other-${keyOf("x")}`)).toBe(false);
    },
  );

  it("covers every call in the function's source, and no other of items, of WAF or of objects", () => {
    const folder = join(__dirname, "../../lambda/allowlist-sync");
    const source = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
    const called = new Set([...source.join("\n").matchAll(/new (\w+)Command\(/g)].map(([, command]) => command));
    // What the poller of the stream does, in the function's name.
    const ofPoller = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams", "ListBucket"];
    const allowed = grantsOfRole(example_, roleOf(example_)).flatMap(
      (line) => /(?:wafv2|dynamodb|s3):(\w+)/.exec(line)?.[1] ?? [],
    );
    expect([...new Set(allowed)].filter((action) => !ofPoller.includes(action)).sort()).toEqual([...called].sort());
  });

  it.each(["sync", "sync-audit"])("is to start the function, for the schedule %s", (schedule) => {
    const { target } = example_.resource("aws_scheduler_schedule", {
      name: `example-allowlist-${schedule}`,
    }).attributes;
    const role = example_.follow(objectOf(target).role_arn).block;
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

  it.each([example_, wide_, hosted_])("comes from one policy for each of three roles", (template) => {
    expect(template.count("aws_iam_role")).toBe(3);
    expect(template.count("aws_iam_role_policy")).toBe(3);
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
