import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DataAwsCloudwatchLogGroup } from "@cdktf/provider-aws/lib/data-aws-cloudwatch-log-group";
import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { EbsVolume } from "@cdktf/provider-aws/lib/ebs-volume";
import { Instance } from "@cdktf/provider-aws/lib/instance";
import { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { TerraformStack } from "cdktf";
import { encryptionAtRest } from "../../../../lib/policy/rules/encryption-at-rest";
import { judge } from "../support";

const KEY_ARN = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd";
const table = { name: "clusters", billingMode: "PAY_PER_REQUEST", hashKey: "id" };
const rule = [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }];

type Build = (stack: TerraformStack) => void;

const sound: readonly (readonly [string, Build])[] = [
  [
    "a table with a key of ours",
    (s) => new DynamodbTable(s, "x", { ...table, serverSideEncryption: { enabled: true, kmsKeyArn: KEY_ARN } }),
  ],
  [
    "a log group with a key made in the stack",
    (s) => new CloudwatchLogGroup(s, "x", { kmsKeyId: new KmsKey(s, "key").arn }),
  ],
  ["a data source, which is another's to encrypt", (s) => new DataAwsCloudwatchLogGroup(s, "x", { name: "theirs" })],
  ["a queue with a key", (s) => new SqsQueue(s, "x", { kmsMasterKeyId: KEY_ARN })],
  ["a topic with a key", (s) => new SnsTopic(s, "x", { kmsMasterKeyId: "alias/alarms" })],
  ["an encrypted volume", (s) => new EbsVolume(s, "x", { availabilityZone: "eu-central-1a", encrypted: true })],
  [
    "a launch template whose volumes are all encrypted",
    (s) =>
      new LaunchTemplate(s, "x", {
        blockDeviceMappings: [{ ebs: { encrypted: "true" } }, { ebs: { encrypted: "true" } }],
      }),
  ],
  ["an instance without extra volumes", (s) => new Instance(s, "x", { rootBlockDevice: { encrypted: true } })],
  ["a stream with a key", (s) => new KinesisStream(s, "x", { name: "x", encryptionType: "KMS", kmsKeyId: KEY_ARN })],
  ["a secret with a key", (s) => new SecretsmanagerSecret(s, "x", { kmsKeyId: KEY_ARN })],
  [
    "a bucket with its configuration, by reference",
    (s) => {
      const bucket = new S3Bucket(s, "x", {});
      new S3BucketServerSideEncryptionConfigurationA(s, "encryption", { bucket: bucket.id, rule });
    },
  ],
  [
    "a bucket with its configuration, by name",
    (s) => {
      new S3Bucket(s, "x", { bucket: "dev-logs" });
      new S3BucketServerSideEncryptionConfigurationA(s, "encryption", { bucket: "dev-logs", rule });
    },
  ],
];

const faulty: readonly (readonly [string, Build, string])[] = [
  [
    "a table with the key AWS owns",
    (s) => new DynamodbTable(s, "x", table),
    "server_side_encryption.enabled is not true",
  ],
  [
    "a table with the key AWS manages",
    (s) => new DynamodbTable(s, "x", { ...table, serverSideEncryption: { enabled: true } }),
    "server_side_encryption.kms_key_arn names no customer managed key",
  ],
  ["a log group without a key", (s) => new CloudwatchLogGroup(s, "x"), "kms_key_id names no customer managed key"],
  [
    "a queue with SQS's own encryption",
    (s) => new SqsQueue(s, "x", { sqsManagedSseEnabled: true }),
    "kms_master_key_id names no customer managed key",
  ],
  [
    "a topic with the account's AWS managed key",
    (s) => new SnsTopic(s, "x", { kmsMasterKeyId: "alias/aws/sns" }),
    "kms_master_key_id names no customer managed key",
  ],
  [
    "a volume left to the account's default",
    (s) => new EbsVolume(s, "x", { availabilityZone: "eu-central-1a" }),
    "encrypted is not true",
  ],
  [
    "a launch template with one plain volume of two",
    (s) =>
      new LaunchTemplate(s, "x", { blockDeviceMappings: [{ ebs: { encrypted: "true" } }, { ebs: { volumeSize: 8 } }] }),
    "block_device_mappings.ebs.encrypted is not true",
  ],
  [
    "a launch template that leaves volumes to the image",
    (s) => new LaunchTemplate(s, "x"),
    "block_device_mappings.ebs.encrypted is not true",
  ],
  [
    "a launch template with an empty list of volumes",
    (s) => {
      new LaunchTemplate(s, "x").addOverride("block_device_mappings", []);
    },
    "block_device_mappings.ebs.encrypted is not true",
  ],
  [
    "an instance with a plain extra volume",
    (s) => new Instance(s, "x", { rootBlockDevice: { encrypted: true }, ebsBlockDevice: [{ deviceName: "/dev/sdb" }] }),
    "ebs_block_device.encrypted is not true",
  ],
  [
    "a stream without a key",
    (s) => new KinesisStream(s, "x", { name: "x", encryptionType: "KMS" }),
    "kms_key_id names no customer managed key",
  ],
  ["a secret without a key", (s) => new SecretsmanagerSecret(s, "x"), "kms_key_id names no customer managed key"],
  [
    "a bucket beside another bucket's configuration",
    (s) => {
      new S3Bucket(s, "x", {});
      new S3BucketServerSideEncryptionConfigurationA(s, "encryption", { bucket: new S3Bucket(s, "y").id, rule });
      new S3BucketServerSideEncryptionConfigurationA(s, "other", { bucket: "elsewhere", rule });
    },
    "no aws_s3_bucket_server_side_encryption_configuration of this stack refers to the bucket",
  ],
];

it.each(sound)("accepts %s", (_name, build) => {
  expect(judge(encryptionAtRest, build)).toEqual([]);
});

it.each(faulty)("reports %s", (_name, build, message) => {
  expect(judge(encryptionAtRest, build)).toContainEqual(
    expect.stringMatching(new RegExp(`^encryption-at-rest dev-example/x: ${message.replaceAll(".", "\\.")}; \\w+`)),
  );
});
