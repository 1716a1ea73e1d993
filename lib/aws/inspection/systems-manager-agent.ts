/**
 * What Systems Manager's agent needs to say that it is there and to be spoken to (AWS Systems Manager User Guide, "Create a custom IAM role
 * for Session Manager"). None of it has an ARN to be held to.
 */
export const SYSTEMS_MANAGER_AGENT = [
  "ssm:UpdateInstanceInformation",
  "ssmmessages:CreateControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
] as const;
