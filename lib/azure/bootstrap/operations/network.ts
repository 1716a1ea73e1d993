import { type OperationTable, owned, type TypeOperations } from "./table";

const NETWORK = "Microsoft.Network/virtualNetworks";
const SUBNET = `${NETWORK}/subnets`;
const SECURITY_GROUP = "Microsoft.Network/networkSecurityGroups";
const ROUTES = "Microsoft.Network/routeTables";
const NAT = "Microsoft.Network/natGateways";
const ADDRESS = "Microsoft.Network/publicIPAddresses";
const PREFIX = "Microsoft.Network/publicIPPrefixes";
const FIREWALL = "Microsoft.Network/azureFirewalls";
const POLICY = "Microsoft.Network/firewallPolicies";
const IP_GROUP = "Microsoft.Network/ipGroups";

/** Whoever writes a subnet, or a network with its subnets, joins what they hang on anew. */
const JOINED_BY_SUBNETS = [`${SECURITY_GROUP}/join/action`, `${ROUTES}/join/action`, `${NAT}/join/action`];

/** A subnet's tie to something is an argument of the subnet. */
const tie = (resource: string): TypeOperations => ({
  reads: [`${SUBNET}/read`],
  writes: [`${SUBNET}/write`, `${resource}/read`, ...JOINED_BY_SUBNETS],
});

/** Virtual networks and what stands in them. */
export const NETWORK_OPERATIONS: OperationTable = {
  azurerm_virtual_network: owned(NETWORK, `${SUBNET}/read`, ...JOINED_BY_SUBNETS),
  azurerm_virtual_network_dns_servers: {
    reads: [`${NETWORK}/read`],
    writes: [`${NETWORK}/write`, `${SUBNET}/join/action`, ...JOINED_BY_SUBNETS],
  },
  azurerm_subnet: owned(SUBNET, `${NETWORK}/read`, ...JOINED_BY_SUBNETS),
  azurerm_subnet_network_security_group_association: tie(SECURITY_GROUP),
  azurerm_subnet_route_table_association: tie(ROUTES),
  azurerm_subnet_nat_gateway_association: tie(NAT),
  azurerm_network_security_group: owned(SECURITY_GROUP),
  azurerm_route_table: owned(ROUTES, `${ROUTES}/join/action`),
  azurerm_route: owned(`${ROUTES}/routes`, `${ROUTES}/read`),
  azurerm_public_ip: owned(ADDRESS, `${PREFIX}/join/action`),
  azurerm_public_ip_prefix: owned(PREFIX),
  azurerm_nat_gateway: owned(NAT),
  azurerm_nat_gateway_public_ip_association: {
    reads: [`${NAT}/read`],
    writes: [`${NAT}/write`, `${ADDRESS}/read`, `${ADDRESS}/join/action`, `${SUBNET}/join/action`],
  },
  azurerm_firewall: owned(
    FIREWALL,
    `${POLICY}/read`,
    `${POLICY}/join/action`,
    `${NETWORK}/read`,
    `${SUBNET}/read`,
    `${SUBNET}/join/action`,
    `${ADDRESS}/read`,
    `${ADDRESS}/join/action`,
  ),
  azurerm_firewall_policy: owned(POLICY, `${POLICY}/join/action`),
  azurerm_firewall_policy_rule_collection_group: owned(
    `${POLICY}/ruleCollectionGroups`,
    `${POLICY}/read`,
    `${IP_GROUP}/read`,
    `${IP_GROUP}/join/action`,
  ),
  azurerm_ip_group: owned(IP_GROUP, `${POLICY}/read`, `${FIREWALL}/read`),
};
