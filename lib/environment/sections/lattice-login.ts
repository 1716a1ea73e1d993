import { says, text } from "../fields";
import { eitherOf, listOf, mapOf, section } from "../shapes";
import { isPlainObject } from "../values";
import { oneOf } from "../fields";
import { madeOrExistingSecret } from "./secret";

/** The load balancer's security group lets it out to HTTPS's own port. */
const httpsUrl = (what: string, example: string) =>
  text({
    pattern: /^(?=.{1,256}$)https:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:443)?(\/[\w./~%+=:@?&-]*)?$/i,
    what: `the HTTPS address of ${what}, on port 443`,
    example: JSON.stringify(example),
  });

const CLIENT_SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:lattice/oidc-client-AbCdEf";

const oidc = section(
  "{ oidc: { issuer, authorizationEndpoint, tokenEndpoint, userInfoEndpoint, clientId, clientSecret } }",
  {
    /** People sign in at an identity provider before their first request; the load balancer keeps the session in a cookie. */
    oidc: section("{ issuer, authorizationEndpoint, tokenEndpoint, userInfoEndpoint, clientId, clientSecret }", {
      issuer: httpsUrl("the issuer", "https://login.example.com"),
      authorizationEndpoint: httpsUrl("where people sign in", "https://login.example.com/authorize"),
      tokenEndpoint: httpsUrl("where tokens are fetched", "https://login.example.com/token"),
      userInfoEndpoint: httpsUrl("where claims are fetched", "https://login.example.com/userinfo"),
      /** How the provider knows the load balancer, as it is registered there with `https://<host>/oauth2/idpresponse`. */
      clientId: text({
        pattern: /^[\x21-\x7e]{1,255}$/,
        what: "the id of a client at the identity provider",
        example: '"lattice"',
      }),
      /** The client's secret: in a secret made here, from the variable `client_secret`, or in an existing one. */
      clientSecret: madeOrExistingSecret("a client secret", CLIENT_SECRET),
    }),
  },
);

/** Elastic Load Balancing API Reference, "JwtValidationActionAdditionalClaim". */
const MOST_CLAIMS = 10;

const claim = section('{ format: "space-separated-values", values: ["orders.read"] }', {
  /** How the claim is written. @default "single-string" */
  format: oneOf(["single-string", "string-array", "space-separated-values"]).default("single-string"),
  /** Values of which the token has one. */
  values: listOf(
    text({ pattern: /^[\x21-\x7e]{1,256}$/, what: "the value of a claim", example: '"orders.read"' }),
    "a list of values",
    '["orders.read"]',
    { min: 1, max: 10, fault: says("must be 1 to 10 values", "write the values that are accepted") },
  ),
});

const jwt = section('{ jwt: { issuer: "https://login.example.com", jwksUrl: "https://login.example.com/jwks" } }', {
  /** Programs bring a token in `Authorization`, which the load balancer verifies. */
  jwt: section('{ issuer: "https://login.example.com", jwksUrl: "https://login.example.com/jwks" }', {
    /** Who issues tokens, as they say it in `iss`. */
    issuer: httpsUrl("the issuer", "https://login.example.com"),
    /** Where the keys are that sign tokens. */
    jwksUrl: httpsUrl("the keys", "https://login.example.com/.well-known/jwks.json"),
    /** What tokens must say besides. @default - nothing: any valid token of the issuer */
    claims: mapOf(
      claim,
      (name, names) => {
        if (!/^[\w:./-]{1,256}$/.test(name)) return says("is not the name of a claim", 'write for example "scope"');
        if (/^(iss|exp|nbf|iat)$/.test(name)) return says("is verified in every token", "take it out");
        return names.indexOf(name) === MOST_CLAIMS
          ? says("is one claim too many", `keep ${MOST_CLAIMS} at most`)
          : undefined;
      },
      "an object of claims",
      '{ scope: { format: "space-separated-values", values: ["orders.read"] } }',
    ).default({}),
  }),
});

/** Who must show who they are before a request passes the load balancer. */
export const login = eitherOf(oidc, jwt, (value) => isPlainObject(value) && "jwt" in value);
