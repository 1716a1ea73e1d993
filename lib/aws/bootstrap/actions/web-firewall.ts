import { allow, mentioned, named, regional, type Scope } from "../scope";
import { DELIVERED_LOGS } from "./log-delivery";
import { type ActionTable, serviceLinkedRole } from "./table";

const arn = (path: string): string => `wafv2:{region}:{account}:regional/${path}`;

/** The environment's own; an id of AWS's follows each name. */
const OWN = named(
  "WebFirewall",
  "wafv2",
  arn("ipset/{environment}-*/*"),
  arn("rulegroup/{environment}-*/*"),
  arn("webacl/{environment}-*/*"),
);

const MANAGED_RULES: Scope = {
  sid: "ManagedRules",
  service: "wafv2",
  resources: [arn("managedruleset/*/*")],
  because: "a web ACL may hold groups of rules that AWS manages, whose ARNs name no owner of ours",
};

const OTHERS_ACLS = mentioned(
  "NamedAcls",
  "wafv2",
  /\barn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:regional\/webacl\/[\w-]+\/[0-9a-f-]+/g,
  "$&",
);

const OTHERS_BALANCERS =
  /\barn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer\/app\/[\w-]+\/[0-9a-f]+/g;
const OWN_BALANCERS = "elasticloadbalancing:{region}:{account}:loadbalancer/app/{environment}-*/*";
const STAGES = "apigateway:{region}::/restapis/*/stages/*";

const TAGS = ["TagResource", "UntagResource"];

const associated = (service: string, sid: string): readonly Scope[] => [
  named(sid, service, OWN_BALANCERS),
  mentioned(sid, service, OTHERS_BALANCERS, "$&"),
];

const ASSOCIATE = ["AssociateWebACL", "DisassociateWebACL"];

const SET_ACL = regional(
  "AclOfBalancers",
  "elasticloadbalancing",
  "elasticloadbalancing:SetWebAcl takes no narrower resource (Service Authorization Reference); wafv2:AssociateWebACL names the balancer",
);

const onStages = (service: string): Scope => ({
  sid: service === "wafv2" ? "WebFirewallOfStages" : "StagesOfWebFirewall",
  service,
  resources: [STAGES],
  because: "API Gateway gives its APIs their ids; the web ACL is the environment's or the one that the set names",
});

/** AWS WAF. */
export const WEB_FIREWALL: ActionTable = {
  aws_wafv2_ip_set: {
    reads: [allow(OWN, "GetIPSet", "ListTagsForResource")],
    writes: [allow(OWN, "CreateIPSet", "UpdateIPSet", "DeleteIPSet", ...TAGS)],
  },
  aws_wafv2_rule_group: {
    reads: [allow(OWN, "GetRuleGroup", "ListTagsForResource")],
    writes: [allow(OWN, "CreateRuleGroup", "UpdateRuleGroup", "DeleteRuleGroup", ...TAGS)],
  },
  aws_wafv2_web_acl: {
    reads: [allow(OWN, "GetWebACL", "ListTagsForResource")],
    writes: [
      allow(OWN, "CreateWebACL", "UpdateWebACL", "DeleteWebACL", ...TAGS),
      allow(MANAGED_RULES, "CreateWebACL", "UpdateWebACL"),
    ],
  },
  aws_wafv2_web_acl_association: {
    reads: [
      allow(OWN, "GetWebACL", "GetWebACLForResource"),
      allow(OTHERS_ACLS, "GetWebACL", "GetWebACLForResource"),
      ...associated("wafv2", "WebFirewalled").map((scope) => allow(scope, "GetWebACLForResource")),
      ...associated("elasticloadbalancing", "BalancersOfAcl").map((scope) => allow(scope, "GetLoadBalancerWebACL")),
      allow(onStages("wafv2"), "GetWebACLForResource"),
    ],
    writes: [
      allow(OWN, ...ASSOCIATE),
      allow(OTHERS_ACLS, ...ASSOCIATE),
      ...associated("wafv2", "WebFirewalled").map((scope) => allow(scope, ...ASSOCIATE)),
      ...associated("elasticloadbalancing", "BalancersOfAcl").map((scope) =>
        allow(scope, "CreateWebACLAssociation", "DeleteWebACLAssociation"),
      ),
      allow(SET_ACL, "SetWebAcl"),
      allow(onStages("wafv2"), ...ASSOCIATE),
      allow(onStages("apigateway"), "SetWebACL"),
    ],
  },
  aws_wafv2_web_acl_logging_configuration: {
    reads: [allow(OWN, "GetLoggingConfiguration")],
    writes: [
      allow(OWN, "PutLoggingConfiguration", "DeleteLoggingConfiguration"),
      allow(serviceLinkedRole("WebFirewallRole", "wafv2.amazonaws.com"), "CreateServiceLinkedRole"),
      ...DELIVERED_LOGS,
    ],
  },
};
