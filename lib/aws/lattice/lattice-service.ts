import { VpclatticeAuthPolicy } from "@cdktf/provider-aws/lib/vpclattice-auth-policy";
import { VpclatticeListener } from "@cdktf/provider-aws/lib/vpclattice-listener";
import { VpclatticeListenerRule } from "@cdktf/provider-aws/lib/vpclattice-listener-rule";
import { VpclatticeService } from "@cdktf/provider-aws/lib/vpclattice-service";
import { VpclatticeServiceNetworkServiceAssociation } from "@cdktf/provider-aws/lib/vpclattice-service-network-service-association";
import { Construct } from "constructs";

import { fitName, NAME_RULES } from "../../names";
import {
  isAnswered,
  type LatticeDestination,
  type LatticeRoute,
  matchOf,
  ruleName,
  RULES_PER_LISTENER,
  weightedGroups,
} from "./routing";
import type { LatticeNetwork } from "./service-network";
import { LatticeTargetGroup, type LatticeTargets } from "./target-group";

/** A name of AWS and the hosted zone that it lies in, for alias records. */
export interface DnsEntry {
  readonly dnsName: string;
  readonly zoneId: string;
}

/** Properties of {@link LatticeService}. */
export interface LatticeServiceProps {
  /** Full name; shortened to fit. Another name makes another service, after the old one is gone. */
  readonly name: string;
  /** Where it can be called. */
  readonly network: LatticeNetwork;
  /** Name that callers use. Another one makes another service, after the old one is gone. @default - VPC Lattice's own name */
  readonly domain?: string;
  /** Of the domain, in this Region. @default - that of VPC Lattice's own names, which covers no other */
  readonly certificateArn?: string;
  /** `iam`: signed requests that the policy allows. `none`: what the network lets through. */
  readonly auth: "iam" | "none";
  /** Who may call what, as JSON of one line. @default - none: with `iam` every request is refused */
  readonly authPolicy?: string;
  /** What it listens on. Another port or protocol makes another listener, after the old one is gone. */
  readonly listener: { readonly protocol: "http" | "https"; readonly port: number };
  /** Target groups by name. */
  readonly targets: Readonly<Record<string, LatticeTargets>>;
  /** Where targets stand that name no VPC. @default - there are none such */
  readonly vpcId?: string;
  /** In their order: the first that fits decides. */
  readonly routes: readonly LatticeRoute[];
  /** Where requests go that fit no route. */
  readonly defaultTo: LatticeDestination;
}

/**
 * A service of VPC Lattice in a service network.
 *
 * It joins the network last, when policy, listener and rules stand: nobody can call it half made, nor before its policy.
 *
 * Routes are rules by place: a route put in between changes every later rule, each in place but one by one, so for some seconds a request
 * may go by the old rule or the new. A canary changes weights only.
 */
export class LatticeService extends Construct {
  readonly arn: string;
  readonly id: string;
  /** Name that callers use: the domain, or VPC Lattice's own. */
  readonly domainName: string;
  /** VPC Lattice's own name. It leads to addresses that only a VPC reaches that is associated with the network. */
  readonly dnsEntry: DnsEntry;
  /** Membership in the network. */
  readonly association: VpclatticeServiceNetworkServiceAssociation;

  /** @throws RangeError for more than 10 routes, or one to a target group that does not exist */
  constructor(scope: Construct, id: string, props: LatticeServiceProps) {
    super(scope, id);
    const { name, network, routes } = props;
    if (routes.length > RULES_PER_LISTENER) {
      throw new RangeError(`${id}: a listener has ${RULES_PER_LISTENER} rules at most, not ${routes.length}`);
    }
    const service = new VpclatticeService(this, "Resource", {
      name: fitName(name, NAME_RULES.latticeService),
      authType: props.auth === "iam" ? "AWS_IAM" : "NONE",
      customDomainName: props.domain,
      certificateArn: props.certificateArn,
      tags: { Name: name },
    });
    const policy = this.#restrict(service, props);
    const listening = this.#listen(service, props);
    this.association = new VpclatticeServiceNetworkServiceAssociation(this, "association", {
      serviceIdentifier: service.id,
      serviceNetworkIdentifier: network.arn,
      tags: { Name: name },
      dependsOn: [...policy, ...listening, ...network.guards],
    });
    const entry = service.dnsEntry.get(0);
    this.arn = service.arn;
    this.id = service.id;
    this.dnsEntry = { dnsName: entry.domainName, zoneId: entry.hostedZoneId };
    this.domainName = props.domain ?? this.dnsEntry.dnsName;
  }

  #restrict(service: VpclatticeService, { auth, authPolicy }: LatticeServiceProps): readonly VpclatticeAuthPolicy[] {
    if (auth === "none" || authPolicy === undefined) return [];
    return [new VpclatticeAuthPolicy(this, "auth-policy", { resourceIdentifier: service.arn, policy: authPolicy })];
  }

  #listen(service: VpclatticeService, props: LatticeServiceProps) {
    const groups = this.#groups(props);
    const { protocol, port } = props.listener;
    const listener = new VpclatticeListener(this, "listener", {
      // The provider would try to move the listener to a service that takes the place of another.
      lifecycle: { replaceTriggeredBy: [`${VpclatticeService.tfResourceType}.${service.friendlyUniqueId}.id`] },
      serviceIdentifier: service.id,
      name: protocol,
      protocol: protocol.toUpperCase(),
      port,
      defaultAction: isAnswered(props.defaultTo)
        ? { fixedResponse: { statusCode: props.defaultTo.status } }
        : { forward: [{ targetGroups: weightedGroups(props.defaultTo, groups) }] },
      tags: { Name: props.name },
      dependsOn: registeredIn(groups),
    });
    const rules = props.routes.map((route, index) => {
      const place = index + 1;
      return new VpclatticeListenerRule(this, `route-${place}`, {
        serviceIdentifier: service.id,
        listenerIdentifier: listener.listenerId,
        name: ruleName(place, route),
        // The provider does not change the priority of a rule that stands.
        priority: place,
        match: { httpMatch: matchOf(route) },
        action: { forward: { targetGroups: weightedGroups(route.to, groups) } },
        tags: { Name: props.name },
        dependsOn: registeredIn(groups),
      });
    });
    return [listener, ...rules];
  }

  #groups({ name, targets, vpcId }: LatticeServiceProps): ReadonlyMap<string, LatticeTargetGroup> {
    return new Map(
      Object.entries(targets).map(([group, of]) => [
        group,
        new LatticeTargetGroup(this, `targets-${group}`, { name: `${name}-${group}`, targets: of, vpcId }),
      ]),
    );
  }
}

/** Requests go to groups that have their targets; and a group that goes loses them only when no request goes there any more. */
function registeredIn(groups: ReadonlyMap<string, LatticeTargetGroup>) {
  return [...groups.values()].flatMap(({ registered }) => registered);
}
