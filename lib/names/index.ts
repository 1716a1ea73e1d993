export { fitName, NAME_RULES, type NameRule } from "./fit-name";
export { ENVIRONMENT_NAME, localStateFile, stackId, stateKey, workspaceName } from "./stack-names";
export { arnOf, availabilityZone, iamArn, s3Arn, type AwsPlace } from "./aws-names";
