import { RamPrincipalAssociation } from "@cdktf/provider-aws/lib/ram-principal-association";
import { RamResourceAssociation } from "@cdktf/provider-aws/lib/ram-resource-association";
import { RamResourceShare } from "@cdktf/provider-aws/lib/ram-resource-share";
import { Construct } from "constructs";

/** Properties of {@link LatticeShare}. */
export interface LatticeShareProps {
  /** The share's name. */
  readonly name: string;
  /** Networks and services, as ARNs by a name that stays. */
  readonly resources: Readonly<Record<string, string>>;
  /** Account ids, and ARNs of organizations and organizational units. */
  readonly principals: readonly string[];
}

/**
 * Lets other accounts associate VPCs and services of theirs with a network, and put services from here into networks of theirs. Who may call
 * remains with the auth policies.
 */
export class LatticeShare extends Construct {
  constructor(scope: Construct, id: string, { name, resources, principals }: LatticeShareProps) {
    super(scope, id);
    const share = new RamResourceShare(this, "Resource", {
      name,
      // An account by its number may stand outside of the organization: it gets an invitation, which it must accept.
      allowExternalPrincipals: principals.some((principal) => !principal.startsWith("arn:")),
      tags: { Name: name },
    });
    for (const [resource, resourceArn] of Object.entries(resources)) {
      new RamResourceAssociation(this, resource, { resourceArn, resourceShareArn: share.arn });
    }
    for (const principal of principals) {
      new RamPrincipalAssociation(this, `principal-${principal.split("/").at(-1) ?? principal}`, {
        principal,
        resourceShareArn: share.arn,
      });
    }
  }
}
