import * as aks from "./aks";
import * as allowlist from "./allowlist";
import * as aws from "./aws";
import * as azure from "./azure";
import * as azureFirewall from "./azure-firewall";
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
  allowlist.ownNamesAreFree,
  allowlist.streamOfTable,
  azure.vnetFits,
  azure.addressesStandOnce,
  azure.primaryStays,
  azure.addressesFitPrefix,
  azure.detectionNeedsPremium,
  azure.natZoneIsOfFirewall,
  azure.existingVnetNamesWorkspace,
  azure.tagsFitAzure,
  azure.azureListsHaveNoTwins,
  azureFirewall.ruleEndsAreOfOneKind,
  azureFirewall.ipGroupsExist,
  azureFirewall.portsExist,
  azureFirewall.openRulesHaveReasons,
  aks.aksNeedsNetwork,
  aks.clustersHaveSubnets,
  aks.slotsDiffer,
  aks.networksAreApart,
  aks.clusterRangesAreApart,
  aks.poolsAreSound,
  aks.nodesFit,
  aks.ephemeralHasDisk,
  aks.rangesWithinLimit,
  aks.admittedAreIpv4,
  aks.awsEgressNeedsNetwork,
  aks.runCommandHasAPool,
  aks.groupsStandOnce,
];
