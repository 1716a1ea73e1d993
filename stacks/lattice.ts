import { Lazy } from "cdktf";
import type { Construct } from "constructs";

import { AliasRecord } from "../lib/aws/dns/alias-record";
import { HostCertificates } from "../lib/aws/dns/host-certificates";
import { dockerHubImage, ecrRepositoryArn } from "../lib/aws/ecs/image";
import { EncryptionKey } from "../lib/aws/encryption-key";
import type { EnvoyHost } from "../lib/aws/envoy/container";
import { ProxyFleet } from "../lib/aws/envoy/proxy-fleet";
import { LatticeAccessLogs } from "../lib/aws/lattice/access-logs";
import { LatticeService } from "../lib/aws/lattice/lattice-service";
import { LatticeShare } from "../lib/aws/lattice/lattice-share";
import { NetworkAssociation } from "../lib/aws/lattice/network-association";
import { NetworkEndpoint } from "../lib/aws/lattice/network-endpoint";
import type { LatticeReach } from "../lib/aws/lattice/reach";
import { existingServiceNetwork, type LatticeNetwork, ServiceNetwork } from "../lib/aws/lattice/service-network";
import type { Login } from "../lib/aws/load-balancer/login";
import { SecurityGroup } from "../lib/aws/network/security-group";
import { existingSecret, SecretToken } from "../lib/aws/secret-token";
import {
  type AwsEnvironment,
  type Environment,
  isMade,
  isMadeNetwork,
  type LatticeEnvironment,
  type LatticeIngressEnvironment,
  listenerOf,
  type MadeLatticeService,
  networkStatementsOf,
  statementsOf,
} from "../lib/environment";
import { authPolicy } from "../lib/lattice";
import { stackId } from "../lib/names";
import { RingfenceStack } from "../lib/terraform";
import type { AwsNetworkOutputs, NetworkNeeds } from "./aws-network";

/** What other stacks may know of VPC Lattice and the way in. */
export interface LatticeOutputs {
  readonly serviceNetworkArn: string;
  /** All services of the environment, by name. */
  readonly services: Readonly<Record<string, LatticeServiceOutputs>>;
  /** The way in. @default - the environment has none */
  readonly ingress?: LatticeIngressOutputs;
}

/** A service, made here or existing. */
export interface LatticeServiceOutputs {
  readonly arn: string;
  /** Name that those call it by who reach it as the proxies do. */
  readonly domain: string;
}

/** The load balancer in front of the proxies. */
export interface LatticeIngressOutputs {
  readonly loadBalancerArn: string;
  /** Its name in AWS's own zone. */
  readonly dnsName: string;
  readonly proxySecurityGroupId: string;
}

/** What the stack needs besides the environment's common sections. */
export interface LatticeProps {
  readonly aws: AwsEnvironment;
  readonly lattice: LatticeEnvironment;
  /** Whence the services are reached, and where the proxies stand. @default - nothing here reaches them */
  readonly network?: AwsNetworkOutputs;
}

/** The proxies' image on Docker Hub. */
const PROXY_REPOSITORY = "envoyproxy/envoy";

/**
 * A service network of VPC Lattice with services in it, and a fleet of proxies through which people and machines outside of VPC Lattice
 * reach them. Who may call what stands in auth policies; the proxies sign what they pass on, and are callers like any other.
 */
export class LatticeStack extends RingfenceStack {
  readonly outputs: LatticeOutputs;

  constructor(scope: Construct, environment: Environment, props: LatticeProps) {
    super(scope, environment, "lattice", { clouds: ["aws"] });
    const name = stackId(environment.name, "lattice");
    const { aws, lattice, network } = props;

    const key = new EncryptionKey(this, "key", {
      alias: name,
      description: `Secrets and logs of ${name}`,
      place: aws,
      protect: environment.protect,
    });
    // Policies name the proxies' role, and the proxies' configuration the services: these are made first.
    const proxyRoleArn = lattice.ingress && Lazy.stringValue({ produce: () => fleet?.roleArn });
    const serviceNetwork = this.#serviceNetwork(name, environment, props, proxyRoleArn);
    const reach = network && this.#reach(name, serviceNetwork, props, network);
    const made = this.#makeServices(environment, serviceNetwork, props, proxyRoleArn);
    const services = this.#describeServices(lattice, made, reach);
    const ownArns = arnsByName(isMadeNetwork(lattice.network) ? serviceNetwork : undefined, made);
    this.#keepAccessLogs(name, ownArns, props, key);
    if (lattice.share !== undefined) {
      new LatticeShare(this, "share", { name, resources: ownArns, principals: lattice.share.principals });
    }
    const fleet = network && reach && this.#fleet(name, environment, props, { network, reach, services, key });

    this.outputs = {
      serviceNetworkArn: serviceNetwork.arn,
      services,
      ingress: fleet && {
        loadBalancerArn: fleet.balancer.arn,
        dnsName: fleet.balancer.dnsName,
        proxySecurityGroupId: fleet.securityGroupId,
      },
    };
    this.publish("service-network-arn", serviceNetwork.arn, "Associate further VPCs and services with it");
    for (const [service, { arn, domain }] of Object.entries(services)) {
      this.publish(`service-${service}-arn`, arn, `The service ${service}, for the policies of its callers`);
      this.publish(`service-${service}-domain`, domain, `Name by which ${service} is called from the VPC`);
    }
    if (reach !== undefined) {
      const { id } = reach.securityGroup;
      this.publish(
        "reach-security-group-id",
        id,
        "Admit further callers in the VPC here, on the ports of the services",
      );
    }
    if (fleet !== undefined) this.#publishFleet(fleet);
  }

