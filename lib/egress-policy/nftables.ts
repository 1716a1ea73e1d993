import { rectangles } from "./open-ports";
import type { Fleet, Reach, ReadPolicy } from "./policy";
import { NAMED_SERVICES } from "./services";

/** The table, which is replaced in one step. */
const TABLE = "inet ringfence-policy";

/** Behind this table only packets with the mark are forwarded; the mark's other bits belong to others. */
const LET_ON = "meta mark set meta mark or 0x10000 accept";

/** Our own bound: what is denied is counted in full, and shown in part. */
const LOG = "limit rate 10/second burst 50 packets log group 17 snaplen 128";

/** The chain of what all may reach. */
const ALL = "everybody";

/** @internal What decides on addresses, protocols and ports. */
export function nftRules(policy: ReadPolicy, fleet: Fleet): string {
  const spokes = policy.spokes.filter(({ sources }) => sources.length > 0);
  const end = (spoke: string): string =>
    `counter name denied ${LOG} prefix "${policy.denies ? "denied" : "would-deny"} ${spoke}"`;
  const last = policy.denies ? "drop" : LET_ON;
  return `# What spokes may reach, by address, protocol and port. Written by a compiler; loading it replaces it in one step.
add table ${TABLE}
delete table ${TABLE}
table ${TABLE} {
  counter denied { }
  counter invalid { }
  map spokes { type ipv4_addr : verdict; flags interval; ${elementsOf(
    spokes.flatMap(({ name, sources }) => sources.map(({ text }) => `${text} : goto spoke-${name}`)),
  )}}
${setsOf(ALL, policy.all)}${spokes.map(({ name, own }) => setsOf(`spoke-${name}`, own)).join("")}  chain ${ALL} {
${allowed(ALL, policy.all, fleet)}  }
${spokes
  .map(
    ({ name, own }) => `  chain spoke-${name} {
${allowed(`spoke-${name}`, own, fleet)}    jump ${ALL}
    ${end(name)}
    ${last}
  }
`,
  )
  .join("")}${fleet.mode === "two-arm" ? pastProxy(spokes) : ""}  chain forward {
    type filter hook forward priority filter - 10; policy accept;
    iifname != "gwi-*" accept
    ct state { established, related } ${LET_ON}
    ct state invalid counter name invalid ${last}
    ip saddr vmap @spokes
    meta nfproto ipv4 jump ${ALL}
    ${end("-")}
    ${last}
  }
}
`;
}

/** With two arms, what may be reached by its address does not go to the proxy: the bit says so, before addresses are translated. */
function pastProxy(spokes: ReadPolicy["spokes"]): string {
  const past = (chain: string): string =>
    `ip daddr . meta l4proto . th dport @${chain}-ports meta mark set meta mark or 0x20000 accept`;
  const ofSpokes = spokes.map(
    ({ name, sources }) => `    ip saddr { ${sources.map(({ text }) => text).join(", ")} } ${past(`spoke-${name}`)}\n`,
  );
  return `  chain past-proxy {
    type filter hook prerouting priority dstnat - 10; policy accept;
    iifname != "gwi-*" accept
    ct state != new accept
    tcp dport != { 80, 443 } accept
    ${past(ALL)}
${ofSpokes.join("")}  }
`;
}

function setsOf(chain: string, { tcp, udp, icmp }: Reach): string {
  const ports = [
    ...rectangles(tcp).map((rectangle) => ({ ...rectangle, protocol: "tcp" })),
    ...rectangles(udp).map((rectangle) => ({ ...rectangle, protocol: "udp" })),
  ].map(({ range, protocol, ports: { from, to } }) => {
    const port = from === to ? String(from) : `${from}-${to}`;
    return `${range.text} . ${protocol} . ${port}`;
  });
  return [
    `  set ${chain}-ports { type ipv4_addr . inet_proto . inet_service; flags interval; ${elementsOf(ports)}}\n`,
    `  set ${chain}-icmp { type ipv4_addr; flags interval; ${elementsOf(icmp.map(({ text }) => text))}}\n`,
  ].join("");
}

/** An empty list of elements is no list to nftables. */
const elementsOf = (elements: readonly string[]): string =>
  elements.length === 0 ? "" : `elements = {\n    ${elements.join(",\n    ")}\n  } `;

/** What lets on, and nothing that stops. */
function allowed(chain: string, { domains }: Reach, fleet: Fleet): string {
  const services = domains.length === 0 ? [] : NAMED_SERVICES.filter(({ isSuricatas }) => isSuricatas(fleet));
  return [
    `ip daddr . meta l4proto . th dport @${chain}-ports ${LET_ON}`,
    `ip protocol icmp ip daddr @${chain}-icmp ${LET_ON}`,
    ...services.map(({ protocol, port }) => `${protocol} dport ${port} ${LET_ON}`),
  ]
    .map((rule) => `    ${rule}\n`)
    .join("");
}
