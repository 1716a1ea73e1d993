/**
 * Strict reading and exact arithmetic of IP networks. Pure functions; nothing here knows a cloud or the rest of the
 * project.
 */
export { AllocationError, type AllocationPlan, allocate, type Subnet, type SubnetRequest } from "./allocate";
export { addressCount, type Cidr, contains, lastAddress, overlaps } from "./cidr";
export { describeFault, explainFault, type FaultExplanation } from "./describe-fault";
export type { AddressFault } from "./faults";
export { IntervalSet } from "./interval-set";
export { AddressError, cidr, type CidrResult, parseAdmitted, parseCidr } from "./parse";
export { union } from "./union";
export { type InspectionZonePlan, planInspection } from "./inspection-plan";
export { planVpc, type ZonePlan } from "./vpc-plan";
export { CLUSTER_SLOTS, type ClusterPlan, planVnet, type VnetPlan } from "./vnet-plan";
export type { Family } from "./words";
export { ZONE_SLOTS } from "./zone-plan";
