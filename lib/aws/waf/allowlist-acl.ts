import { Wafv2WebAcl } from "@cdktf/provider-aws/lib/wafv2-web-acl";
import { Wafv2WebAclAssociation } from "@cdktf/provider-aws/lib/wafv2-web-acl-association";
import { Construct } from "constructs";

import { fitName, NAME_RULES } from "../../names";
import type { AllowGroup } from "./allow-group";
import type { IpSet } from "./ip-set";
import { PROTECTED_FIELDS } from "./protected-fields";
import { visibility, type WafRule, webAclRule } from "./rule";
import { anyOf, everyRequest, fromIpSet, ruleGroup } from "./statement";

/** Label of requests that `enforce` would refuse; WAF puts account and web ACL in front of it. */
export const NOT_LISTED_LABEL = "ringfence:not-listed";

/** Name of the rule that counts those requests. */
export const NOT_LISTED_RULE = "not-listed";

/** Places of the rules. Lists of `access` come first, so that no change among clusters can shut an operator out. */
const PRIORITY = { access: 0, clusters: 100, notListed: 1000 };

/** A list of people or machines that are no clusters. */
export interface AccessList {
  /** Also names the rule: `operators`. */
  readonly name: string;
  /** One set per address family in use, at least one. */
  readonly ipSets: readonly IpSet[];
}

/** Properties of {@link AllowlistAcl}. */
export interface AllowlistAclProps {
  readonly name: string;
  readonly accessLists: readonly AccessList[];
  readonly clusterGroups: readonly AllowGroup[];
  /** `observe` counts requests that are on no list and lets them pass; `enforce` refuses them. */
  readonly mode: "observe" | "enforce";
  /** What a refused client reads, as plain text. */
  readonly refusal: string;
  /** Application Load Balancers to protect. @default - none: the web ACL is only exported */
  readonly loadBalancerArns?: readonly string[];
}

/** A web ACL that admits listed addresses only. */
export class AllowlistAcl extends Construct {
  readonly arn: string;
  /** As its metrics carry it. */
  readonly name: string;

  constructor(scope: Construct, id: string, props: AllowlistAclProps) {
    super(scope, id);
    const isObserving = props.mode === "observe";
    const acl = new Wafv2WebAcl(this, "Resource", {
      name: fitName(props.name, NAME_RULES.waf),
      scope: "REGIONAL",
      defaultAction: isObserving
        ? { allow: {} }
        : { block: { customResponse: { responseCode: 403, customResponseBodyKey: "refused" } } },
      customResponseBody: [{ key: "refused", contentType: "TEXT_PLAIN", content: props.refusal }],
      rule: [...accessRules(props), ...clusterRules(props), ...(isObserving ? [notListedRule] : [])].map(webAclRule),
      dataProtectionConfig: {
        dataProtection: PROTECTED_FIELDS.map((field) => ({ action: "SUBSTITUTION", field })),
      },
      visibilityConfig: visibility(props.name),
    });
    for (const resourceArn of props.loadBalancerArns ?? []) {
      new Wafv2WebAclAssociation(this, `association-${loadBalancerName(resourceArn)}`, {
        resourceArn,
        webAclArn: acl.arn,
      });
    }
    this.arn = acl.arn;
    this.name = acl.name;
  }
}

const accessRules = ({ accessLists }: AllowlistAclProps): readonly WafRule[] =>
  accessLists.map(({ name, ipSets }, index) => ({
    name,
    priority: PRIORITY.access + index,
    action: "allow",
    statement: anyOf(ipSets.map(({ arn }) => fromIpSet(arn))),
  }));

const clusterRules = ({ clusterGroups }: AllowlistAclProps): readonly WafRule[] =>
  clusterGroups.map((group, index) => ({
    name: group.node.id,
    priority: PRIORITY.clusters + index,
    action: "rules of the group",
    statement: ruleGroup(group.arn),
  }));

const notListedRule: WafRule = {
  name: NOT_LISTED_RULE,
  priority: PRIORITY.notListed,
  action: "count",
  label: NOT_LISTED_LABEL,
  statement: everyRequest(),
};

/** Unique in an account and Region: `rancher` of `…:loadbalancer/app/rancher/50dc6c495c0c9188`. */
function loadBalancerName(arn: string): string {
  return arn.split("/").at(-2) ?? arn;
}
