import type { SecretReference } from "../secret-token";

/** Who gets through to the targets, beyond who may connect. */
export type Login = { readonly jwt: JwtLogin } | { readonly oidc: OidcLogin };

/**
 * Machines: each request carries a token that an issuer has signed with RS256. The load balancer checks signature, issuer and times, and
 * answers 401 otherwise (Elastic Load Balancing, Application Load Balancers, "Verify JWTs using an Application Load Balancer").
 */
export interface JwtLogin {
  readonly issuer: string;
  /** Where the issuer publishes its keys, over HTTPS, for everybody to read: 10 keys and 150 KB at most. */
  readonly jwksUrl: string;
  /** What else the token must say, up to 10 claims. @default - nothing */
  readonly claims?: readonly JwtClaim[];
}

/** A claim and what it must say. */
export interface JwtClaim {
  readonly name: string;
  /** How the token writes it. */
  readonly format: "single-string" | "string-array" | "space-separated-values";
  readonly values: readonly string[];
}

/**
 * People: a browser without a session is sent to the identity provider, and comes back with one (Elastic Load Balancing, Application
 * Load Balancers, "Authenticate users using an Application Load Balancer").
 */
export interface OidcLogin {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly userInfoEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: SecretReference;
}
