import { Wafv2IpSet } from "@cdktf/provider-aws/lib/wafv2-ip-set";
import { Construct } from "constructs";

import type { Family } from "../../addresses";
import { fitName, NAME_RULES } from "../../names";

const VERSION = { ipv4: "IPV4", ipv6: "IPV6" } as const;

/** Properties of {@link IpSet}. */
export interface IpSetProps {
  readonly name: string;
  readonly family: Family;
  readonly description: string;
  /**
   * Ranges that Terraform manages. @default - none, and ever after left alone: a function owns addresses and description
   */
  readonly addresses?: readonly string[];
}

/**
 * A regional IP set.
 *
 * Created before and destroyed after the rules that refer to it change: Terraform would otherwise delete a set that is still
 * in use, which WAF refuses.
 */
export class IpSet extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: IpSetProps) {
    super(scope, id);
    const set = new Wafv2IpSet(this, "Resource", {
      name: fitName(props.name, NAME_RULES.waf),
      description: props.description,
      scope: "REGIONAL",
      ipAddressVersion: VERSION[props.family],
      addresses: [...(props.addresses ?? [])],
      lifecycle: {
        createBeforeDestroy: true,
        ignoreChanges: props.addresses === undefined ? ["addresses", "description"] : undefined,
      },
    });
    this.arn = set.arn;
  }
}
