import { Lazy } from "cdktf";
import type { Construct } from "constructs";

import { AliasRecord } from "../lib/aws/dns/alias-record";
import { EncryptionKey } from "../lib/aws/encryption-key";
import { LatticeAccessLogs } from "../lib/aws/lattice/access-logs";
import { LatticeService } from "../lib/aws/lattice/lattice-service";
import { LatticeShare } from "../lib/aws/lattice/lattice-share";
import { NetworkAssociation } from "../lib/aws/lattice/network-association";
import { NetworkEndpoint } from "../lib/aws/lattice/network-endpoint";
import type { LatticeReach } from "../lib/aws/lattice/reach";
import { existingServiceNetwork, type LatticeNetwork, ServiceNetwork } from "../lib/aws/lattice/service-network";
import {
  type AwsEnvironment,
  type Environment,
  isMade,
  isMadeNetwork,
  type LatticeEnvironment,
  listenerOf,
  type MadeLatticeService,
  networkStatementsOf,
  statementsOf,
} from "../lib/environment";
import { authPolicy } from "../lib/lattice";
import { stackId } from "../lib/names";
import { RingfenceStack } from "../lib/terraform";
import type { AwsNetworkOutputs } from "./aws-network";
import { addFleet } from "./lattice/fleet";
import { addFunction } from "./lattice/function";
import type { IngressParts, MadeIngress } from "./lattice/ingress";
import type { LatticeOutputs, LatticeServiceOutputs } from "./lattice/outputs";

export type { LatticeIngressOutputs, LatticeOutputs, LatticeServiceOutputs } from "./lattice/outputs";

/** What the stack needs besides the environment's common sections. */
export interface LatticeProps {
  readonly aws: AwsEnvironment;
  readonly lattice: LatticeEnvironment;
  /** Whence the services are reached, and where the proxies stand. @default - nothing here reaches them */
  readonly network?: AwsNetworkOutputs;
}

/**
 * A service network of VPC Lattice with services in it, and proxies through which people and machines outside of VPC Lattice reach
 * them. Who may call what stands in auth policies; the proxies sign what they pass on, and are callers like any other.
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
    const proxyRoleArn = lattice.ingress && Lazy.stringValue({ produce: () => ingress?.proxyRoleArn });
    const serviceNetwork = this.#serviceNetwork(name, environment, props, proxyRoleArn);
    const reach = network && this.#reach(name, serviceNetwork, props, network);
    const made = this.#makeServices(environment, serviceNetwork, props, proxyRoleArn);
    const services = this.#describeServices(lattice, made, reach);
    const ownArns = arnsByName(isMadeNetwork(lattice.network) ? serviceNetwork : undefined, made);
    this.#keepAccessLogs(name, ownArns, props, key);
    if (lattice.share !== undefined) {
      new LatticeShare(this, "share", { name, resources: ownArns, principals: lattice.share.principals });
    }
    const ingress =
      network && reach && this.#ingress({ name, environment, aws, lattice, network, reach, services, key });

    this.outputs = { serviceNetworkArn: serviceNetwork.arn, services, ingress };
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
    if (ingress !== undefined) this.#publishIngress(ingress);
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

  #ingress(parts: IngressParts): MadeIngress | undefined {
    const { ingress } = parts.lattice;
    if (ingress === undefined) return undefined;
    return ingress.kind === "fleet" ? addFleet(this, ingress, parts) : addFunction(this, ingress, parts);
  }

  #publishIngress({ proxyRoleArn, proxySecurityGroupId, published }: MadeIngress): void {
    for (const { id, value, description } of published) this.publish(id, value, description);
    this.publish("proxy-security-group-id", proxySecurityGroupId, "The proxies");
    this.publish("proxy-role-arn", proxyRoleArn, "As whom the proxies sign: services of others must admit it");
  }
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
