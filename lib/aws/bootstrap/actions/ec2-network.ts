import { allow, claimable, type Scope } from "../scope";
import { EC2, making, onOwnOrNamed, own, tagging } from "./ec2";
import type { ActionTable } from "./table";

const RELEASED_INTERFACES: Scope = {
  sid: "Ec2ReleasedInterfaces",
  service: "ec2",
  resources: ["ec2:{region}:{account}:network-interface/*"],
  because:
    "an address lets go of the network interface of a NAT gateway, which AWS makes and nobody tags; the address itself has to be the environment's",
};

const ANY_PREFIX_LIST: Scope = {
  sid: "Ec2PrefixLists",
  service: "ec2",
  resources: ["ec2:{region}:*:prefix-list/*"],
  because: "rules name lists of AWS and of other accounts, which have no tags of ours; they are read, not changed",
};

// A rule of a group is a resource of its own since it can be tagged; who revokes it acts on the group.
const RULE_WRITES = [
  allow(own("security-group", "security-group-rule"), "ModifySecurityGroupRules"),
  allow(ANY_PREFIX_LIST, "ModifySecurityGroupRules"),
];

// Interfaces that a service left behind keep a group or subnet from going; the provider looks for them.
const LOOK_FOR_INTERFACES = allow(EC2, "DescribeNetworkInterfaces");

/** Amazon VPC: networks, routes, addresses, security groups. */
export const EC2_NETWORK: ActionTable = {
  aws_vpc: {
    reads: [
      allow(EC2, "DescribeVpcs", "DescribeNetworkAcls", "DescribeRouteTables", "DescribeSecurityGroups"),
      allow(own("vpc"), "DescribeVpcAttribute"),
    ],
    writes: [...making("vpc", "CreateVpc"), allow(own("vpc"), "ModifyVpcAttribute", "DeleteVpc")],
  },
  aws_subnet: {
    reads: [allow(EC2, "DescribeSubnets")],
    writes: [
      ...making("subnet", "CreateSubnet"),
      allow(own("vpc", "subnet"), "CreateSubnet", "ModifySubnetAttribute", "DeleteSubnet"),
      LOOK_FOR_INTERFACES,
    ],
  },
  aws_route_table: {
    reads: [allow(EC2, "DescribeRouteTables")],
    writes: [
      ...making("route-table", "CreateRouteTable"),
      allow(own("vpc", "route-table"), "CreateRouteTable", "DeleteRouteTable", "DisassociateRouteTable"),
    ],
  },
  aws_route: {
    reads: [allow(EC2, "DescribeRouteTables")],
    writes: [allow(own("route-table"), "CreateRoute", "ReplaceRoute", "DeleteRoute")],
  },
  aws_route_table_association: {
    reads: [allow(EC2, "DescribeRouteTables")],
    writes: [
      allow(
        own("route-table", "subnet", "internet-gateway"),
        "AssociateRouteTable",
        "ReplaceRouteTableAssociation",
        "DisassociateRouteTable",
      ),
    ],
  },
  aws_internet_gateway: {
    reads: [allow(EC2, "DescribeInternetGateways")],
    writes: [
      ...making("internet-gateway", "CreateInternetGateway"),
      allow(own("vpc", "internet-gateway"), "AttachInternetGateway", "DetachInternetGateway", "DeleteInternetGateway"),
    ],
  },
  aws_eip: {
    reads: [allow(EC2, "DescribeAddresses", "DescribeAddressesAttribute")],
    writes: [
      ...making("elastic-ip", "AllocateAddress"),
      allow(own("elastic-ip"), "ReleaseAddress", "DisassociateAddress"),
      allow(RELEASED_INTERFACES, "DisassociateAddress"),
    ],
  },
  aws_nat_gateway: {
    reads: [allow(EC2, "DescribeNatGateways")],
    writes: [
      ...making("natgateway", "CreateNatGateway"),
      allow(own("natgateway", "subnet", "elastic-ip"), "CreateNatGateway", "DeleteNatGateway"),
    ],
  },
  aws_security_group: {
    reads: [allow(EC2, "DescribeSecurityGroups")],
    writes: [
      ...making("security-group", "CreateSecurityGroup"),
      ...onOwnOrNamed("vpc", "CreateSecurityGroup"),
      // A new group lets everything out until the provider takes that rule away.
      allow(own("security-group"), "RevokeSecurityGroupEgress", "RevokeSecurityGroupIngress", "DeleteSecurityGroup"),
      LOOK_FOR_INTERFACES,
    ],
  },
  aws_default_security_group: {
    reads: [allow(EC2, "DescribeSecurityGroups")],
    // AWS makes it with the network, untagged: the provider tags it and takes its rules away at once.
    writes: [
      ...tagging("security-group"),
      allow(
        claimable("Ec2", "ec2", "ec2:{region}:{account}:security-group/*"),
        "RevokeSecurityGroupEgress",
        "RevokeSecurityGroupIngress",
      ),
    ],
  },
  aws_vpc_security_group_egress_rule: {
    reads: [allow(EC2, "DescribeSecurityGroupRules")],
    writes: [
      ...making("security-group-rule", "AuthorizeSecurityGroupEgress"),
      allow(own("security-group"), "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupEgress"),
      ...RULE_WRITES,
    ],
  },
  aws_vpc_security_group_ingress_rule: {
    reads: [allow(EC2, "DescribeSecurityGroupRules")],
    writes: [
      ...making("security-group-rule", "AuthorizeSecurityGroupIngress"),
      allow(own("security-group"), "AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"),
      ...RULE_WRITES,
    ],
  },
  aws_flow_log: {
    reads: [allow(EC2, "DescribeFlowLogs")],
    writes: [
      ...making("vpc-flow-log", "CreateFlowLogs"),
      allow(own("vpc", "vpc-flow-log"), "CreateFlowLogs", "DeleteFlowLogs"),
    ],
    passesRoleTo: "vpc-flow-logs.amazonaws.com",
  },
  "data.aws_ec2_managed_prefix_list": {
    reads: [allow(EC2, "DescribeManagedPrefixLists"), allow(ANY_PREFIX_LIST, "GetManagedPrefixListEntries")],
  },
};
