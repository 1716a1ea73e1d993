export { accessFamilies, addressesOf, aksClusterName, clusterTableName, egressClusterName } from "./allowlist-facts";
export { defineEnvironment } from "./define";
export type { AllowlistEnvironment, AwsEnvironment, Environment, EnvironmentInput } from "./environment";
export type { AksEnvironment, AzureEnvironment } from "./environment";
export { loadEnvironments, LoadError, parseSelection, type LoadOptions } from "./load";
export { EnvironmentError, type Violation } from "./violation";
export { CLUSTER_NAME } from "./sections/allowlist";
export { PRIMARY_ADDRESS } from "./sections/azure";