  #serviceNetwork(
    name: string,
    { protect }: Environment,
    { aws, lattice }: LatticeProps,
    proxyRoleArn: string | undefined,
  ): LatticeNetwork {
    if (!isMadeNetwork(lattice.network)) return existingServiceNetwork(lattice.network.existing.serviceNetworkArn);
    return new ServiceNetwork(this, "network", {
      name,
      authPolicy: authPolicy(networkStatementsOf(lattice.network), { place: aws, proxyRoleArn }),
      protect,
    });
  }

  #reach(
    name: string,
    serviceNetwork: LatticeNetwork,
    { aws, lattice }: LatticeProps,
    { vpcId, privateSubnetIds }: AwsNetworkOutputs,
  ): LatticeReach {
    if (lattice.reach === "endpoint") {
      const subnetIds = privateSubnetIds;
      return new NetworkEndpoint(this, "endpoint", { name, network: serviceNetwork, vpcId, subnetIds });
    }
    return new NetworkAssociation(this, "association", {
      name,
      place: aws,
      network: serviceNetwork,
      vpcId,
      // Private subnets have no IPv6 ranges.
      dualStack: false,
    });
  }

  #makeServices(
    environment: Environment,
    serviceNetwork: LatticeNetwork,
    { aws, lattice, network }: LatticeProps,
    proxyRoleArn: string | undefined,
  ): ReadonlyMap<string, LatticeService> {
    const make = (service: string, config: MadeLatticeService): LatticeService =>
      new LatticeService(this, `service-${service}`, {
        ...config,
        name: stackId(environment.name, service),
        network: serviceNetwork,
        authPolicy: authPolicy(statementsOf(config), { place: aws, proxyRoleArn }),
        listener: { protocol: config.listener.protocol, port: listenerOf(config).port },
        vpcId: network?.vpcId,
      });
    return new Map(
      Object.entries(lattice.services).flatMap(([service, config]) =>
        isMade(config) ? [[service, make(service, config)] as const] : [],
      ),
    );
  }

  /** Gives services names by which the proxies, and others in the VPC, call them. */
  #describeServices(
    { services }: LatticeEnvironment,
    made: ReadonlyMap<string, LatticeService>,
    reach: LatticeReach | undefined,
  ): Readonly<Record<string, LatticeServiceOutputs>> {
    const describe = (name: string, service: LatticeService, { domain, zoneId }: MadeLatticeService) => {
      if (domain !== undefined && zoneId === undefined) return { arn: service.arn, domain };
      const entry = reach?.dnsEntryOf(service) ?? service.dnsEntry;
      if (domain === undefined || zoneId === undefined) return { arn: service.arn, domain: entry.dnsName };
      new AliasRecord(this, `record-${name}`, { zoneId, name: domain, target: entry, dualStack: false });
      return { arn: service.arn, domain };
    };
    return Object.fromEntries(
      Object.entries(services).flatMap(([name, config]) => {
        if (!isMade(config)) return [[name, { arn: config.existing.serviceArn, domain: config.existing.domain }]];
        const service = made.get(name);
        return service === undefined ? [] : [[name, describe(name, service, config)]];
      }),
    );
  }

  /** A network's log holds the requests of all its services; those of somebody else's network are theirs. */
  #keepAccessLogs(
    name: string,
    ownArns: Readonly<Record<string, string>>,
    { aws, lattice: { accessLogs } }: LatticeProps,
    { arn }: EncryptionKey,
  ): void {
    const sources = "network" in ownArns ? { network: ownArns.network } : ownArns;
    if (Object.keys(sources).length === 0) return;
    new LatticeAccessLogs(this, "access-logs", {
      name,
      place: aws,
      sources,
      kmsKeyArn: accessLogs.cloudwatch ? arn : undefined,
      s3BucketArn: accessLogs.s3BucketArn,
    });
  }

  #fleet(
    name: string,
    { protect, notify }: Environment,
    { aws, lattice }: LatticeProps,
    { network, reach, services, key }: FleetParts,
  ): ProxyFleet | undefined {
    const { ingress, hosts } = lattice;
    if (ingress === undefined) return undefined;
    const called = envoyHosts(lattice, services);
    const signed = Object.values(hosts).flatMap(({ sign, service }) => (sign ? (services[service] ?? []) : []));
    return new ProxyFleet(this, "fleet", {
      ...ingress,
      name,
      place: aws,
      network,
      hosts: called,
      certificates: this.#certificates(ingress, Object.keys(hosts)),
      login: ingress.login && this.#login(name, ingress.login, key),
      image: dockerHubImage(PROXY_REPOSITORY, ingress.image, network.dockerHub),
      securityGroup: this.#proxyGroup(name, network, reach, called),
      signedServiceArns: [...new Set(signed.map(({ arn }) => arn))],
      kmsKeyArn: key.arn,
      protect,
      topicArns: notify.alarmTopicArns,
    });
  }

  /** The proxies' security group, let through to the services that they call. */
  #proxyGroup(
    name: string,
    { vpcId }: AwsNetworkOutputs,
    reach: LatticeReach,
    called: readonly EnvoyHost[],
  ): SecurityGroup {
    const group = new SecurityGroup(this, "proxy-group", {
      name: `${name}-proxies`,
      description: "Proxies into VPC Lattice",
      vpcId,
    });
    reach.admit(
      group,
      called.map(({ upstream }) => upstream.port),
    );
    return group;
  }

  #publishFleet(fleet: ProxyFleet): void {
    const { balancer } = fleet;
    this.publish("dns-name", balancer.dnsName, "Point your records of the hosts here, unless they were made here");
    this.publish("load-balancer-arn", balancer.arn, "Associate a web ACL with it, unless the environment names one");
    this.publish("proxy-security-group-id", fleet.securityGroupId, "The proxies");
    this.publish("proxy-role-arn", fleet.roleArn, "As whom the proxies sign: services of others must admit it");
    this.publish("access-log-bucket", fleet.accessLogBucket, "Bucket of the access and connection logs");
    this.publish("cluster-name", fleet.clusterName, "The service in it has the same name");
  }

  #certificates({ certificateArn, zoneId }: LatticeIngressEnvironment, hosts: readonly string[]) {
    if (certificateArn !== undefined) return new Map([["given", certificateArn]]);
    if (zoneId === undefined) throw new Error(`${this.node.id} has neither a certificate nor a zone to make some in`);
    return new HostCertificates(this, "certificates", { hosts, zoneId }).arns;
  }

  #login(
    name: string,
    login: NonNullable<LatticeIngressEnvironment["login"]>,
    { arn: kmsKeyArn }: EncryptionKey,
  ): Login {
    if ("jwt" in login) {
      const { claims, ...jwt } = login.jwt;
      return { jwt: { ...jwt, claims: Object.entries(claims).map(([claim, of]) => ({ name: claim, ...of })) } };
    }
    const { clientSecret, ...oidc } = login.oidc;
    if ("existing" in clientSecret) return { oidc: { ...oidc, clientSecret: existingSecret(clientSecret.existing) } };
    const secret = new SecretToken(this, "client-secret", {
      name,
      description: `Client secret by which the load balancer of ${name} signs in at the identity provider`,
      kmsKeyArn,
      revision: clientSecret.revision,
      variable: "client_secret",
    });
    return { oidc: { ...oidc, clientSecret: secret } };
  }
}

