import type { Construct } from "constructs";

import { HostCertificates } from "../../lib/aws/dns/host-certificates";
import type { EncryptionKey } from "../../lib/aws/encryption-key";
import type { LatticeReach } from "../../lib/aws/lattice/reach";
import type { Login } from "../../lib/aws/load-balancer/login";
import { SecurityGroup } from "../../lib/aws/network/security-group";
import { existingSecret, SecretToken } from "../../lib/aws/secret-token";
import {
  type AwsEnvironment,
  type Environment,
  type LatticeEnvironment,
  type LatticeFleetEnvironment,
  type LatticeIngressEnvironment,
  listenerOf,
} from "../../lib/environment";
import type { ProxiedHost } from "../../lib/lattice";
import type { AwsNetworkOutputs } from "../aws-network";
import type { LatticeIngressOutputs, LatticeServiceOutputs } from "./outputs";

/** What a way in is put together from. */
export interface IngressParts {
  readonly name: string;
  readonly environment: Environment;
  readonly aws: AwsEnvironment;
  readonly lattice: LatticeEnvironment;
  readonly network: AwsNetworkOutputs;
  readonly reach: LatticeReach;
  readonly services: Readonly<Record<string, LatticeServiceOutputs>>;
  readonly key: EncryptionKey;
}

/** A way in that was made. */
export interface MadeIngress extends LatticeIngressOutputs {
  /** What people need after apply. */
  readonly published: readonly {
    readonly id: string;
    readonly value: string | string[];
    readonly description: string;
  }[];
}

/** The map of hosts as the proxies take it. */
export function proxiedHosts({
  lattice: { hosts, services },
  services: known,
}: IngressParts): readonly (ProxiedHost & { readonly protocol: "http" | "grpc" })[] {
  return Object.entries(hosts).flatMap(([host, { service, ...settings }]) => {
    const [called, config] = [known[service], services[service]];
    if (called === undefined || config === undefined) return [];
    return [{ ...settings, host, upstream: { domain: called.domain, ...listenerOf(config) } }];
  });
}

/** The services that the proxies sign requests for, each once. */
export function signedServiceArns({ lattice: { hosts }, services }: IngressParts): readonly string[] {
  const signed = Object.values(hosts).flatMap(({ sign, service }) => (sign ? (services[service] ?? []) : []));
  return [...new Set(signed.map(({ arn }) => arn))];
}

/** Makes the proxies' security group, let through to the services that they call. */
export function addProxyGroup(
  scope: Construct,
  { name, network, reach }: IngressParts,
  called: readonly ProxiedHost[],
): SecurityGroup {
  const group = new SecurityGroup(scope, "proxy-group", {
    name: `${name}-proxies`,
    description: "Proxies into VPC Lattice",
    vpcId: network.vpcId,
  });
  reach.admit(
    group,
    called.map(({ upstream }) => upstream.port),
  );
  return group;
}

/** The certificate that is given, or one for each host, made here. */
export function addCertificates(
  scope: Construct,
  { certificateArn, zoneId }: LatticeIngressEnvironment,
  { lattice: { hosts } }: IngressParts,
): ReadonlyMap<string, string> {
  if (certificateArn !== undefined) return new Map([["given", certificateArn]]);
  if (zoneId === undefined) throw new Error(`${scope.node.id} has neither a certificate nor a zone to make some in`);
  return new HostCertificates(scope, "certificates", { hosts: Object.keys(hosts), zoneId }).arns;
}

/** How the load balancer asks who somebody is, with a secret that is made here or there already. */
export function addLogin(
  scope: Construct,
  { login }: Pick<LatticeFleetEnvironment, "login">,
  { name, key }: IngressParts,
): Login | undefined {
  if (login === undefined) return undefined;
  if ("jwt" in login) {
    const { claims, ...jwt } = login.jwt;
    return { jwt: { ...jwt, claims: Object.entries(claims).map(([claim, of]) => ({ name: claim, ...of })) } };
  }
  const { clientSecret, ...oidc } = login.oidc;
  if ("existing" in clientSecret) return { oidc: { ...oidc, clientSecret: existingSecret(clientSecret.existing) } };
  const secret = new SecretToken(scope, "client-secret", {
    name,
    description: `Client secret by which the load balancer of ${name} signs in at the identity provider`,
    kmsKeyArn: key.arn,
    revision: clientSecret.revision,
    variable: "client_secret",
  });
  return { oidc: { ...oidc, clientSecret: secret } };
}
