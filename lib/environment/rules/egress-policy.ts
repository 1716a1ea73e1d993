import { parseCidr } from "../../addresses";
import { covers, parseDomain, parsePorts, unitePorts } from "../../egress-policy";
import { deniedNeeds } from "../egress-needs";
import type { PartialEnvironment } from "../environment";
import { OWN_SPOKE } from "../sections/egress-policy";
import type { Fault, Path } from "../violation";
import { actionOf, foreignPrincipals, modeOf } from "./inspection-modes";
import { type CrossFieldRule, fault, present, twice } from "./rule";

const POLICY = ["inspection", "policy"] as const;

/** What is allowed in one place of the policy: to all, or to one spoke. */
interface Allowed {
  readonly path: Path;
  readonly domains: Parameters<typeof twice<string>>[1];
  readonly cidrs: readonly { readonly index: number; readonly item: AllowedCidr }[];
}

interface AllowedCidr {
  readonly cidr?: string;
  readonly protocol?: "tcp" | "udp" | "icmp";
  readonly ports?: readonly (number | string | undefined)[];
}

/** Where the policy allows something, what all may first. */
function allowances({ inspection }: PartialEnvironment): readonly Allowed[] {
  const policy = inspection?.policy;
  const places = [
    { path: POLICY, allowed: policy },
    ...Object.entries(policy?.spokes ?? {}).map(([name, allowed]) => ({ path: [...POLICY, "spokes", name], allowed })),
  ];
  return places.map(({ path, allowed }) => ({
    path,
    domains: allowed?.allowDomains,
    cidrs: present(allowed?.allowCidrs),
  }));
}

/** Only what stands in the way can drop. Whoever gets a copy can rehearse it. */
export const denyNeedsBlocking: CrossFieldRule = (environment, isRefused) => {
  const isWatching = actionOf(environment, isRefused) === "ids" && modeOf(environment, isRefused) === "one-arm";
  const policy = environment.inspection?.policy;
  if (policy?.default !== "deny" || !isWatching) return [];
  if (policy.discovery === true || isRefused([...POLICY, "discovery"])) return [];
  return [
    fault(
      [...POLICY, "default"],
      'needs an appliance that blocks: with action "ids" Suricata gets a copy, and no name is denied',
      "deny",
      'write action: "ips" with an onFailure, or discovery: true, which lists what would be denied',
    ),
  ];
};

/** A rehearsal needs something that would be denied. */
export const discoveryNeedsDeny: CrossFieldRule = ({ inspection }) =>
  inspection?.policy?.discovery === true && inspection.policy.default === "alert"
    ? [
        fault(
          [...POLICY, "discovery"],
          'has no effect with default "alert", which reports all that is not allowed and drops nothing',
          true,
          'leave it out, or write default: "deny"',
        ),
      ]
    : [];

/** A spoke of the policy is one of the environment's, and each name means one. */
export const policySpokesExist: CrossFieldRule = ({ inspection }, isRefused) => {
  if (inspection?.policy === undefined) return [];
  const names = Object.keys(inspection.spokes ?? {});
  const known = [OWN_SPOKE, ...names];
  const unknown = isRefused(["inspection", "spokes"])
    ? []
    : Object.keys(inspection.policy.spokes ?? {})
        .filter((name) => !known.includes(name) && !isRefused(["inspection", "spokes", name]))
        .map((name) =>
          fault([...POLICY, "spokes", name], "is no spoke of this environment", undefined, `write ${words(known)}`),
        );
  const taken = names.includes(OWN_SPOKE)
    ? [
        fault(
          ["inspection", "spokes", OWN_SPOKE],
          "has the name by which inspection.policy calls aws.network",
          undefined,
          "rename the spoke",
        ),
      ]
    : [];
  return [...taken, ...unknown];
};

const words = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(" or ");

/** A policy knows spokes by their addresses, which others may choose for themselves. */
export const policySpokesAreTold: CrossFieldRule = (environment, isRefused) => {
  const { inspection } = environment;
  const [stranger] = foreignPrincipals(environment);
  const hasOwn = Object.keys(inspection?.policy?.spokes ?? {}).length > 0;
  if (stranger === undefined || !hasOwn || modeOf(environment, isRefused) !== "one-arm") return [];
  return [
    fault(
      [...POLICY, "spokes"],
      `allow more to some addresses, which the VPCs of ${stranger.item} may have too: endpoints of other accounts`,
      undefined,
      "move it into what all may, or take other accounts out of endpointService.allowedPrincipals",
    ),
  ];
};

/** TCP and UDP have ports, and a policy says which; ICMP has none. */
export const portsFitProtocol: CrossFieldRule = (environment, isRefused) =>
  eachCidr(environment, ({ protocol, ports }, path) => {
    const place = [...path, "ports"];
    if (protocol === undefined || isRefused(place)) return [];
    if (protocol === "icmp" && ports !== undefined) {
      return [fault(place, "cannot stand beside icmp, which has no ports", ports, "leave them out")];
    }
    if (protocol !== "icmp" && ports === undefined) {
      const remedy = 'write for example [5432, "8000-8100"], or ["1-65535"] for all';
      return [fault(place, `is missing: the ports of ${protocol}`, undefined, remedy)];
    }
    return [];
  });

