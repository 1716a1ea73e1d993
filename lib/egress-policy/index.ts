/**
 * What spokes may reach, from data to the files by which appliances decide. Pure functions; nothing here knows a cloud or a machine.
 */
export { compilePolicy, type CompiledPolicy, POLICY_FORMAT } from "./compile";
export { covers, type Domain, type DomainFault, type DomainResult, MOST_WILDCARD_LABELS, parseDomain } from "./domain";
export { type AllowedCidr, type Allowance, type EgressPolicy, type Fleet, PolicyError } from "./policy";
export { parsePorts, type PortRange, unitePorts } from "./ports";
export { FIRST_RULE_ID } from "./suricata";
