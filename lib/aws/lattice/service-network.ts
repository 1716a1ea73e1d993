import { VpclatticeAuthPolicy } from "@cdktf/provider-aws/lib/vpclattice-auth-policy";
import { VpclatticeServiceNetwork } from "@cdktf/provider-aws/lib/vpclattice-service-network";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { fitName, NAME_RULES } from "../../names";
import { guarded } from "../../terraform";

/** A service network, made here or somebody else's. */
export interface LatticeNetwork {
  readonly arn: string;
  readonly id: string;
  /** What must stand before anything may come through the network. */
  readonly guards: readonly ITerraformDependable[];
}

/** Properties of {@link ServiceNetwork}. */
export interface ServiceNetworkProps {
  /** Full name; shortened to fit. Another name makes another network. */
  readonly name: string;
  /**
   * What may be called in it at all, as JSON of one line; each service's own policy must allow it too.
   *
   * @default - none: every request is refused
   */
  readonly authPolicy?: string;
  /** Keeps the network, with which others may have associated VPCs and services of theirs, from being destroyed. */
  readonly protect: boolean;
}

/**
 * A service network that takes signed requests only. Without a policy it refuses all of them, so nothing passes before the policy stands
 * (Amazon VPC Lattice User Guide, "Control access to VPC Lattice services using auth policies").
 */
export class ServiceNetwork extends Construct implements LatticeNetwork {
  readonly arn: string;
  readonly id: string;
  readonly guards: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { name, authPolicy, protect }: ServiceNetworkProps) {
    super(scope, id);
    const network = new VpclatticeServiceNetwork(this, "Resource", {
      name: fitName(name, NAME_RULES.latticeServiceNetwork),
      authType: "AWS_IAM",
      tags: { Name: name },
      lifecycle: guarded(protect),
    });
    this.arn = network.arn;
    this.id = network.id;
    this.guards =
      authPolicy === undefined
        ? []
        : [new VpclatticeAuthPolicy(this, "auth-policy", { resourceIdentifier: network.arn, policy: authPolicy })];
  }
}

/**
 * A service network that somebody else keeps: its auth type and policy are theirs.
 *
 * @param arn of this account, or of another that shares it
 */
export function existingServiceNetwork(arn: string): LatticeNetwork {
  return { arn, id: idOf(arn), guards: [] };
}

/** `sn-0123456789abcdef0` of `arn:…:servicenetwork/sn-0123456789abcdef0`. */
function idOf(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
