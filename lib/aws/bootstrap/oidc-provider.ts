import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { Construct } from "constructs";

import { type AwsPlace, iamArn, oidcProviderResource } from "../../names";
import { guarded } from "../../terraform";

/** Properties of an {@link OidcProvider}. */
export interface OidcProviderProps {
  readonly place: AwsPlace;
  /** Host of the issuer, without scheme: `app.terraform.io`. */
  readonly issuer: string;
  /** What its tokens for AWS are made out for. */
  readonly audience: string;
  /** `existing`: somebody else made the account's one provider for this issuer, and nothing in it is changed. */
  readonly oidcProvider: "made" | "existing";
  readonly protect: boolean;
}

/**
 * An account's acquaintance with somebody whose tokens it takes. It grants nothing; roles do.
 *
 * It holds no thumbprint: IAM checks the issuers that are used here by the certificate authorities it knows (AWS IAM User Guide, "Obtain the
 * thumbprint for an OpenID Connect identity provider").
 */
export class OidcProvider extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: OidcProviderProps) {
    super(scope, id);
    const { place, issuer, audience } = props;
    this.arn =
      props.oidcProvider === "existing"
        ? iamArn(place, oidcProviderResource(issuer))
        : new IamOpenidConnectProvider(this, "Resource", {
            url: `https://${issuer}`,
            clientIdList: [audience],
            // Another environment's roles may trust it too.
            lifecycle: guarded(props.protect),
          }).arn;
  }
}