/** What comes through tunnels is IPv4. */
export const policyRangesAreIpv4: CrossFieldRule = (environment) =>
  eachCidr(environment, ({ cidr }, path) => {
    const isIpv6 = cidr === "::/0" || (cidr !== undefined && familyOf(cidr) === "ipv6");
    return isIpv6 ? [fault([...path, "cidr"], "must be an IPv4 range", cidr, "take it out: no IPv6 comes here")] : [];
  });

function familyOf(range: string): string | undefined {
  const parsed = parseCidr(range);
  return parsed.ok ? parsed.cidr.family : undefined;
}

/** What is allowed is allowed once. */
export const policyListsHaveNoTwins: CrossFieldRule = (environment) => {
  const [common, ...ofSpokes] = allowances(environment);
  if (common === undefined) return [];
  const inOneList = [common, ...ofSpokes].flatMap(({ path, domains, cidrs }) => [
    ...twice([...path, "allowDomains"], domains),
    ...cidrs.flatMap(({ index, item }, place) => {
      const isTwin = cidrs.slice(0, place).some((other) => meaning(other.item) === meaning(item));
      const here = [...path, "allowCidrs", index];
      return isTwin ? [fault(here, "stands in the list a second time", undefined, "write it once")] : [];
    }),
    ...cidrs.flatMap(({ index, item }) => overlappingPorts([...path, "allowCidrs", index, "ports"], item.ports)),
  ]);
  const toAll = new Set(present(common.domains).map(({ item }) => item));
  const allMay = new Set(common.cidrs.map(({ item }) => meaning(item)));
  const again = ofSpokes.flatMap(({ path, domains, cidrs }) => [
    ...present(domains)
      .filter(({ item }) => toAll.has(item))
      .map(({ index, item }) => fault([...path, "allowDomains", index], "is what all spokes may reach", item, ONCE)),
    ...cidrs
      .filter(({ item }) => allMay.has(meaning(item)))
      .map(({ index }) => fault([...path, "allowCidrs", index], "is what all spokes may reach", undefined, ONCE)),
  ]);
  return [...inOneList, ...again];
};

const ONCE = "write it in one of the two places";

/** What two entries that mean the same have in common. */
function meaning({ cidr, protocol, ports }: AllowedCidr): string {
  const ranges = present(ports).flatMap(({ item }) => parsePorts(item) ?? []);
  return JSON.stringify([cidr, protocol, unitePorts(ranges)]);
}

function overlappingPorts(path: Path, ports: AllowedCidr["ports"]): readonly Fault[] {
  const ranges = present(ports).flatMap(({ index, item }) => {
    const range = parsePorts(item);
    return range === undefined ? [] : [{ index, item, range }];
  });
  return ranges.flatMap(({ index, item, range }, place) => {
    const other = ranges.slice(0, place).find((o) => o.range.from <= range.to && range.from <= o.range.to);
    if (other === undefined) return [];
    return [fault([...path, index], `overlaps ${JSON.stringify(other.item)}`, item, "write each port once")];
  });
}

/** What this environment itself runs behind the appliances still works. */
export const policyAllowsNeeds: CrossFieldRule = (environment) => {
  const denied = deniedNeeds(environment);
  if (denied === undefined) return [];
  const { names, edges } = denied;
  const problem = `denies what the ${edges.length > 1 ? "edges" : "edge"} ${edges.join(" and ")} of wallarm cannot do without: ${names.join(", ")}`;
  const remedy =
    "add these names to policy.spokes.own.allowDomains, or have AWS's services reached by aws.network's interfaceEndpoints and gatewayEndpoints";
  return [fault(POLICY, problem, undefined, remedy)];
};

/** A connection is opened only if it is let through. */
export const bumpedNamesAreAllowed: CrossFieldRule = (environment) => {
  const { inspection } = environment;
  if (inspection?.policy?.default !== "deny") return [];
  const places = allowances(environment).map(({ domains }) => domains);
  if (places.some((domains) => domains?.includes(undefined))) return [];
  const allowed = places.flatMap((domains) => present(domains).map(({ item }) => item));
  return present(inspection.proxy?.bump?.domains)
    .filter(({ item }) => !allowed.some((other) => includes(other, item)))
    .map(({ index, item }) =>
      fault(
        ["inspection", "proxy", "bump", "domains", index],
        "is denied by inspection.policy, so that none of its connections is opened",
        item,
        "allow it there too, or take it out here",
      ),
    );
};

/** Whether a domain of the policy stands for all that another does. */
function includes(outer: string, inner: string): boolean {
  const [one, other] = [parseDomain(outer), parseDomain(inner)];
  if (!one.ok || !other.ok) return false;
  return outer === inner || (one.domain.isWildcard && covers(one.domain, other.domain.base));
}

function eachCidr(
  environment: PartialEnvironment,
  faultsOf: (entry: AllowedCidr, path: Path) => readonly Fault[],
): readonly Fault[] {
  return allowances(environment).flatMap(({ path, cidrs }) =>
    cidrs.flatMap(({ index, item }) => faultsOf(item, [...path, "allowCidrs", index])),
  );
}
