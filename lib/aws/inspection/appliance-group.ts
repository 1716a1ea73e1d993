import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";

import { type IcmpKind, SecurityGroup } from "../network/security-group";
import { GENEVE_PORT, HEALTH_PORT } from "./appliance-contract";

/** Properties of {@link applianceGroup}. */
export interface ApplianceGroupProps {
  readonly name: string;
  readonly vpcId: string;
  /** Range of the inspection VPC, in which the load balancer stands. */
  readonly vpcCidr: string;
  /** Whether appliances install packages when they boot. */
  readonly installs: boolean;
  /** Whether what spokes send leaves by the appliances' own interfaces. */
  readonly sendsForOthers: boolean;
}

const ECHO: IcmpKind = { type: 8, code: 0 };

/**
 * "Fragmentation needed": without it whoever sends large packets never learns that they do not arrive, and no security group takes it for a reply
 * (Amazon EC2 User Guide, "Network maximum transmission unit (MTU) for your EC2 instance").
 */
const TOO_LARGE: IcmpKind = { type: 3, code: 4 };

/** The security group of the appliances, with its rules, without which one neither boots nor is found healthy. */
export interface ApplianceGroup {
  readonly id: string;
  readonly rules: readonly ITerraformDependable[];
}

/**
 * Who may talk to appliances, and to whom they talk. What they inspect is inside of GENEVE, of which the group sees the outside: an answer
 * goes to the load balancer's port 6081 like any other packet, and is no reply by a security group's reckoning.
 *
 * With two arms the group sees what spokes send as well, and lets out what a NAT gateway takes: TCP, UDP and ICMP (Amazon VPC User Guide, "NAT
 * gateway basics"). What of it may leave is for the policy to say, of which this would be a second and slower copy.
 */
export function applianceGroup(scope: Construct, id: string, props: ApplianceGroupProps): ApplianceGroup {
  const { name, vpcId, vpcCidr, installs, sendsForOthers } = props;
  const group = new SecurityGroup(scope, id, {
    name: `${name}-appliances`,
    description: `Appliances of ${name}`,
    vpcId,
  });
  const vpc = { cidr: vpcCidr };
  const anywhere = { cidr: "0.0.0.0/0" };
  const own = () => [
    group.allowOut("https-out", anywhere, 443, "AWS, and the sources of rules"),
    // Ubuntu's mirrors; what comes from them is signed.
    ...(installs ? [group.allowOut("http-out", anywhere, 80, "Packages of the distribution, which are signed")] : []),
  ];
  const forOthers = () => [
    ...(["tcp", "udp"] as const).map((protocol) =>
      group.allowOutEverywhere(
        `${protocol}-out`,
        anywhere,
        protocol,
        "What spokes send, and what appliances send themselves",
      ),
    ),
    group.allowOutIcmp("ping-out", anywhere, ECHO, "Echo requests of spokes"),
    group.allowOutIcmp("too-large-out", anywhere, TOO_LARGE, "Packets from the internet that a tunnel cannot carry"),
    group.admitIcmp("too-large", anywhere, TOO_LARGE, "Packets to the internet that something on the way cannot carry"),
  ];
  return {
    id: group.id,
    rules: [
      group.admit("geneve", vpc, GENEVE_PORT, "Packets to inspect, from the load balancer", "udp"),
      group.admit("health", vpc, HEALTH_PORT, "Health checks of the load balancer"),
      group.allowOut("geneve-out", vpc, GENEVE_PORT, "Inspected packets, back to the load balancer", "udp"),
      ...(sendsForOthers ? forOthers() : own()),
    ],
  };
}
