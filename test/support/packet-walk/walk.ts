import type { Attachment, Fabric, Subnet } from "./fabric";
import { addressIn, holds, type Prefix } from "./prefix";

/** A way that a packet may not go, in words. */
class Fault extends Error {}

/** Where a packet is, and what has become of it. */
interface Packet {
  readonly destination: string;
  /** The zone's full name in which the transit gateway keeps the connection, wherever appliance mode is on. */
  readonly flowZone: string;
}

/** How a packet ended. */
interface End {
  /** The VPC or foreign attachment that it reached, `internet`, or `blocked` by a black hole of the gateway. */
  readonly at: string;
  /** Endpoints whose appliance has seen it, in order. */
  readonly inspectedBy: readonly string[];
  /** NAT gateway that it left through. */
  readonly nat?: string;
  /** The appliance under whose own address it left. @default - it left under its sender's */
  readonly under?: Interface;
}

/** An appliance's own interface, and the endpoint whose packets left by it. */
interface Interface {
  readonly subnet: Subnet;
  readonly endpoint: string;
}

/** What appliances do with what they have inspected: hand it back to its endpoint, or send it themselves but for what is for spokes. */
export type Appliances =
  { readonly mode: "one-arm" } | { readonly mode: "two-arm"; readonly homeNetworks: readonly Prefix[] };

/** More than any right way has. */
const MOST_HOPS = 12;

const INTERNET_HOST = "192.0.2.80";

/** Follows packets through a fabric, hop by hop, as AWS and the appliances forward them. */
export class Walker {
  constructor(
    private readonly fabric: Fabric,
    private readonly appliances: Appliances,
  ) {}

  /** Where a packet that leaves from a subnet ends. @throws Fault on a black hole, a loop or a crossing of zones */
  fromSubnet(subnet: Subnet, packet: Packet, seen: readonly string[] = [], hops = 0): End {
    if (hops > MOST_HOPS) throw new Fault(`a packet to ${packet.destination} goes round in ${subnet.name}`);
    const vpc = this.fabric.vpcs.find(({ of }) => of === subnet.vpc);
    if (vpc && holds(vpc.range, packet.destination)) return { at: subnet.vpc, inspectedBy: seen };
    const table = this.fabric.associations.find((one) => one.subnet === subnet.of)?.table;
    const route = longest(
      this.fabric.routes.filter((one) => one.table === table),
      packet.destination,
    );
    if (route === undefined) throw new Fault(`no route from ${subnet.name} to ${packet.destination}`);
    const { kind, id } = route.target;
    switch (kind) {
      case "internet":
        return { at: "internet", inspectedBy: seen };
      case "transit":
        return this.#throughGateway(this.#attachmentOf(subnet), subnet.zone, packet, seen, hops + 1);
      case "endpoint":
        return this.#throughEndpoint(id, subnet, packet, seen, hops + 1);
      case "nat": {
        const nat = this.fabric.natGateways.find(({ of }) => of === id);
        if (nat === undefined) throw new Fault(`${route.of} leads to no NAT gateway`);
        const own = this.#subnet(nat.subnet);
        inZone(subnet, own);
        return { ...this.fromSubnet(own, packet, seen, hops + 1), nat: nat.of };
      }
    }
  }

  /** Where a packet that somebody else's VPC sends to the gateway ends. */
  fromAttachment(id: string, zone: string, packet: Packet): End {
    const attachment = this.fabric.attachments.find(({ of }) => of === id);
    if (attachment === undefined) throw new Fault(`there is no attachment ${id}`);
    return this.#throughGateway(attachment, zone, packet, [], 0);
  }

  /** Where a reply ends that has come to a NAT gateway from the internet. */
  fromNat(id: string, packet: Packet): End {
    const nat = this.fabric.natGateways.find(({ of }) => of === id);
    if (nat === undefined) throw new Fault(`there is no NAT gateway ${id}`);
    return this.fromSubnet(this.#subnet(nat.subnet), packet);
  }

  /** Where a reply ends that has come to an appliance, which sends it out by the endpoint of its connection. */
  fromInterface({ endpoint, subnet }: Interface, packet: Packet): End {
    const own = this.#subnetOfEndpoint(endpoint);
    inZone(subnet, own);
    return this.fromSubnet(own, packet, [endpoint]);
  }

  #throughEndpoint(id: string, from: Subnet, packet: Packet, seen: readonly string[], hops: number): End {
    const own = this.#subnetOfEndpoint(id);
    inZone(from, own);
    // The load balancer keeps packets in their zone.
    const subnet = this.fabric.appliances.map((one) => this.#subnet(one.subnet)).find(({ zone }) => zone === own.zone);
    if (subnet === undefined) throw new Fault(`${own.zone} has no appliance`);
    const inspected = [...seen, id];
    if (this.#handsBack(packet)) return this.fromSubnet(own, packet, inspected, hops);
    return { ...this.fromSubnet(subnet, packet, inspected, hops), under: { subnet, endpoint: id } };
  }

  #handsBack({ destination }: Packet): boolean {
    const { appliances } = this;
    return appliances.mode === "one-arm" || appliances.homeNetworks.some((range) => holds(range, destination));
  }

  #subnetOfEndpoint(id: string): Subnet {
    const endpoint = this.fabric.endpoints.find(({ of }) => of === id);
    if (endpoint === undefined) throw new Fault(`there is no endpoint ${id}`);
    return this.#subnet(endpoint.subnet);
  }

