import { cidr, contains, parseCidr } from "../../addresses";
import { isIpv4Address, parseUpstream, type Upstream } from "../upstream";
import type { Path } from "../violation";
import { type Edge, ofEdge } from "./edge";
import { fault, present, twice } from "./rule";

/** The upstream of an edge, unless it was refused. */
function upstreamOf({ fields }: Edge): Upstream | undefined {
  const result = parseUpstream(fields.upstream ?? "");
  return result.ok ? result.upstream : undefined;
}

/** Where an edge names the hosts that requests go on to, and what stands there. */
function hostsOf(edge: Edge): readonly { readonly path: Path; readonly host?: string; readonly found?: string }[] {
  const { fields, at } = edge;
  const target = fields.upstreamRecord?.target;
  return [
    { path: at("upstream"), host: upstreamOf(edge)?.host, found: fields.upstream },
    { path: at("upstreamRecord", "target"), host: target, found: target },
  ];
}

/** A request that is passed on to where it came in never ends. */
export const upstreamIsNoLoop = ofEdge((edge) => {
  const { domain, aliases = [] } = edge.fields;
  return hostsOf(edge)
    .filter(({ host }) => host !== undefined && [domain, ...aliases].includes(host))
    .map(({ path, found }) =>
      fault(path, "is a name of the edge itself, and requests would go round in a circle", found, "write another host"),
    );
});

/** Nodes have no IPv6 addresses. */
export const upstreamRangesAreIpv4 = ofEdge(({ fields, at }) =>
  present(fields.upstreamCidrs)
    .filter(({ item }) => item.includes(":"))
    .map(({ index, item }) =>
      fault(at("upstreamCidrs", index), "is an IPv6 range, and nodes speak IPv4 only", item, "take it out"),
    ),
);

/** An address of the upstream lies where the nodes' own security group lets them out to. */
export const upstreamMayBeReached = ofEdge((edge) => {
  const { fields, isRefused } = edge;
  const ranges = present(fields.upstreamCidrs);
  if (fields.upstreamCidrs === undefined || ranges.length < fields.upstreamCidrs.length || isRefused("upstreamCidrs")) {
    return [];
  }
  return hostsOf(edge)
    .filter(({ host }) => host !== undefined && isIpv4Address(host) && !ranges.some(({ item }) => holds(item, host)))
    .map(({ path, found }) =>
      fault(path, "is an address outside of upstreamCidrs", found, "add its range there, or correct the address"),
    );
});

function holds(range: string, address: string): boolean {
  if (range === "0.0.0.0/0") return true;
  const parsed = parseCidr(range);
  return parsed.ok && contains(parsed.cidr, cidr(`${address}/32`));
}

/** A certificate is verified against a name, and an address has none. */
export const tlsNeedsName = ofEdge((edge) => {
  const upstream = upstreamOf(edge);
  return upstream?.protocol === "https" && upstream.isAddress
    ? [
        fault(
          edge.at("upstream"),
          "is an address, and the certificate of an https upstream is verified against its name",
          edge.fields.upstream,
          "write the name in the certificate, with an upstreamRecord if nothing resolves it, or write http://",
        ),
      ]
    : [];
});

/** Certificates that nothing is compared with would look like safety. */
export const authorityNeedsTls = ofEdge((edge) =>
  edge.fields.upstreamCaPem !== undefined && upstreamOf(edge)?.protocol === "http"
    ? [
        fault(
          edge.at("upstreamCaPem"),
          "has no effect on an upstream without TLS",
          undefined,
          "write https:// in upstream, or leave it out",
        ),
      ]
    : [],
);

/** The upstream's record gives a name to something else. */
export const upstreamRecordNamesHost = ofEdge((edge) => {
  const { fields, at } = edge;
  const upstream = upstreamOf(edge);
  if (fields.upstreamRecord === undefined || upstream === undefined) return [];
  if (upstream.isAddress) {
    return [
      fault(
        at("upstreamRecord"),
        "would name the host of upstream, and that is an address",
        undefined,
        "write a host name in upstream, or leave the record out",
      ),
    ];
  }
  const { target } = fields.upstreamRecord;
  if (target !== upstream.host || target === fields.domain) return [];
  return [
    fault(
      at("upstreamRecord", "target"),
      "is the host that the record itself names",
      target,
      "write the name or address that it shall lead to",
    ),
  ];
});

/** Each range becomes a rule of a security group, and none stands twice. */
export const upstreamRangesStandOnce = ofEdge(({ fields, at }) => twice(at("upstreamCidrs"), fields.upstreamCidrs));
