import { createHash } from "node:crypto";

import { SecurityGroup as AwsSecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";

/** Whom a rule speaks of: addresses (IPv4 or IPv6, as the text says), a prefix list, or whatever is in a security group. */
export type Peer = { readonly cidr: string } | { readonly prefixListId: string } | { readonly groupId: string };

/** What has ports. */
type Protocol = "tcp" | "udp";

/** A kind of ICMP by type and code (IANA, "Internet Control Message Protocol Parameters"). */
export interface IcmpKind {
  readonly type: number;
  readonly code: number;
}

/** Properties of {@link SecurityGroup}. */
export interface SecurityGroupProps {
  /** Name tag, and the beginning of the group's name. Together with the stack it belongs to it is unique in the VPC. */
  readonly name: string;
  /** What the group is for. */
  readonly description: string;
  readonly vpcId: string;
}

const EVERY_PORT = [0, 65_535] as const;

/**
 * A group that something uses cannot be deleted: where one must be replaced, the new one takes its place first. Rules move with it, a
 * little before their user does, so requests between two groups may fail for some seconds.
 */
const REPLACED_FIRST = { createBeforeDestroy: true } as const;

/**
 * A security group that lets nothing in and nothing out until it is told to. Each rule is a resource of its own: groups may name each
 * other, and a change of one rule leaves the others alone.
 */
export class SecurityGroup extends Construct {
  readonly id: string;

  constructor(scope: Construct, id: string, { name, description, vpcId }: SecurityGroupProps) {
    super(scope, id);
    const group = new AwsSecurityGroup(this, "Resource", {
      // A new description makes a new group, and two in one VPC cannot have one name.
      name: `${name}-${createHash("sha256").update(description).digest("hex").slice(0, 8)}`,
      description,
      vpcId,
      tags: { Name: name },
      lifecycle: REPLACED_FIRST,
    });
    this.id = group.id;
  }

  /**
   * Admits a port from a peer.
   *
   * @param id names the rule, within the group; made of the peer, not of its place in a list, or dropping one changes its neighbours
   * @param description who this is and why, up to 255 characters
   */
  admit(
    id: string,
    peer: Peer,
    port: number,
    description: string,
    protocol: Protocol = "tcp",
  ): VpcSecurityGroupIngressRule {
    return new VpcSecurityGroupIngressRule(this, id, this.#rule(peer, [port, port], description, protocol));
  }

  /** Admits one kind of ICMP from a peer; `id` and `description` as in {@link admit}. */
  admitIcmp(id: string, peer: Peer, { type, code }: IcmpKind, description: string): VpcSecurityGroupIngressRule {
    return new VpcSecurityGroupIngressRule(this, id, this.#rule(peer, [type, code], description, "icmp"));
  }

  /**
   * Lets out to a port of a peer.
   *
   * @param id names the rule, within the group; made of the peer, not of its place in a list, or dropping one changes its neighbours
   * @param description who this is and why, up to 255 characters
   */
  allowOut(
    id: string,
    peer: Peer,
    port: number,
    description: string,
    protocol: Protocol = "tcp",
  ): VpcSecurityGroupEgressRule {
    return new VpcSecurityGroupEgressRule(this, id, this.#rule(peer, [port, port], description, protocol));
  }

  /** Lets out to every port of a peer; `id` and `description` as in {@link allowOut}. */
  allowOutEverywhere(id: string, peer: Peer, protocol: Protocol, description: string): VpcSecurityGroupEgressRule {
    return new VpcSecurityGroupEgressRule(this, id, this.#rule(peer, EVERY_PORT, description, protocol));
  }

  /** Lets out one kind of ICMP to a peer; `id` and `description` as in {@link allowOut}. */
  allowOutIcmp(id: string, peer: Peer, { type, code }: IcmpKind, description: string): VpcSecurityGroupEgressRule {
    return new VpcSecurityGroupEgressRule(this, id, this.#rule(peer, [type, code], description, "icmp"));
  }

  /** @param span first and last port; of ICMP, as EC2 wants it, type and code */
  #rule(peer: Peer, [fromPort, toPort]: readonly [number, number], description: string, ipProtocol: Protocol | "icmp") {
    return {
      securityGroupId: this.id,
      description,
      ipProtocol,
      fromPort,
      toPort,
      lifecycle: REPLACED_FIRST,
      ...argumentsOf(peer),
    };
  }
}

/** The argument by which a rule names a peer. */
function argumentsOf(peer: Peer) {
  if ("prefixListId" in peer) return { prefixListId: peer.prefixListId };
  if ("groupId" in peer) return { referencedSecurityGroupId: peer.groupId };
  return peer.cidr.includes(":") ? { cidrIpv6: peer.cidr } : { cidrIpv4: peer.cidr };
}

const ANYWHERE: Readonly<Record<string, string>> = { "0.0.0.0/0": "anywhere", "::/0": "anywhere-ipv6" };

/** A peer as part of a construct's id: `10-20-0-0-16`, `anywhere`, `pl-0a1b2c3d`. Peers that differ have ids that differ. */
export function peerId(peer: { readonly cidr: string } | { readonly prefixListId: string }): string {
  if ("prefixListId" in peer) return peer.prefixListId;
  return ANYWHERE[peer.cidr] ?? peer.cidr.replaceAll(/[.:/]/g, "-");
}
