/** In-memory AWS with its real semantics, for driving functions through the SDK's own command objects. See README.md. */
export { Calls, type Hook } from "./calls";
export { expandIpv6 } from "./cidr";
export { realClock, VirtualClock, type Clock } from "./clock";
export { FakeTable, type FakeTableOptions } from "./dynamodb";
export { connectionReset, internalError, throttled } from "./errors";
export { itemBytes, type FakeItem, type FakeValue } from "./item";
export { FakeBucket, type BucketOperation, type FakeBucketOptions } from "./s3";
export { FakeWaf, WAF_RATES, type FakeWafOptions, type SetChange, type WafOperation } from "./waf";
export { serveAws, type AwsServer } from "./serve";
export type { ServedFakes } from "./wire";