  #throughGateway(from: Attachment, zone: string, packet: Packet, seen: readonly string[], hops: number): End {
    const table = this.fabric.transitAssociations.find(({ attachment }) => attachment === from.of)?.table;
    if (table === undefined) throw new Fault(`${from.of} is associated with no route table of the gateway`);
    const propagated = this.fabric.propagations
      .filter((one) => one.table === table)
      .flatMap(({ of, attachment }) =>
        (this.fabric.attachments.find((one) => one.of === attachment)?.ranges ?? []).map((range) => ({
          of,
          table,
          range,
          attachment,
        })),
      );
    // Of two routes to one range the written one counts (Amazon VPC Transit Gateways, "Route evaluation order").
    const route = longest(
      [...this.fabric.transitRoutes.filter((one) => one.table === table), ...propagated],
      packet.destination,
    );
    if (route === undefined) throw new Fault(`the gateway knows no way from ${from.of} to ${packet.destination}`);
    if (route.attachment === undefined) return { at: "blocked", inspectedBy: seen };
    const to = this.fabric.attachments.find(({ of }) => of === route.attachment);
    if (to === undefined) throw new Fault(`${route.of} leads to no attachment`);
    if (to.subnets === undefined) return { at: to.of, inspectedBy: seen };
    const entry = to.applianceMode ? packet.flowZone : zone;
    const subnet = to.subnets.map((id) => this.#subnet(id)).find((one) => one.zone === entry);
    if (subnet === undefined) throw new Fault(`${to.of} has no subnet in ${entry}`);
    return this.fromSubnet(subnet, packet, seen, hops + 1);
  }

  #attachmentOf(subnet: Subnet): Attachment {
    const attachment = this.fabric.attachments.find(({ subnets = [] }) =>
      subnets.some((id) => this.#subnet(id).vpc === subnet.vpc && this.#subnet(id).zone === subnet.zone),
    );
    if (attachment === undefined) throw new Fault(`${subnet.name} has no attachment to the gateway in its zone`);
    return attachment;
  }

  #subnet(id: string): Subnet {
    const subnet = this.fabric.subnets.find(({ of }) => of === id);
    if (subnet === undefined) throw new Fault(`there is no subnet ${id}`);
    return subnet;
  }
}

function inZone(from: Subnet, to: Subnet): void {
  if (from.zone !== to.zone) throw new Fault(`a packet crosses from ${from.name} to ${to.name}`);
}

function longest<Route extends { readonly range: Prefix }>(
  routes: readonly Route[],
  destination: string,
): Route | undefined {
  return routes
    .filter(({ range }) => holds(range, destination))
    .reduce<Route | undefined>((best, one) => (best && best.range.length >= one.range.length ? best : one), undefined);
}

/** Somebody who sends: a private subnet of a spoke that is made here, or the VPC of somebody else. */
interface Sender {
  readonly what: string;
  readonly vpc: string;
  readonly address: string;
  readonly zone: string;
  send(walker: Walker, packet: Packet): End;
}

/** What is asked of a fabric. */
export interface Claims {
  readonly betweenSpokes: "blocked" | "inspected";
  /** Name tags of subnets whose instances are spokes' workloads. */
  readonly workloads: RegExp;
  /** Name tags of subnets in which appliances stand. */
  readonly appliances: RegExp;
  /** What they do. */
  readonly behaviour: Appliances;
}

/** Every way that is not as it should be, in words; none when all claims hold. */
export function faultsOf(fabric: Fabric, claims: Claims): readonly string[] {
  const walker = new Walker(fabric, claims.behaviour);
  const zones = [...new Set(fabric.subnets.filter(({ name }) => claims.appliances.test(name)).map(({ zone }) => zone))];
  const senders = sendersOf(fabric, claims, zones);
  const faults: string[] = [];
  const check = (what: string, claim: () => string | undefined): void => {
    try {
      const found = claim();
      if (found !== undefined) faults.push(`${what}: ${found}`);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      faults.push(`${what}: ${error.message}`);
    }
  };
  for (const flowZone of zones) {
    for (const sender of senders) {
      check(`${sender.what} to the internet, kept in ${flowZone}`, () =>
        internetFault(walker, sender, flowZone, claims),
      );
      for (const other of senders.filter(({ vpc }) => vpc !== sender.vpc)) {
        check(`${sender.what} to ${other.what}, kept in ${flowZone}`, () =>
          spokeFault(walker, sender, other, flowZone, claims),
        );
      }
    }
  }
  for (const subnet of fabric.subnets.filter(({ name }) => claims.appliances.test(name))) {
    check(`${subnet.name} to the internet`, () => managementFault(walker, fabric, subnet));
  }
  return faults;
}

