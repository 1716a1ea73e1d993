import * as allowlist from "./allowlist";
import * as aws from "./aws";
import type { CrossFieldRule } from "./rule";
import { stateKeyInRegion } from "./state";
import * as wallarm from "./wallarm";

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
  aws.cacheNeedsMadeNetwork,
  aws.cacheCredentialIsNear,
  allowlist.allowlistNeedsAws,
  allowlist.enforceNeedsOperators,
  allowlist.setsWithinQuota,
  allowlist.addressesWithinCapacity,
  allowlist.accessWithinSets,
  allowlist.clustersFitItems,
  allowlist.clusterNamesDiffer,
  allowlist.egressNameIsFree,
  allowlist.streamOfTable,
  wallarm.edgesNeedNetwork,
  wallarm.edgeHasCertificate,
  wallarm.domainFitsCertificate,
  wallarm.arenaFitsMemory,
  wallarm.upstreamIsNoLoop,
  wallarm.upstreamRangesAreIpv4,
  wallarm.upstreamMayBeReached,
  wallarm.authorityNeedsTls,
  wallarm.upstreamRecordNamesHost,
  wallarm.somebodyIsAdmitted,
  wallarm.ipv6NeedsDualStack,
  wallarm.dualStackHasIpv6,
  wallarm.sidecarNeedsMetrics,
  wallarm.scalingHasRoom,
  wallarm.balancerPartsAreNear,
  wallarm.tokenIsNear,
  wallarm.rangesStandOnce,
  wallarm.recordsAreApart,
];
