import type { Construct } from "constructs";

import { cidr, planVpc } from "../lib/addresses";
import { EncryptionKey } from "../lib/aws/encryption-key";
import { FlowLogs } from "../lib/aws/network/flow-logs";
import { Vpc } from "../lib/aws/network/vpc";
import { ZoneNetwork } from "../lib/aws/network/zone-network";
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
}

/** What the stack needs besides the environment's common sections. */
export interface AwsNetworkProps {
  readonly aws: AwsEnvironment;
  readonly network: MadeNetwork;
}

/** The VPC of an environment: subnets in named zones, one NAT gateway with a fixed address in each, flow logs. */
export class AwsNetworkStack extends RingfenceStack {
  readonly outputs: AwsNetworkOutputs;

  constructor(scope: Construct, environment: Environment, { aws, network }: AwsNetworkProps) {
    super(scope, environment, "aws-network", { clouds: ["aws"] });
    const { protect } = environment;
    const name = stackId(environment.name, "network");

    const key = new EncryptionKey(this, "key", { alias: name, description: `Logs of ${name}`, place: aws, protect });
    const vpc = new Vpc(this, "vpc", { name, cidr: network.cidr });
    new FlowLogs(this, "flow-logs", { name, place: aws, vpcId: vpc.id, kmsKeyArn: key.arn });
    const zones = planVpc(cidr(network.cidr), network.zones).map(
      (plan) =>
        new ZoneNetwork(this, `zone-${plan.zone}`, {
          name: `${name}-${plan.zone}`,
          vpc,
          availabilityZone: availabilityZone(aws.region, plan.zone),
          publicCidr: plan.public.text,
          privateCidr: plan.private.text,
          protect,
        }),
    );

    this.outputs = {
      vpcId: vpc.id,
      cidr: network.cidr,
      publicSubnetIds: zones.map(({ publicSubnetId }) => publicSubnetId),
      privateSubnetIds: zones.map(({ privateSubnetId }) => privateSubnetId),
      egressCidrs: zones.map(({ egressIp }) => `${egressIp}/32`),
    };
    this.publish("vpc-id", vpc.id, "The VPC");
    this.publish("egress-cidrs", [...this.outputs.egressCidrs], "Addresses that private workloads leave from");
  }
}

/** An existing network as the stacks see it. Nothing is made for it, so it has no stack and no state. */
export function existingNetwork({ existing }: ExistingNetwork): AwsNetworkOutputs {
  const { egress, ...ids } = existing;
  return { ...ids, egressCidrs: egress };
}
