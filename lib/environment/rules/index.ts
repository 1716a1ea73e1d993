import * as allowlist from "./allowlist";
import { networkFits, roleInAccount, sameRegion } from "./aws";
import type { CrossFieldRule } from "./rule";

/** Every rule across fields. The order is that of their messages. */
export const crossFieldRules: readonly CrossFieldRule[] = [
  roleInAccount,
  networkFits,
  sameRegion,
  allowlist.allowlistNeedsAws,
  allowlist.enforceNeedsOperators,
  allowlist.setsWithinQuota,
  allowlist.addressesWithinCapacity,
  allowlist.clustersFitItems,
  allowlist.egressNameIsFree,
  allowlist.streamOfTable,
];
