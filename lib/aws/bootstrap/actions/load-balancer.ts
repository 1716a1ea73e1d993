import { allow, named, regional, type Scope } from "../scope";
import { EC2 } from "./ec2";
import { type ActionTable, serviceLinkedRole } from "./table";

const READ = regional("BalancersRead", "elasticloadbalancing");

const arn = (path: string): string => `elasticloadbalancing:{region}:{account}:${path}`;

const BALANCERS = ["app", "gwy", "net"].map((kind) => arn(`loadbalancer/${kind}/{name}/*`));
const LISTENERS = ["app", "gwy", "net"].map((kind) => arn(`listener/${kind}/{name}/*`));
const RULES = ["app", "net"].map((kind) => arn(`listener-rule/${kind}/{name}/*`));
const TARGET_GROUPS = [arn("targetgroup/{name}/*")];

/** What is the environment's; an id of AWS's follows each name. */
const own = (resources: readonly string[]): Scope => named("Balancers", "elasticloadbalancing", ...resources);

/** Actions on the rules of listeners, for whoever writes them. */
export const RULE_ACTIONS = {
  reads: [allow(READ, "DescribeRules", "DescribeTags")],
  writes: [
    allow(own([...LISTENERS, ...RULES]), "CreateRule", "ModifyRule", "DeleteRule", "AddTags", "RemoveTags"),
    allow(own(RULES), "SetRulePriorities"),
  ],
};

/** Elastic Load Balancing. */
export const LOAD_BALANCER: ActionTable = {
  aws_lb: {
    nameArgument: "name",
    reads: [
      allow(
        READ,
        "DescribeLoadBalancers",
        "DescribeLoadBalancerAttributes",
        "DescribeCapacityReservation",
        "DescribeTags",
      ),
    ],
    writes: [
      // What hangs on a balancer has its name in the ARN, whichever that is.
      allow(
        own([...BALANCERS, ...LISTENERS, ...RULES]),
        "CreateLoadBalancer",
        "DeleteLoadBalancer",
        "ModifyLoadBalancerAttributes",
        "ModifyCapacityReservation",
        "ModifyIpPools",
        "SetIpAddressType",
        "SetSecurityGroups",
        "SetSubnets",
        "AddTags",
        "RemoveTags",
      ),
      allow(
        EC2,
        "DescribeAccountAttributes",
        "DescribeAddresses",
        "DescribeInternetGateways",
        "DescribeNetworkInterfaces",
        "DescribeSecurityGroups",
        "DescribeSubnets",
        "DescribeVpcs",
      ),
      allow(serviceLinkedRole("BalancerRole", "elasticloadbalancing.amazonaws.com"), "CreateServiceLinkedRole"),
    ],
  },
  aws_lb_listener: {
    reads: [allow(READ, "DescribeListeners", "DescribeListenerAttributes", "DescribeTags")],
    writes: [
      allow(
        own([...BALANCERS, ...LISTENERS]),
        "CreateListener",
        "ModifyListener",
        "ModifyListenerAttributes",
        "DeleteListener",
        "AddTags",
        "RemoveTags",
      ),
    ],
  },
  aws_lb_listener_certificate: {
    reads: [allow(READ, "DescribeListenerCertificates")],
    writes: [allow(own(LISTENERS), "AddListenerCertificates", "RemoveListenerCertificates")],
  },
  aws_lb_listener_rule: RULE_ACTIONS,
  aws_lb_target_group: {
    nameArgument: "name",
    reads: [allow(READ, "DescribeTargetGroups", "DescribeTargetGroupAttributes", "DescribeTags")],
    writes: [
      allow(
        own(TARGET_GROUPS),
        "CreateTargetGroup",
        "ModifyTargetGroup",
        "ModifyTargetGroupAttributes",
        "DeleteTargetGroup",
        "AddTags",
        "RemoveTags",
      ),
      allow(EC2, "DescribeVpcs"),
    ],
  },
  aws_lb_target_group_attachment: {
    reads: [allow(READ, "DescribeTargetHealth")],
    writes: [allow(own(TARGET_GROUPS), "RegisterTargets", "DeregisterTargets")],
  },
};
