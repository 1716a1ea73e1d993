import type { Requirement, Requirements } from "../requirement";
import { isTrue, unmet } from "../requirement";
import type { PolicyRule } from "../rule";
import type { SynthesizedBlock, SynthesizedStack } from "../synthesized";
import type { JsonValue } from "../terraform-json";

const customerKey = (argument: string): Requirement => ({
  argument,
  accepts: isCustomerKey,
  message: `${argument} names no customer managed key`,
  remedy: "set it to the ARN of a KMS key made here or handed in",
});

const enabled = (argument: string, onlyWith?: string): Requirement => ({
  argument,
  accepts: isTrue,
  message: `${argument} is not true`,
  remedy: "set it to true",
  onlyWith,
});

const kms = (argument: string): Requirement => ({
  argument,
  accepts: (value) => value === "KMS",
  message: `${argument} is not KMS`,
  remedy: 'set it to "KMS"',
});

const REQUIREMENTS: Requirements = {
  aws_cloudwatch_log_group: [customerKey("kms_key_id")],
  aws_dynamodb_table: [enabled("server_side_encryption.enabled"), customerKey("server_side_encryption.kms_key_arn")],
  aws_ebs_volume: [enabled("encrypted")],
  aws_ecr_repository: [kms("encryption_configuration.encryption_type")],
  aws_efs_file_system: [enabled("encrypted")],
  aws_instance: [enabled("root_block_device.encrypted"), enabled("ebs_block_device.encrypted", "ebs_block_device")],
  aws_kinesis_firehose_delivery_stream: [enabled("server_side_encryption.enabled")],
  aws_kinesis_stream: [kms("encryption_type"), customerKey("kms_key_id")],
  // Without a mapping the volume takes the image's setting, which is unencrypted for most public images.
  aws_launch_template: [enabled("block_device_mappings.ebs.encrypted")],
  aws_secretsmanager_secret: [customerKey("kms_key_id")],
  aws_sns_topic: [customerKey("kms_master_key_id")],
  aws_sqs_queue: [customerKey("kms_master_key_id")],
};

/** What stores data encrypts it, with a key whose policy and rotation are ours wherever the service allows one. */
export const encryptionAtRest: PolicyRule = {
  id: "encryption-at-rest",
  title: "Everything that stores data encrypts it",
  check: (block, stack) =>
    block.type === "aws_s3_bucket" && !hasEncryptionConfiguration(block, stack)
      ? [
          {
            message: "no aws_s3_bucket_server_side_encryption_configuration of this stack refers to the bucket",
            remedy: "add one with a default algorithm",
          },
        ]
      : unmet(block, REQUIREMENTS),
};

/** `alias/aws/...` is the account's AWS managed key, whose policy nobody can narrow. */
function isCustomerKey(value: JsonValue | undefined): boolean {
  return typeof value === "string" && value !== "" && !value.includes("alias/aws/");
}

function hasEncryptionConfiguration(bucket: SynthesizedBlock, stack: SynthesizedStack): boolean {
  return stack.blocks.some(
    ({ type, attributes }) =>
      type === "aws_s3_bucket_server_side_encryption_configuration" &&
      (attributes.bucket === `\${${bucket.address}.id}` ||
        attributes.bucket === `\${${bucket.address}.bucket}` ||
        (attributes.bucket !== undefined && attributes.bucket === bucket.attributes.bucket)),
  );
}
