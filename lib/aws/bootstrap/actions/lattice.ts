import { allow, claimed, type Grant, made, owned, regional, retagged, type Scope } from "../scope";
import { EC2 } from "./ec2";
import { type ActionTable, serviceLinkedRole } from "./table";
import { DELIVERED_LOGS, LOG_DELIVERY } from "./log-delivery";

const READ = regional("LatticeRead", "vpc-lattice");

const arns = (paths: readonly string[]): readonly string[] =>
  paths.map((path) => `vpc-lattice:{region}:{account}:${path}`);

const NETWORK = "servicenetwork/*";
// Listeners and their rules are below it.
const SERVICE = "service/*";
const TARGET_GROUP = "targetgroup/*";
const SERVICE_ASSOCIATION = "servicenetworkserviceassociation/*";
const VPC_ASSOCIATION = "servicenetworkvpcassociation/*";
const SUBSCRIPTION = "accesslogsubscription/*";

const own = (...paths: readonly string[]): Scope => owned("Lattice", "vpc-lattice", ...arns(paths));

const making = (path: string, action: string): readonly Grant[] => [
  allow(made("Lattice", "vpc-lattice", ...arns([path])), action),
  allow(claimed("Lattice", "vpc-lattice", ...arns([path])), "TagResource"),
  allow(retagged("Lattice", "vpc-lattice", ...arns([path])), "TagResource", "UntagResource"),
];

/** Whether the service network is the environment's own or one that another account shares. */
const ANY_NETWORK: Scope = {
  sid: "LatticeNetworks",
  service: "vpc-lattice",
  resources: ["vpc-lattice:{region}:*:servicenetwork/*"],
  because:
    "a set may join a service network that another account shares; the association itself has to carry the environment's tag",
};

const LATTICE_ROLE = serviceLinkedRole("LatticeRole", "vpc-lattice.amazonaws.com");
const TAGS = allow(READ, "ListTagsForResource");

/** Amazon VPC Lattice: the service network, services, where they lead to. */
export const LATTICE: ActionTable = {
  aws_vpclattice_service_network: {
    reads: [allow(own(NETWORK), "GetServiceNetwork"), TAGS],
    writes: [
      ...making(NETWORK, "CreateServiceNetwork"),
      allow(own(NETWORK), "UpdateServiceNetwork", "DeleteServiceNetwork"),
      allow(LATTICE_ROLE, "CreateServiceLinkedRole"),
    ],
  },
  aws_vpclattice_service: {
    reads: [allow(own(SERVICE), "GetService"), TAGS],
    writes: [
      ...making(SERVICE, "CreateService"),
      allow(own(SERVICE), "UpdateService", "DeleteService"),
      allow(LATTICE_ROLE, "CreateServiceLinkedRole"),
    ],
  },
  aws_vpclattice_listener: {
    reads: [allow(own(SERVICE), "GetListener"), TAGS],
    writes: [...making(SERVICE, "CreateListener"), allow(own(SERVICE), "UpdateListener", "DeleteListener")],
  },
  aws_vpclattice_listener_rule: {
    reads: [allow(own(SERVICE), "GetRule"), TAGS],
    writes: [...making(SERVICE, "CreateRule"), allow(own(SERVICE), "UpdateRule", "DeleteRule")],
  },
  aws_vpclattice_target_group: {
    reads: [allow(own(TARGET_GROUP), "GetTargetGroup"), TAGS],
    writes: [
      ...making(TARGET_GROUP, "CreateTargetGroup"),
      allow(own(TARGET_GROUP), "UpdateTargetGroup", "DeleteTargetGroup"),
      allow(LATTICE_ROLE, "CreateServiceLinkedRole"),
    ],
  },
  aws_vpclattice_target_group_attachment: {
    reads: [allow(own(TARGET_GROUP), "ListTargets")],
    writes: [allow(own(TARGET_GROUP), "RegisterTargets", "DeregisterTargets")],
  },
  aws_vpclattice_service_network_service_association: {
    reads: [allow(own(SERVICE_ASSOCIATION), "GetServiceNetworkServiceAssociation"), TAGS],
    writes: [
      ...making(SERVICE_ASSOCIATION, "CreateServiceNetworkServiceAssociation"),
      allow(
        own(SERVICE, SERVICE_ASSOCIATION),
        "CreateServiceNetworkServiceAssociation",
        "DeleteServiceNetworkServiceAssociation",
      ),
      allow(ANY_NETWORK, "CreateServiceNetworkServiceAssociation"),
    ],
  },
  aws_vpclattice_service_network_vpc_association: {
    reads: [allow(own(VPC_ASSOCIATION), "GetServiceNetworkVpcAssociation"), TAGS],
    writes: [
      ...making(VPC_ASSOCIATION, "CreateServiceNetworkVpcAssociation"),
      allow(own(VPC_ASSOCIATION), "UpdateServiceNetworkVpcAssociation", "DeleteServiceNetworkVpcAssociation"),
      allow(ANY_NETWORK, "CreateServiceNetworkVpcAssociation"),
      allow(EC2, "DescribeSecurityGroups", "DescribeVpcs"),
    ],
  },
  aws_vpclattice_auth_policy: {
    reads: [allow(own(NETWORK, SERVICE), "GetAuthPolicy")],
    writes: [allow(own(NETWORK, SERVICE), "PutAuthPolicy", "DeleteAuthPolicy")],
  },
  aws_vpclattice_access_log_subscription: {
    reads: [allow(own(SUBSCRIPTION), "GetAccessLogSubscription"), TAGS, allow(LOG_DELIVERY, "GetLogDelivery")],
    writes: [
      ...making(SUBSCRIPTION, "CreateAccessLogSubscription"),
      allow(
        own(NETWORK, SERVICE, SUBSCRIPTION),
        "CreateAccessLogSubscription",
        "UpdateAccessLogSubscription",
        "DeleteAccessLogSubscription",
      ),
      ...DELIVERED_LOGS,
    ],
  },
};
