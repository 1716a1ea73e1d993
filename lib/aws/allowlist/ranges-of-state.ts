import { TerraformLocal } from "cdktf";
import { Construct } from "constructs";

import { WIDEST_PREFIX_LENGTH } from "../../addresses/widest";
import { describeState, type OtherState, readState, requireOfState } from "../../terraform";

/** Properties of {@link RangesOfState}. */
export interface RangesOfStateProps {
  /** The cluster that leaves from them. */
  readonly cluster: string;
  readonly state: OtherState;
  /** Output of that state's root module: a list or set of ranges or addresses. */
  readonly output: string;
}

/**
 * The address ranges that another configuration publishes. How many there are shows only when Terraform reads its state. A plan that reads
 * none there, or anything that is no exact range, ends with a sentence for a person.
 */
export class RangesOfState extends Construct {
  /** Terraform's expression for the list: each range once, sorted, and with a length. */
  readonly list: string;

  constructor(scope: Construct, id: string, { cluster, state, output }: RangesOfStateProps) {
    super(scope, id);
    const remote = readState(this, "state", state);
    const whose = `The output ${output} of the state ${describeState(state)}`;
    // By function, not by attribute: Terraform shows the value of an attribute that a failed condition names.
    const read = `tolist(lookup(self.outputs, "${output}", []))`;
    const strays = `try([for index, range in [for entry in ${read} : try(${rangeOf("entry")}, "")] : index + 1 if !${isExact("range")}], [])`;
    requireOfState(remote, [
      {
        condition: `\${try(length(${read}) > 0, false)}`,
        errorMessage:
          `${whose} must be a list with an address range at least. Publish the addresses that ${cluster} leaves from there, and apply that ` +
          "configuration first; or write them into the environment file.",
      },
      {
        condition: `\${length(${strays}) == 0}`,
        errorMessage:
          `${whose} holds what is no exact address range, at place \${join(", ", ${strays})}. Write ranges like 203.0.113.8/29, without ` +
          `bits beyond the prefix and no wider than /${WIDEST_PREFIX_LENGTH.ipv4} or, for IPv6, /${WIDEST_PREFIX_LENGTH.ipv6}, or single addresses.`,
      },
    ]);
    const entries = `data.terraform_remote_state.${remote.friendlyUniqueId}.outputs["${output}"]`;
    const ranges = `sort(distinct([for entry in ${entries} : ${rangeOf("entry")}]))`;
    this.list = `local.${new TerraformLocal(this, "ranges", `\${${ranges}}`).friendlyUniqueId}`;
  }
}

const isIpv6 = (range: string): string => `strcontains(${range}, ":")`;

/** An address without a length is that one address. */
const rangeOf = (entry: string): string =>
  `strcontains(${entry}, "/") ? ${entry} : "\${${entry}}/\${${isIpv6(entry)} ? 128 : 32}"`;

/** One family in one range, and no length with a leading zero: Terraform would read both. */
const SPELLING = "^([0-9.]+|[0-9A-Fa-f:]+)/[1-9][0-9]*$";

/** Whether the allowlist takes a range. Terraform prints IPv6, which has many spellings, in one, and IPv4 in the only one. */
function isExact(range: string): string {
  const address = `split("/", ${range})[0]`;
  const claims = [
    `can(regex("${SPELLING}", ${range}))`,
    `cidrhost(${range}, 0) == (${isIpv6(range)} ? cidrhost("\${${address}}/128", 0) : ${address})`,
    `tonumber(split("/", ${range})[1]) >= (${isIpv6(range)} ? ${WIDEST_PREFIX_LENGTH.ipv6} : ${WIDEST_PREFIX_LENGTH.ipv4})`,
  ];
  return `try(${claims.join(" && ")}, false)`;
}
