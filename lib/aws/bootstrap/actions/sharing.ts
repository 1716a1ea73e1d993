import { allow, claimed, made, owned, regional, retagged } from "../scope";
import type { ActionTable } from "./table";

const READ = regional("SharesRead", "ram");
const SHARES = "ram:{region}:{account}:resource-share/*";
const OWN = owned("Shares", "ram", SHARES);

const associations = {
  reads: [allow(READ, "GetResourceShareAssociations")],
  writes: [allow(OWN, "AssociateResourceShare", "DisassociateResourceShare"), allow(READ, "GetResourceShares")],
};

/** AWS Resource Access Manager. */
export const SHARING: ActionTable = {
  aws_ram_resource_share: {
    reads: [allow(READ, "GetResourceShares"), allow(OWN, "ListResourceSharePermissions")],
    writes: [
      // A share has no ARN before it is made.
      allow(made("Shares", "ram", "*"), "CreateResourceShare"),
      allow(claimed("Shares", "ram", SHARES), "TagResource"),
      allow(retagged("Shares", "ram", SHARES), "TagResource", "UntagResource"),
      allow(OWN, "UpdateResourceShare", "DeleteResourceShare"),
    ],
  },
  aws_ram_resource_association: associations,
  aws_ram_principal_association: associations,
};
