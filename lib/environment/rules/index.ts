import * as allowlist from "./allowlist";
import * as aws from "./aws";
import type { CrossFieldRule } from "./rule";
import { stateKeyInRegion } from "./state";
import * as wallarm from "./wallarm";
import * as entry from "./wallarm-entry";
import * as upstream from "./wallarm-upstream";

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
  wallarm.arenaFitsMemory,
  wallarm.sidecarNeedsMetrics,
  wallarm.scalingHasRoom,
  wallarm.tokenIsNear,
  wallarm.recordsAreApart,
  entry.edgeHasCertificate,
  entry.domainFitsCertificate,
  entry.aliasesAreCertified,
  entry.aliasesStandOnce,
  entry.hostsAreComparable,
  entry.somebodyIsAdmitted,
  entry.ipv6NeedsDualStack,
  entry.dualStackIsPublic,
  entry.balancerPartsAreNear,
  entry.ingressStandsOnce,
  upstream.upstreamIsNoLoop,
  upstream.upstreamRangesAreIpv4,
  upstream.upstreamMayBeReached,
  upstream.tlsNeedsName,
  upstream.authorityNeedsTls,
  upstream.upstreamRecordNamesHost,
  upstream.upstreamRangesStandOnce,
];
