import { CERTIFICATE, type Changes } from "./base";

const PLACE = "eu-central-1:444455556666";
export const NETWORK = `arn:aws:vpc-lattice:${PLACE}:servicenetwork/sn-0123456789abcdef0`;
export const SERVICE = `arn:aws:vpc-lattice:${PLACE}:service/svc-0123456789abcdef0`;
export const FUNCTION = "arn:aws:lambda:eu-central-1:111122223333:function:mail:live";
export const ROLE = "arn:aws:iam::444455556666:role/orders";

/** A group of addresses in the network of the base environment. */
export const WEB = { kind: "ip", port: 8080, ids: ["10.20.30.40"] };

/** The least that a service says. */
export const SHOP = { targets: { web: WEB }, defaultTo: { web: 1 } };

/** A service that somebody else made. */
export const BILLING = { existing: { serviceArn: SERVICE, domain: "billing.internal.example.com" } };

/** The least that the ingress says. */
export const FLEET = { kind: "fleet", certificateArn: CERTIFICATE };

/** The least that each front of a function says. */
export const FRONTS = {
  alb: { kind: "lambda", front: "alb", certificateArn: CERTIFICATE },
  httpApi: { kind: "lambda", front: "httpApi", certificateArn: CERTIFICATE },
  restApi: { kind: "lambda", front: "restApi", certificateArn: CERTIFICATE },
} as const;

export const OIDC = {
  issuer: "https://login.example.com",
  authorizationEndpoint: "https://login.example.com/authorize",
  tokenEndpoint: "https://login.example.com/token",
  userInfoEndpoint: "https://login.example.com/userinfo",
  clientId: "lattice",
  clientSecret: { revision: 1 },
};

export const JWT = { issuer: "https://login.example.com", jwksUrl: "https://login.example.com/.well-known/jwks.json" };

/** A section with one service `shop`, behind one host; what stands at some paths in it differs. */
export const lattice = (changes: Changes = {}): Changes => ({
  lattice: { services: { shop: SHOP }, ingress: FLEET, hosts: { "shop.example.com": { service: "shop" } } },
  ...Object.fromEntries(Object.entries(changes).map(([path, value]) => [`lattice/${path}`, value])),
});

/** The section with some fields of its service different. */
export const shop = (fields: Readonly<Record<string, unknown>>): Changes =>
  lattice({ "services/shop": { ...SHOP, ...fields } });

/** The section in a network of somebody else. */
export const lent = (changes: Changes = {}): Changes =>
  lattice({ network: { existing: { serviceNetworkArn: NETWORK } }, ...changes });
