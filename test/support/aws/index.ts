/** In-memory AWS with its real semantics, for driving functions through the SDK's own command objects. */
export { Calls, type Hook } from "./calls";
export { VirtualClock } from "./clock";
export { FakeTable, type FakeItem, type FakeValue } from "./dynamodb";
export { expandIpv6, FakeWaf, throttled } from "./waf";