function sendersOf(fabric: Fabric, { workloads }: Claims, zones: readonly string[]): readonly Sender[] {
  const own = fabric.subnets
    .filter(({ name }) => workloads.test(name))
    .map((subnet) => ({
      what: subnet.name,
      vpc: subnet.vpc,
      address: addressIn(subnet.range, 9),
      zone: subnet.zone,
      send: (walker: Walker, packet: Packet) => walker.fromSubnet(subnet, packet),
    }));
  const foreign = fabric.attachments
    .filter(({ subnets }) => subnets === undefined)
    .flatMap(({ of, ranges }) =>
      ranges.flatMap((range) =>
        zones.map((zone) => ({
          what: `${of} (${range.text}) in ${zone}`,
          vpc: of,
          address: addressIn(range, 9),
          zone,
          send: (walker: Walker, packet: Packet) => walker.fromAttachment(of, zone, packet),
        })),
      ),
    );
  return [...own, ...foreign];
}

/** There through one appliance and one NAT gateway, and back through the same two. */
function internetFault(walker: Walker, sender: Sender, flowZone: string, { behaviour }: Claims): string | undefined {
  const there = sender.send(walker, { destination: INTERNET_HOST, flowZone });
  if (there.at !== "internet") return `ends at ${there.at}`;
  if (there.nat === undefined) return "leaves past every NAT gateway, and so without its fixed address";
  if (there.inspectedBy.length !== 1) return `passes ${there.inspectedBy.length} appliances`;
  if ((there.under !== undefined) !== (behaviour.mode === "two-arm")) return "leaves under another's address";
  const back = replyOf(walker, { ...there, nat: there.nat }, { destination: sender.address, flowZone });
  if (back.at !== sender.vpc) return `the reply ends at ${back.at}`;
  return back.inspectedBy.join() === there.inspectedBy.join()
    ? undefined
    : `goes through ${there.inspectedBy.join()}, and the reply through ${back.inspectedBy.join() || "nothing"}`;
}

/** A NAT gateway gives a reply to whoever has sent: an appliance, where it was one, which knows for whom. */
function replyOf(walker: Walker, { nat, under }: End & { readonly nat: string }, packet: Packet): End {
  if (under === undefined) return walker.fromNat(nat, packet);
  const atAppliance = walker.fromNat(nat, { ...packet, destination: addressIn(under.subnet.range, 9) });
  if (atAppliance.at !== under.subnet.vpc) return atAppliance;
  if (atAppliance.inspectedBy.length > 0) throw new Fault("the reply reaches its appliance by another one");
  return walker.fromInterface(under, packet);
}

function spokeFault(
  walker: Walker,
  sender: Sender,
  other: Sender,
  flowZone: string,
  { betweenSpokes }: Claims,
): string | undefined {
  const there = sender.send(walker, { destination: other.address, flowZone });
  if (betweenSpokes === "blocked") return there.at === "blocked" ? undefined : `is not blocked but ends at ${there.at}`;
  if (there.at !== other.vpc) return `ends at ${there.at}`;
  if (there.inspectedBy.length !== 1) return `passes ${there.inspectedBy.length} appliances`;
  const back = other.send(walker, { destination: sender.address, flowZone });
  if (back.at !== sender.vpc) return `the reply ends at ${back.at}`;
  return back.inspectedBy.join() === there.inspectedBy.join()
    ? undefined
    : `goes through ${there.inspectedBy.join()}, and the reply through ${back.inspectedBy.join() || "nothing"}`;
}

/** An appliance's own traffic leaves past the appliances: it would come to itself. */
function managementFault(walker: Walker, fabric: Fabric, subnet: Subnet): string | undefined {
  const packet = { destination: INTERNET_HOST, flowZone: subnet.zone };
  const there = walker.fromSubnet(subnet, packet);
  if (there.at !== "internet") return `ends at ${there.at}`;
  if (there.inspectedBy.length > 0) return "comes back to the appliances";
  if (there.nat === undefined) return "leaves past every NAT gateway";
  const back = walker.fromNat(there.nat, { ...packet, destination: addressIn(subnet.range, 9) });
  if (back.at !== subnet.vpc || back.inspectedBy.length > 0) return `the reply ends at ${back.at}`;
  const addresses = new Set(fabric.natGateways.map(({ address }) => address));
  return addresses.size === fabric.natGateways.length ? undefined : "two NAT gateways have one address";
}