/** What the fleet is put together from. */
interface FleetParts {
  readonly network: AwsNetworkOutputs;
  readonly reach: LatticeReach;
  readonly services: LatticeOutputs["services"];
  readonly key: EncryptionKey;
}

/** What is made here, as ARNs by names that stay. */
function arnsByName(
  network: LatticeNetwork | undefined,
  services: ReadonlyMap<string, LatticeService>,
): Readonly<Record<string, string>> {
  return {
    ...(network && { network: network.arn }),
    ...Object.fromEntries([...services].map(([name, { arn }]) => [`service-${name}`, arn])),
  };
}

/** The map of hosts as the proxies take it. */
function envoyHosts({ hosts, services }: LatticeEnvironment, known: LatticeOutputs["services"]): readonly EnvoyHost[] {
  return Object.entries(hosts).flatMap(([host, { service, ...settings }]) => {
    const [called, config] = [known[service], services[service]];
    if (called === undefined || config === undefined) return [];
    return [{ ...settings, host, upstream: { domain: called.domain, ...listenerOf(config) } }];
  });
}

/** What the way into VPC Lattice asks of the network it stands in. */
export function latticeNeeds({ aws, lattice }: Environment): NetworkNeeds {
  const ingress = lattice?.ingress;
  if (ingress === undefined) return { interfaceEndpoints: [] };
  const { image, exec, dualStack } = ingress;
  const isCached = aws?.dockerHub !== undefined && image.repository === undefined;
  // Endpoints reach the registry of their own Region only.
  const isInEcr = isCached || ecrRepositoryArn(image.repository ?? "")?.includes(`:ecr:${aws?.region ?? ""}:`);
  return {
    interfaceEndpoints: [
      "logs",
      ...(isInEcr ? (["ecr.api", "ecr.dkr"] as const) : []),
      ...(image.credentials === undefined ? [] : (["secretsmanager"] as const)),
      ...(exec ? (["ssmmessages"] as const) : []),
    ],
    dockerHub: isCached ? { ...aws.dockerHub, repositories: [PROXY_REPOSITORY] } : undefined,
    publicIpv6: dualStack,
  };
}
