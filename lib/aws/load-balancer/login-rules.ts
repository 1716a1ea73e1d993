import { CloudformationStack } from "@cdktf/provider-aws/lib/cloudformation-stack";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { fitName, NAME_RULES } from "../../names";
import { dynamicReference } from "../secret-token";
import type { ForwardingRule } from "./forwarding";
import type { OidcLogin } from "./login";

/** Properties of {@link LoginRules}. */
export interface LoginRulesProps {
  /** Begins the name of the stack in AWS CloudFormation. */
  readonly name: string;
  readonly listenerArn: string;
  readonly rules: readonly ForwardingRule[];
  readonly login: OidcLogin;
}

/**
 * Rules of an HTTPS listener that forward only people who have logged in, made by AWS CloudFormation.
 *
 * Terraform would keep the client secret in its state: `client_secret` of `aws_lb_listener_rule` is neither write-only nor does it take an
 * ephemeral value (docs/decisions/0018-login-rules-by-cloudformation.md). CloudFormation reads it from Secrets Manager itself when it makes or changes a
 * rule, and shows it to nobody. Whoever deploys needs `secretsmanager:GetSecretValue` on it for that, besides `cloudformation:*` on the stack.
 *
 * A secret that is rotated elsewhere reaches the rules only with their next change: CloudFormation does not look for it.
 */
export class LoginRules extends Construct {
  /** Exists once all of them forward. */
  readonly resource: ITerraformDependable;

  constructor(scope: Construct, id: string, { name, listenerArn, rules, login }: LoginRulesProps) {
    super(scope, id);
    this.resource = new CloudformationStack(this, "Resource", {
      name: fitName(`${name}-login`, NAME_RULES.cloudFormationStack),
      templateBody: JSON.stringify({
        Description: `Rules of the load balancer of ${name} that ask people to log in`,
        Resources: Object.fromEntries(rules.map((rule) => [logicalId(rule), listenerRule(rule, listenerArn, login)])),
      }),
    });
  }
}

/** CloudFormation takes letters and digits only. */
function logicalId({ id }: ForwardingRule): string {
  return id.replaceAll(/(?:^|-)([a-z0-9])/g, (_, first: string) => first.toUpperCase());
}

function listenerRule({ priority, hosts, targetGroupArn }: ForwardingRule, listenerArn: string, login: OidcLogin) {
  return {
    Type: "AWS::ElasticLoadBalancingV2::ListenerRule",
    Properties: {
      ListenerArn: listenerArn,
      Priority: priority,
      Conditions: [{ Field: "host-header", HostHeaderConfig: { Values: hosts } }],
      Actions: [
        {
          Type: "authenticate-oidc",
          Order: 1,
          AuthenticateOidcConfig: {
            Issuer: login.issuer,
            AuthorizationEndpoint: login.authorizationEndpoint,
            TokenEndpoint: login.tokenEndpoint,
            UserInfoEndpoint: login.userInfoEndpoint,
            ClientId: login.clientId,
            ClientSecret: dynamicReference(login.clientSecret),
            OnUnauthenticatedRequest: "authenticate",
          },
        },
        { Type: "forward", Order: 2, TargetGroupArn: targetGroupArn },
      ],
    },
  };
}
