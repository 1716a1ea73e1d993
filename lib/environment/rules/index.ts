import * as allowlist from "./allowlist";
import * as aws from "./aws";
import type { CrossFieldRule } from "./rule";
import { stateKeyInRegion } from "./state";

/** Every rule across fields. */
export const crossFieldRules: readonly CrossFieldRule[] = [
  stateKeyInRegion,
  aws.roleInAccount,
  aws.networkFits,
  aws.egressLeadsSomewhere,
  aws.egressTakesItsOwn,
  aws.existingRangeIsOfVpc,
  aws.existingSubnetsAreApart,
  aws.nothingTwice,
  aws.sameRegion,
  allowlist.allowlistNeedsAws,
  allowlist.enforceNeedsOperators,
  allowlist.setsWithinQuota,
  allowlist.addressesWithinCapacity,
  allowlist.accessWithinSets,
  allowlist.clustersFitItems,
  allowlist.clusterNamesDiffer,
  allowlist.egressNameIsFree,
  allowlist.streamOfTable,
];
