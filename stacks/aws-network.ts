import type { Construct } from "constructs";

import { cidr, planVpc, type ZonePlan } from "../lib/addresses";
import { EncryptionKey } from "../lib/aws/encryption-key";
import { ClosedTier, type TierSubnet } from "../lib/aws/network/closed-tier";
import {
  leaveThroughNatOfFirst,
  leaveThroughNatOfZone,
  leaveThroughOthers,
  type ZoneAddress,
} from "../lib/aws/network/egress";
import type { InterfaceService } from "../lib/aws/network/endpoint-policies";
import { FlowLogs } from "../lib/aws/network/flow-logs";
import { GatewayEndpoints } from "../lib/aws/network/gateway-endpoints";
import { InterfaceEndpoints } from "../lib/aws/network/interface-endpoints";
import { SpokeTransit } from "../lib/aws/network/spoke-transit";
import { Vpc } from "../lib/aws/network/vpc";
import { ZoneNetwork } from "../lib/aws/network/zone-network";
import { type CachedRepository, PullThroughCache } from "../lib/aws/pull-through-cache";
import type { AwsEnvironment, Environment } from "../lib/environment";
import { availabilityZone, stackId } from "../lib/names";
import { RingfenceStack } from "../lib/terraform";

type Network = NonNullable<AwsEnvironment["network"]>;
type MadeNetwork = Extract<Network, { readonly cidr: string }>;
type ExistingNetwork = Extract<Network, { readonly existing: unknown }>;

/** A network on which other stacks stand, whoever made it. */
export interface AwsNetworkOutputs {
  readonly vpcId: string;
  /** IPv4 range of the VPC. */
  readonly cidr: string;
  readonly publicSubnetIds: readonly string[];
  readonly privateSubnetIds: readonly string[];
  /** The fixed addresses that private workloads leave from, as /32 ranges. */
  readonly egressCidrs: readonly string[];
  /** What the inspection VPC is built on. @default - the network does not leave through inspection */
  readonly transit?: TransitOutputs;
  /** Repositories that fill themselves from Docker Hub, by their names there. @default - no stack asked for any */
  readonly dockerHub?: Readonly<Record<string, CachedRepository>>;
}

/** What a network that leaves through inspection has ready for it. */
export interface TransitOutputs {
  readonly transitGatewayId: string;
  /** The attachment of this network. It is associated with no route table of the gateway yet. */
  readonly attachmentId: string;
  /** Elastic IPs for the NAT gateways of the inspection VPC, by the letter of the zone. */
  readonly egressAllocationIds: Readonly<Record<string, string>>;
}

/** What the other stacks of a set ask of the network. */
export interface NetworkNeeds {
  /** AWS services to be reached at addresses of the VPC. */
  readonly interfaceEndpoints: readonly InterfaceService[];
  /** Images of Docker Hub to be pulled from Amazon ECR. @default - none */
  readonly dockerHub?: {
    /** With their namespace: `wallarm/node`. */
    readonly repositories: readonly string[];
    /** Secret with `username` and `accessToken`; its name begins with `ecr-pullthroughcache/`. */
    readonly credentialSecretArn: string;
  };
  /** IPv6 ranges for the public subnets, so that load balancers in them can have IPv6 addresses. @default false */
  readonly publicIpv6?: boolean;
}

/** What several stacks ask of the network, as one. They all have the environment's one account of Docker Hub. */
export function allNeeds(needs: readonly NetworkNeeds[]): NetworkNeeds {
  const cached = needs.flatMap(({ dockerHub }) => dockerHub ?? []);
  const [first] = cached;
  return {
    interfaceEndpoints: needs.flatMap(({ interfaceEndpoints }) => interfaceEndpoints),
    dockerHub: first && { ...first, repositories: cached.flatMap(({ repositories }) => repositories) },
    publicIpv6: needs.some(({ publicIpv6 = false }) => publicIpv6),
  };
}

/** What the stack needs besides the environment's common sections. */
export interface AwsNetworkProps {
  readonly aws: AwsEnvironment;
  readonly network: MadeNetwork;
  readonly needs: NetworkNeeds;
}

/**
 * The VPC of an environment: subnets in named zones, fixed addresses to leave from, endpoints of AWS services, flow logs.
 * Its private subnets leave through NAT gateways of their own, or through a transit gateway towards inspection.
 */
export class AwsNetworkStack extends RingfenceStack {
  readonly outputs: AwsNetworkOutputs;

