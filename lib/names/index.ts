export {
  BOOTSTRAP,
  bootstrapRoleArn,
  bootstrapRoleName,
  bootstrapStackId,
  boundaryArn,
  boundaryName,
  IAM_PATH,
  RUN_PHASES,
  type RunPhase,
} from "./bootstrap-names";
export { fitName, NAME_RULES, type NameRule } from "./fit-name";
export {
  AWS_AUDIENCES,
  AZURE_AUDIENCE,
  GITHUB_ISSUER,
  githubSubject,
  HCP_HOST,
  type HcpProject,
  hcpSubject,
  oidcProviderResource,
} from "./oidc-names";
export {
  ENVIRONMENT_NAME,
  localStateFile,
  stackId,
  stateKey,
  WORKSPACE_NAME,
  WORKSPACE_NAME_LENGTH,
  workspaceName,
  WORKSPACES,
} from "./stack-names";
export { arnOf, availabilityZone, iamArn, partitionOf, s3Arn, type AwsPlace } from "./aws-names";
