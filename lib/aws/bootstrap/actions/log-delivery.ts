import { allow, mentioned, regional } from "../scope";

/** Deliveries of logs that a service sets up for its caller. */
export const LOG_DELIVERY = regional("LogDelivery", "logs");

const NAMED_BUCKETS = mentioned("LogBuckets", "s3", /\barn:aws[a-z-]*:s3:::[a-z0-9.-]+/g, "$&");

/**
 * What a service that delivers logs asks for on behalf of its caller: to a log group, whose policy stands beside it, or to a bucket
 * that the set names, whose policy has to allow it already (Amazon CloudWatch Logs User Guide, "Enable logging from AWS services").
 */
export const DELIVERED_LOGS = [
  allow(
    LOG_DELIVERY,
    "CreateLogDelivery",
    "GetLogDelivery",
    "UpdateLogDelivery",
    "DeleteLogDelivery",
    "ListLogDeliveries",
    "DescribeLogGroups",
    "DescribeResourcePolicies",
    "PutResourcePolicy",
  ),
  allow(NAMED_BUCKETS, "GetBucketPolicy"),
];