  constructor(scope: Construct, environment: Environment, { aws, network, needs }: AwsNetworkProps) {
    super(scope, environment, "aws-network", { clouds: ["aws"] });
    const { protect } = environment;
    const name = stackId(environment.name, "network");
    const plan = planVpc(cidr(network.cidr), network.zones);

    const key = new EncryptionKey(this, "key", {
      alias: name,
      description: `Data and logs of ${name}`,
      place: aws,
      protect,
    });
    const vpc = new Vpc(this, "vpc", { name, cidr: network.cidr, ipv6: needs.publicIpv6 });
    new FlowLogs(this, "flow-logs", { name, place: aws, vpcId: vpc.id, kmsKeyArn: key.arn });
    const publicRouteTableId = vpc.addPublicRoutes();
    const zones = plan.map(
      (zone, place) =>
        new ZoneNetwork(this, `zone-${zone.zone}`, {
          zone: zone.zone,
          place,
          name: `${name}-${zone.zone}`,
          vpc,
          publicRouteTableId,
          availabilityZone: availabilityZone(aws.region, zone.zone),
          publicCidr: zone.public.text,
          privateCidr: zone.private.text,
        }),
    );
    const closedTier = (tier: "endpoints" | "transit"): ClosedTier =>
      new ClosedTier(this, tier, { name: `${name}-${tier}`, vpcId: vpc.id, subnets: tierSubnets(aws, plan, tier) });

    const transit =
      network.egress === "inspection"
        ? new SpokeTransit(this, "transit-gateway", {
            name,
            vpcId: vpc.id,
            tier: closedTier("transit"),
            transitGatewayId: network.transitGatewayId,
            protect,
          })
        : undefined;
    const addresses = leave(zones, network, transit, protect);

    new GatewayEndpoints(this, "gateway-endpoints", {
      name,
      place: aws,
      vpcId: vpc.id,
      services: network.gatewayEndpoints,
      routeTableIds: zones.map(({ privateRouteTableId }) => privateRouteTableId),
    });
    const interfaceServices = interfaceServicesFor(network, needs);
    if (interfaceServices.length > 0) {
      new InterfaceEndpoints(this, "interface-endpoints", {
        name: `${name}-endpoints`,
        place: aws,
        vpcId: vpc.id,
        vpcCidr: network.cidr,
        services: interfaceServices,
        tier: closedTier("endpoints"),
      });
    }
    const dockerHub =
      needs.dockerHub &&
      new PullThroughCache(this, "docker-hub", {
        ...needs.dockerHub,
        prefix: stackId(environment.name, "docker-hub"),
        kmsKeyArn: key.arn,
      });

    this.outputs = {
      vpcId: vpc.id,
      cidr: network.cidr,
      publicSubnetIds: zones.map(({ publicSubnetId }) => publicSubnetId),
      privateSubnetIds: zones.map(({ privateSubnetId }) => privateSubnetId),
      egressCidrs: addresses.map(({ ip }) => `${ip}/32`),
      transit: transit && {
        transitGatewayId: transit.transitGatewayId,
        attachmentId: transit.attachmentId,
        egressAllocationIds: Object.fromEntries(addresses.map(({ zone, allocationId }) => [zone, allocationId])),
      },
      dockerHub: dockerHub?.repositories,
    };
    this.publish("vpc-id", vpc.id, "The VPC");
    this.publish("egress-cidrs", [...this.outputs.egressCidrs], "Addresses that private workloads leave from");
    if (transit) this.publish("transit-gateway-id", transit.transitGatewayId, "Attach further networks to it");
  }
}

/** An existing network as the stacks see it. Nothing is made for it, so it has no stack and no state. */
export function existingNetwork({ existing }: ExistingNetwork): AwsNetworkOutputs {
  const { egress, ...ids } = existing;
  return { ...ids, egressCidrs: egress };
}

function leave(
  zones: readonly ZoneNetwork[],
  network: MadeNetwork,
  transit: SpokeTransit | undefined,
  protect: boolean,
): readonly ZoneAddress[] {
  if (transit) return leaveThroughOthers(zones, transit.wayOut, protect);
  return network.nat === "single" ? leaveThroughNatOfFirst(zones, protect) : leaveThroughNatOfZone(zones, protect);
}

function tierSubnets(aws: AwsEnvironment, plan: readonly ZonePlan[], tier: "endpoints" | "transit"): TierSubnet[] {
  return plan.map((zone) => ({
    zone: zone.zone,
    availabilityZone: availabilityZone(aws.region, zone.zone),
    cidr: zone[tier].text,
  }));
}

/**
 * What is asked for, each once and in one order. A first pull through the cache fails over interface endpoints of ECR unless the same
 * VPC has a NAT gateway (Amazon ECR User Guide, "Amazon ECR interface VPC endpoints"), and behind inspection it has none: there
 * ECR is reached like the rest of the internet.
 */
function interfaceServicesFor(network: MadeNetwork, needs: NetworkNeeds): readonly InterfaceService[] {
  if (network.interfaceEndpoints === "none") return [];
  const asked = [...new Set(needs.interfaceEndpoints)].sort();
  const ecrMustLeave = network.egress === "inspection" && needs.dockerHub !== undefined;
  return ecrMustLeave ? asked.filter((service) => !service.startsWith("ecr.")) : asked;
}
