import { allow, mentioned, named } from "../scope";
import { RULE_ACTIONS } from "./load-balancer";
import { type ActionTable, keysThrough } from "./table";

const STACKS = named("LoginStacks", "cloudformation", "cloudformation:{region}:{account}:stack/{environment}-*/*");

const CLIENT_SECRETS = mentioned(
  "LoginSecrets",
  "secretsmanager",
  /\barn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+/g,
  "$&",
);

/** AWS CloudFormation, which fills in the secret of a login and writes its rules with the rights of who calls. */
export const LOGIN_RULES: ActionTable = {
  aws_cloudformation_stack: {
    reads: [allow(STACKS, "DescribeStacks", "GetTemplate")],
    writes: [
      allow(
        STACKS,
        "CreateStack",
        "UpdateStack",
        "DeleteStack",
        "DescribeStackEvents",
        "ListStackResources",
        "TagResource",
        "UntagResource",
      ),
      ...RULE_ACTIONS.reads,
      ...RULE_ACTIONS.writes,
      allow(CLIENT_SECRETS, "GetSecretValue"),
      allow(keysThrough("KeysOfSecrets", "secretsmanager"), "Decrypt"),
    ],
  },
};
