export {
  accessFamilies,
  addressesOf,
  aksClusterName,
  clusterTableName,
  egressClusterName,
  foreignClusters,
  itemNames,
} from "./allowlist-facts";
export {
  boundaryArnOf,
  githubTrust,
  hcpTrust,
  letsIn,
  type GithubTrust,
  type HcpTrust,
  type Trust,
  trustsOf,
} from "./bootstrap-facts";
export { defineEnvironment } from "./define";
export type {
  AksEnvironment,
  AllowlistEnvironment,
  AwsEnvironment,
  AzureEnvironment,
  BootstrapEnvironment,
  ClusterAddresses,
  EgressPolicyEnvironment,
  Environment,
  EnvironmentInput,
  InspectionEnvironment,
  LatticeEnvironment,
  LatticeFleetEnvironment,
  LatticeFunctionEnvironment,
  LatticeHostEnvironment,
  LatticeIngressEnvironment,
  LatticeRouteEnvironment,
  LatticeServiceEnvironment,
  LatticeStatement,
  LatticeTargetsEnvironment,
  MadeLatticeNetwork,
  MadeLatticeService,
  RancherEnvironment,
  RegistrationEnvironment,
  WallarmEnvironment,
} from "./environment";
export {
  API_TIMEOUT_SECONDS,
  isMade,
  isMadeNetwork,
  listenerOf,
  networkStatementsOf,
  statementsOf,
  type LatticeListener,
} from "./lattice-facts";
export { LoadError, parseSelection } from "./files";
export { loadEnvironments, type LoadOptions } from "./load";
export { loadSet, type LoadedSet, type LoadSetOptions } from "./load-set";
export { defineOrganization } from "./organization/define";
export {
  runSettingsOf,
  type NotificationSettings,
  type Organization,
  type OrganizationInput,
  type RunSettings,
  type TeamAccess,
} from "./organization/organization";
export { environmentsOf } from "./organization/together";
export { stackIdsOf } from "./stack-ids";
export { EnvironmentError, type Violation } from "./violation";
export { OWN_SPOKE } from "./sections/egress-policy";
export { CLUSTER_NAME } from "./sections/allowlist";
export { SYSTEM_POOL_NAME } from "./sections/aks";
export { CLUSTER_RULES_PRIORITY, PRIMARY_ADDRESS } from "./sections/azure";
export type { Upstream } from "./upstream";
export { upstreamOf } from "./wallarm-facts";
