/**
 * What spokes may reach, from data to the files by which appliances decide. Pure functions; nothing here knows a cloud or a machine.
 */
export { covers, type Domain, type DomainFault, type DomainResult, parseDomain } from "./domain";
export { parsePorts, type PortRange, unitePorts } from "./ports";
