import { RamPrincipalAssociation } from "@cdktf/provider-aws/lib/ram-principal-association";
import { RamResourceAssociation } from "@cdktf/provider-aws/lib/ram-resource-association";
import { RamResourceShare } from "@cdktf/provider-aws/lib/ram-resource-share";
import { Construct } from "constructs";

import { type AwsPlace, arnOf } from "../../names";

/** Properties of {@link TransitShare}. */
export interface TransitShareProps {
  /** The share's name. */
  readonly name: string;
  readonly place: AwsPlace;
  readonly transitGatewayId: string;
  /** Account ids, and ARNs of organizations and organizational units. */
  readonly principals: readonly string[];
}

/** Lets others attach VPCs to a transit gateway. What they attach carries nothing until it is named as a spoke. */
export class TransitShare extends Construct {
  constructor(scope: Construct, id: string, { name, place, transitGatewayId, principals }: TransitShareProps) {
    super(scope, id);
    const share = new RamResourceShare(this, "Resource", {
      name,
      // An account by its number may stand outside of the organization: it gets an invitation, which it must accept.
      allowExternalPrincipals: principals.some((principal) => !principal.startsWith("arn:")),
      tags: { Name: name },
    });
    new RamResourceAssociation(this, "gateway", {
      resourceArn: arnOf(place, "ec2", `transit-gateway/${transitGatewayId}`),
      resourceShareArn: share.arn,
    });
    for (const principal of principals) {
      new RamPrincipalAssociation(this, `principal-${principal.split("/").at(-1) ?? principal}`, {
        principal,
        resourceShareArn: share.arn,
      });
    }
  }
}
