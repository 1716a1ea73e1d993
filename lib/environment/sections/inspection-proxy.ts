import { kmsKeyArn, says, secretArn } from "../fields";
import { listOf, section } from "../shapes";
import { domain } from "./egress-policy";

const CA = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:inspection/ca-AbCdEf";

/** The transparent proxy of an appliance with two arms. */
export const proxy = section("{ bump: { … } }", {
  /**
   * TLS connections that the proxy opens and reads, with certificates of an authority of yours that the clients trust.
   * @default - none: connections are let through or ended by their server name, and nobody reads them
   */
  bump: section(`{ caSecretArn: "${CA}", domains: ["api.example.com"] }`, {
    /** Secret of this account and Region with the authority's certificate and key, in PEM. Appliances read it when they boot. */
    caSecretArn: secretArn(
      /[\w/+=.@-]+/,
      "the ARN of a Secrets Manager secret with the certificate and key of your own authority,",
      CA,
    ),
    /** Key that encrypts the secret. @default - the account's own `aws/secretsmanager` */
    kmsKeyArn: kmsKeyArn.optional(),
    /** Whose connections are opened. */
    domains: listOf(domain, "a list of domains", '["api.example.com"]', {
      min: 1,
      fault: says("must name a domain", "leave 'bump' out to open no connection"),
    }),
  }).optional(),
});
