import { allow, named, type Scope } from "../scope";
import { type ActionTable, keysThrough } from "./table";

// The ARN of a bucket holds no account, so the condition does.
const own = (resource: string): Scope => ({
  ...named(resource.endsWith("/*") ? "Objects" : "Buckets", "s3", resource),
  conditions: { StringEquals: { "aws:ResourceAccount": "{account}" } },
});

const BUCKETS = own("s3:::{environment}-*");
const OBJECTS = own("s3:::{environment}-*/*");
const OBJECT_KEYS = keysThrough("KeysOfObjects", "s3");

const TABLES = named("Tables", "dynamodb", "dynamodb:{region}:{account}:table/{name}");
const TABLE_KEYS = keysThrough("KeysOfTables", "dynamodb");

/** Amazon S3 and Amazon DynamoDB. */
export const STORAGE: ActionTable = {
  aws_s3_bucket: {
    reads: [
      // The provider reads all that a bucket has of its own, whatever resource of Terraform's describes it.
      allow(
        BUCKETS,
        "ListBucket",
        "ListTagsForResource",
        "GetAccelerateConfiguration",
        "GetBucketAcl",
        "GetBucketCORS",
        "GetBucketLocation",
        "GetBucketLogging",
        "GetBucketObjectLockConfiguration",
        "GetBucketPolicy",
        "GetBucketRequestPayment",
        "GetBucketTagging",
        "GetBucketVersioning",
        "GetBucketWebsite",
        "GetEncryptionConfiguration",
        "GetLifecycleConfiguration",
        "GetReplicationConfiguration",
      ),
    ],
    writes: [
      allow(
        BUCKETS,
        "CreateBucket",
        "DeleteBucket",
        "ListBucketVersions",
        "PutBucketTagging",
        "TagResource",
        "UntagResource",
      ),
      // Where a bucket may go with what is in it.
      allow(OBJECTS, "DeleteObject", "DeleteObjectVersion"),
    ],
  },
  aws_s3_bucket_lifecycle_configuration: {
    reads: [allow(BUCKETS, "GetLifecycleConfiguration")],
    writes: [allow(BUCKETS, "PutLifecycleConfiguration")],
  },
  aws_s3_bucket_ownership_controls: {
    reads: [allow(BUCKETS, "GetBucketOwnershipControls")],
    writes: [allow(BUCKETS, "PutBucketOwnershipControls")],
  },
  aws_s3_bucket_policy: {
    reads: [allow(BUCKETS, "GetBucketPolicy")],
    writes: [allow(BUCKETS, "PutBucketPolicy", "DeleteBucketPolicy")],
  },
  aws_s3_bucket_public_access_block: {
    reads: [allow(BUCKETS, "GetBucketPublicAccessBlock")],
    writes: [allow(BUCKETS, "PutBucketPublicAccessBlock")],
  },
  aws_s3_bucket_server_side_encryption_configuration: {
    reads: [allow(BUCKETS, "GetEncryptionConfiguration")],
    writes: [allow(BUCKETS, "PutEncryptionConfiguration")],
  },
  aws_s3_bucket_versioning: {
    reads: [allow(BUCKETS, "GetBucketVersioning")],
    writes: [allow(BUCKETS, "PutBucketVersioning")],
  },
  aws_s3_object: {
    reads: [
      allow(OBJECTS, "GetObject", "GetObjectTagging"),
      allow(BUCKETS, "ListBucket"),
      allow(OBJECT_KEYS, "Decrypt"),
    ],
    writes: [
      allow(OBJECTS, "PutObject", "PutObjectTagging", "DeleteObject", "DeleteObjectVersion"),
      allow(BUCKETS, "ListBucketVersions"),
      allow(OBJECT_KEYS, "GenerateDataKey"),
    ],
  },
  aws_dynamodb_table: {
    nameArgument: "name",
    reads: [allow(TABLES, "DescribeTable", "DescribeContinuousBackups", "DescribeTimeToLive", "ListTagsOfResource")],
    writes: [
      allow(
        TABLES,
        "CreateTable",
        "UpdateTable",
        "DeleteTable",
        "UpdateContinuousBackups",
        "UpdateTimeToLive",
        "TagResource",
        "UntagResource",
      ),
      // Amazon DynamoDB Developer Guide, "Encryption at rest: How it works": it makes its grants on behalf of who makes a table.
      allow(TABLE_KEYS, "CreateGrant", "Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey"),
    ],
  },
  aws_dynamodb_table_item: {
    nameArgument: "table_name",
    reads: [allow(TABLES, "GetItem"), allow(TABLE_KEYS, "Decrypt")],
    writes: [allow(TABLES, "PutItem", "UpdateItem", "DeleteItem"), allow(TABLE_KEYS, "GenerateDataKey")],
  },
};
