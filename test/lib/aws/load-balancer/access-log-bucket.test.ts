import { AccessLogBucket } from "../../../../lib/aws/load-balancer/access-log-bucket";
import { PrivateBucket } from "../../../../lib/aws/private-bucket";
import { grants } from "../../../support/policy-documents";
import { build, buildEdge } from "./edge";

const BUCKET = "${aws_s3_bucket.access-logs";

describe("the bucket of a load balancer's logs", () => {
  const edge = buildEdge();

  it("admits Elastic Load Balancing to the folders it writes for this account, and TLS alone", () => {
    const elb = 'to {"Service":"logdelivery.elasticloadbalancing.amazonaws.com"}';
    const plain = 'to "*" if {"Bool":{"aws:SecureTransport":"false"}}';
    expect(grants(edge.resource("aws_s3_bucket_policy").attributes.policy)).toEqual([
      `Allow s3:PutObject on ${BUCKET}.arn}/access/AWSLogs/111122223333/* ${elb}`,
      `Allow s3:PutObject on ${BUCKET}.arn}/connections/AWSLogs/111122223333/* ${elb}`,
      `Deny s3:* on ${BUCKET}.arn} ${plain}`,
      `Deny s3:* on ${BUCKET}.arn}/* ${plain}`,
    ]);
  });

  it("is where the load balancer writes, in exactly those folders", () => {
    const { attributes } = edge.resource("aws_lb", {
      access_logs: { enabled: true, prefix: "access" },
      connection_logs: { enabled: true, prefix: "connections" },
    });
    for (const logs of ["access_logs", "connection_logs"]) {
      expect(attributes[logs]).toMatchObject({ bucket: `${BUCKET}.bucket}` });
    }
  });

  it("can be written to before the load balancer exists, and for as long as it does", () => {
    const policy = edge.resource("aws_s3_bucket_policy").address;
    expect(edge.resource("aws_lb").attributes.depends_on).toContain(policy);
  });

  it("is encrypted with the keys of S3: Elastic Load Balancing writes with no other", () => {
    const [rule] = edge.resource("aws_s3_bucket_server_side_encryption_configuration").attributes.rule as unknown[];
    expect(rule).toEqual({ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } });
  });

  it("is closed to the public and knows no ACLs", () => {
    edge.resource("aws_s3_bucket_public_access_block", {
      bucket: `${BUCKET}.id}`,
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    edge.resource("aws_s3_bucket_ownership_controls", { rule: { object_ownership: "BucketOwnerEnforced" } });
  });

  it("keeps deleted logs for a month, and forgets all of them in the end", () => {
    edge.resource("aws_s3_bucket_versioning", { versioning_configuration: { status: "Enabled" } });
    edge.resource("aws_s3_bucket_lifecycle_configuration", {
      rule: [
        {
          status: "Enabled",
          filter: [{ prefix: "" }],
          expiration: [{ days: 400 }],
          noncurrent_version_expiration: [{ noncurrent_days: 30 }],
          abort_incomplete_multipart_upload: [{}],
        },
      ],
      depends_on: [edge.resource("aws_s3_bucket_versioning").address],
    });
  });

  it("goes with its logs when its environment does, unless that is protected", () => {
    edge.resource("aws_s3_bucket", { force_destroy: true, lifecycle: undefined });
    buildEdge({ protect: true }).resource("aws_s3_bucket", {
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
    });
  });

  it("writes ARNs of the partition that the provider knows, not of one that is assumed", () => {
    const govcloud = build((stack) => {
      new AccessLogBucket(stack, "logs", {
        name: "logs",
        place: { accountId: "111122223333", region: "us-gov-west-1" },
        expirationDays: 30,
        protect: false,
      });
    });
    const statements = grants(govcloud.resource("aws_s3_bucket_policy").attributes.policy);
    expect(statements.filter((statement) => statement.includes("arn:"))).toEqual([]);
  });
});

test("a private bucket has neither versions nor anybody admitted, and keeps its key", () => {
  const template = build((stack) => {
    new PrivateBucket(stack, "failures", {
      name: "failures",
      kmsKeyArn: "arn:key",
      expirationDays: 30,
      protect: false,
    });
  });
  template.expectAbsent("aws_s3_bucket_versioning");
  template.resource("aws_s3_bucket_lifecycle_configuration", {
    depends_on: undefined,
    rule: [{ noncurrent_version_expiration: undefined }],
  });
  template.resource("aws_s3_bucket_server_side_encryption_configuration", {
    rule: [
      {
        apply_server_side_encryption_by_default: { sse_algorithm: "aws:kms", kms_master_key_id: "arn:key" },
        bucket_key_enabled: true,
      },
    ],
  });
  const statements = grants(template.resource("aws_s3_bucket_policy").attributes.policy);
  expect(statements.filter((statement) => !statement.startsWith("Deny "))).toEqual([]);
});
