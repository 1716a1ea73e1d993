import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";

import { SecurityGroup } from "../network/security-group";
import { GENEVE_PORT, HEALTH_PORT } from "./appliance-contract";

/** Properties of {@link applianceGroup}. */
export interface ApplianceGroupProps {
  readonly name: string;
  readonly vpcId: string;
  /** Range of the inspection VPC, in which the load balancer stands. */
  readonly vpcCidr: string;
  /** Whether appliances install packages when they boot. */
  readonly installs: boolean;
}

/** The security group of the appliances, with its rules, without which one neither boots nor is found healthy. */
export interface ApplianceGroup {
  readonly id: string;
  readonly rules: readonly ITerraformDependable[];
}

/**
 * Who may talk to appliances, and to whom they talk. What they inspect is inside of GENEVE, of which the group sees the outside: an answer
 * goes to the load balancer's port 6081 like any other packet, and is no reply by a security group's reckoning.
 */
export function applianceGroup(scope: Construct, id: string, props: ApplianceGroupProps): ApplianceGroup {
  const { name, vpcId, vpcCidr, installs } = props;
  const group = new SecurityGroup(scope, id, {
    name: `${name}-appliances`,
    description: `Appliances of ${name}`,
    vpcId,
  });
  const vpc = { cidr: vpcCidr };
  const anywhere = { cidr: "0.0.0.0/0" };
  return {
    id: group.id,
    rules: [
      group.admit("geneve", vpc, GENEVE_PORT, "Packets to inspect, from the load balancer", "udp"),
      group.admit("health", vpc, HEALTH_PORT, "Health checks of the load balancer"),
      group.allowOut("geneve-out", vpc, GENEVE_PORT, "Inspected packets, back to the load balancer", "udp"),
      group.allowOut("https-out", anywhere, 443, "AWS, and the sources of rules"),
      // Ubuntu's mirrors; what comes from them is signed.
      ...(installs ? [group.allowOut("http-out", anywhere, 80, "Packages of the distribution, which are signed")] : []),
    ],
  };
}
