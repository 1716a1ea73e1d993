import { nameSets, type NameSet } from "./name-sets";
import { type Fleet, type OpenPorts, PolicyError, type ReadPolicy } from "./policy";
import { complement, type Range, uniteRanges } from "./ranges";
import { NAMED_SERVICES, type NamedService } from "./services";

/** Ids of rules that the compiler writes begin here, above those of any public set. */
export const FIRST_RULE_ID = 1_000_000_000;

/** Suricata reads no rule that is longer than 8192 bytes. */
const LONGEST_RULE = 8000;

/** Ranges in one rule, so that it stays shorter than that beside the most of all else. */
const RANGES_IN_A_RULE = 120;

/**
 * Bytes that a client may send before it has said an allowed name: a whole record of TLS (RFC 8446, section 5.1), as much of a request's
 * head, a few questions.
 */
const NAMELESS_BYTES = { tls: 16_645, http: 16_384, dns: 2048 } as const;

/** Marks of a connection: its name is allowed; it goes where no name counts; its client has said something, or, of a copy, its start was seen. */
const NAMED = "ringfence.named";
const FREE = "ringfence.free";
const BEGUN = "ringfence.begun";

/** Some sources, and what decides for them. */
interface Group {
  /** The spoke, or `-` for sources of none. */
  readonly name: string;
  /** As Suricata writes addresses. */
  readonly sources: string;
  readonly sets: readonly NameSet[];
  readonly tcp: readonly OpenPorts[];
  readonly udp: readonly OpenPorts[];
}

/** @internal What Suricata decides by names: its rules, and the sets that they look names up in. */
export interface NameRules {
  readonly rules: string;
  readonly sets: readonly NameSet[];
  /** How many rules there are. */
  readonly count: number;
}

/**
 * @internal Rules that drop unless a name is listed. None is of the action `pass`, after which nothing else would be looked at.
 *
 * Suricata tries rules that drop before rules that only set marks, and rules of packets before rules of what is said in them. So a mark is
 * never seen by a rule that drops in the packet that it was set by, but for what is said: what a client says is judged by rules of its
 * own, and what a server answers by the mark.
 */
export function nameRules(policy: ReadPolicy, fleet: Fleet): NameRules {
  const ofAll = nameSets("everybody", policy.all.domains);
  const spokes = policy.spokes
    .filter(({ sources }) => sources.length > 0)
    .map((spoke) => ({ ...spoke, sets: nameSets(`spoke-${spoke.name}`, spoke.own.domains) }));
  const others = spokes.flatMap(({ sources }) => sources.map(({ text }) => `!${text}`));
  const groups: readonly Group[] = [
    ...spokes.map(({ name, sources, sets, own }) => ({
      name,
      sources: listed(sources.map(({ text }) => text)),
      sets: [...ofAll, ...sets],
      tcp: [...policy.all.tcp, ...own.tcp],
      udp: [...policy.all.udp, ...own.udp],
    })),
    {
      name: "-",
      sources: others.length === 0 ? "any" : listed(others),
      sets: ofAll,
      tcp: policy.all.tcp,
      udp: policy.all.udp,
    },
  ];
  const services = NAMED_SERVICES.filter(({ isSuricatas }) => isSuricatas(fleet));
  const written = groups
    // Where no name is allowed, the firewall lets pass only what no name counts for.
    .filter(({ sets }) => sets.length > 0)
    .flatMap((group) =>
      services.flatMap((service) => rulesOf({ group, service, denies: policy.denies, inline: fleet.action === "ips" })),
    );
  const lines = written.map((rule, index) => rule.replace(/\)$/, ` sid:${FIRST_RULE_ID + index}; rev:1;)`));
  const long = lines.find((line) => line.length > LONGEST_RULE);
  if (long !== undefined) throw new PolicyError("a spoke has more ranges than fit into a rule of Suricata");
  const rules = lines.map((line) => `${line}\n`).join("");
  return {
    rules,
    count: lines.length,
    sets: services.length === 0 ? [] : [...ofAll, ...spokes.flatMap(({ sets }) => sets)],
  };
}

interface Place {
  readonly group: Group;
  readonly service: NamedService;
  readonly denies: boolean;
  /** Whether Suricata stands in the way: a copy is judged late, and in another order. */
  readonly inline: boolean;
}

function rulesOf(place: Place): readonly string[] {
  const { group, service } = place;
  const free = freeRanges(service.protocol === "tcp" ? group.tcp : group.udp, service.port);
  if (free.some(({ text }) => text === "0.0.0.0/0")) return [];
  const { inline } = place;
  const bySpeech = { tls: tlsRules, http: httpRules, dns: dnsRules }[service.speech](place);
  return [
    ...freeRules(place, free),
    ...namedRules(place),
    deniedName(place),
    ...bySpeech,
    ...(service.protocol === "tcp" ? tcpRules(place) : []),
    ...(service.protocol === "udp" ? notDnsRules(place, free) : []),
    ...(inline ? [gate(place)] : []),
  ];
}

/** A rule against what is not allowed: it drops, or says that it would. */
function against(
  { group, service, denies }: Place,
  problem: string,
  options: string,
  { protocol = service.protocol, from = false, to = "any" }: { protocol?: string; from?: boolean; to?: string } = {},
): string {
  const { sources } = group;
  const ends = from ? `any ${service.port} -> ${sources} any` : `${sources} any -> ${to} ${service.port}`;
  const verdict = denies ? "denied" : "would-deny";
  // Who is let on after having been reported is not reported again for not having been named.
  const goesOn = denies ? "" : ` flowbits:set,${NAMED};`;
  return `${denies ? "drop" : "alert"} ${protocol} ${ends} (msg:"Ringfence ${verdict}: ${problem}"; ${options}${goesOn} metadata:ringfence ${verdict}, spoke ${group.name};)`;
}

/** A rule that marks a connection and says nothing. */
const mark = (header: string, options: string): string => `alert ${header} (msg:"Ringfence mark"; ${options} noalert;)`;

/** What is allowed by its address is so from its first packet on, for as long as it lives. */
function freeRules({ group, service: { protocol, port } }: Place, free: readonly Range[]): readonly string[] {
  const first = protocol === "tcp" ? "flags:S,12;" : "flow:to_server;";
  return chunks(free).map((ranges) =>
    mark(
      `${protocol} ${group.sources} any -> ${listed(ranges.map(({ text }) => text))} ${port}`,
      `${first} flowbits:set,${FREE}; flowbits:set,${NAMED};`,
    ),
  );
}

function namedRules(place: Place): readonly string[] {
  const { group, service } = place;
  return group.sets.map((set) =>
    mark(
      `${headerOf(service)} ${group.sources} any -> any ${service.port}`,
      `flow:to_server; ${lookup(service, set, "isset")} flowbits:set,${NAMED};`,
    ),
  );
}

/** A name that stands in none of the sets. */
function deniedName(place: Place): string {
  const { group, service } = place;
  const lookups = group.sets.map((set) => lookup(service, set, "isnotset"));
  return said(place, "a name that is not allowed", lookups.join(" "));
}

/** A rule against something that a client says, as Suricata's parser tells it. */
const said = (place: Place, problem: string, options: string): string =>
  against(place, problem, `flow:to_server; ${judged(place)} ${options}`, { protocol: headerOf(place.service) });

/**
 * Whose connections are looked at. Of a copy those alone whose first packet was seen: by it Suricata knows where no name counts, and what
 * is spoken it can tell by a beginning only.
 */
const judged = ({ service, inline }: Place): string =>
  `${inline || service.protocol === "udp" ? "" : `flowbits:isset,${BEGUN}; `}flowbits:isnotset,${FREE};`;

/** DNS over TCP and over UDP have rules of their own. */
const headerOf = ({ speech, protocol }: NamedService): string => (speech === "dns" ? protocol : speech);

const BUFFERS = { tls: "tls.sni", http: "http.host", dns: "dns.query" } as const;

/**
 * Looks a name, or the last labels of one, up. The dot in front makes that a name which has no more labels than those becomes none of the
 * set: a transformation that does not match leaves a name as it is.
 */
function lookup({ speech }: NamedService, { name, labels, file }: NameSet, command: "isset" | "isnotset"): string {
  const last =
    labels === undefined ? "" : ` dotprefix; pcrexform:"^(?:\\.[^.]+)+\\.((?:[^.]+\\.){${labels - 1}}[^.]+)$";`;
  return `${BUFFERS[speech]}; to_lowercase;${last} dataset:${command},${name},type string,load ${file};`;
}

function tlsRules(place: Place): readonly string[] {
  return [
    // The list of extensions, the third part of the text, has no 0.
    said(place, "TLS without a server name", 'ja3.string; pcre:"/^[^,]*,[^,]*,(?!(?:\\d+-)*0(?:-|,))/";'),
    said(place, "TLS with a server name of no length", "app-layer-event:tls.invalid_sni_length;"),
    said(place, "TLS with a server name of another kind", "app-layer-event:tls.invalid_sni_type;"),
  ];
}

function httpRules(place: Place): readonly string[] {
  return [
    said(place, "HTTP without a host", 'http.start; content:!"|0d 0a|host|3a| "; nocase;'),
    said(place, "HTTP with an empty host", 'http.start; content:"|0d 0a|host|3a| |0d 0a|"; nocase;'),
    said(place, "HTTP with a host that is none", "app-layer-event:http.request_header_host_invalid;"),
    said(place, "HTTP with two hosts", "app-layer-event:http.host_header_ambiguous;"),
    said(
      place,
      "HTTP of another version than 1.0 and 1.1",
      'http.request_line; content:!" HTTP/1.1"; endswith; content:!" HTTP/1.0"; endswith;',
    ),
  ];
}

function dnsRules(place: Place): readonly string[] {
  return [
    said(place, "DNS that asks for something else than a name", "dns.opcode:!0;"),
    said(place, "DNS that cannot be read", "app-layer-event:dns.malformed_data;"),
  ];
}

const PROTOCOLS = { tls: "tls", http: "http1", dns: "dns" } as const;

/** What holds for whatever is said over TCP. */
function tcpRules(place: Place): readonly string[] {
  const { group, service, inline, denies } = place;
  const { speech, port } = service;
  const other = against(
    place,
    `not ${speech.toUpperCase()}`,
    `flow:to_server; ${judged(place)} app-layer-protocol:!${PROTOCOLS[speech]};`,
  );
  const opening = against(place, "data in the first packet", `flags:S,12; dsize:>0;`);
  if (!inline) {
    return [mark(`tcp ${group.sources} any -> any ${port}`, `flags:S,12; flowbits:set,${BEGUN};`), other, opening];
  }
  const firstByte = { tls: 'content:!"|16|"; depth:1;', http: 'pcre:"/^[^A-Z\\r\\n]/";', dns: undefined }[speech];
  return [
    other,
    opening,
    against(
      place,
      "too much without a name",
      `flow:to_server; flowbits:isnotset,${NAMED}; stream_size:client,>,${NAMELESS_BYTES[speech]};`,
    ),
    ...(firstByte === undefined || !denies
      ? []
      : [
          against(
            place,
            `does not begin as ${speech.toUpperCase()}`,
            `flow:to_server,no_stream; flowbits:isnotset,${FREE}; flowbits:isnotset,${BEGUN}; dsize:>0; ${firstByte}`,
          ),
          mark(`tcp ${group.sources} any -> any ${port}`, `flow:to_server; dsize:>0; flowbits:set,${BEGUN};`),
        ]),
  ];
}

/** Of UDP the first packet is the one that counts, and a mark that it sets comes too late for it. */
function notDnsRules(place: Place, free: readonly Range[]): readonly string[] {
  return chunks(complement(free)).flatMap((ranges) => {
    const to = free.length === 0 ? "any" : listed(ranges.map(({ text }) => text));
    return [
      against(place, "not DNS", "app-layer-protocol:!dns;", { to }),
      against(place, "DNS with other than one question", 'content:!"|00 01 00 00 00 00|"; offset:4; depth:6;', { to }),
      against(place, "DNS without a whole question", 'pcre:!"/^.{12}[^\\x00]{1,254}\\x00.{4}/s";', { to }),
      against(place, "DNS that is no question", "byte_test:1,&,0x80,2;", { to }),
    ];
  });
}

/**
 * Nothing comes back to who has not said an allowed name. The expression makes it a rule of the stream, by which a connection ends; one of
 * packets would drop this packet alone.
 */
function gate(place: Place): string {
  const { protocol } = place.service;
  const options = protocol === "tcp" ? 'pcre:"/./s";' : "dsize:>0;";
  return against(place, "an answer to who has said no name", `flow:to_client; flowbits:isnotset,${NAMED}; ${options}`, {
    from: true,
  });
}

/** Ranges where a port is open whatever is said. */
function freeRanges(open: readonly OpenPorts[], port: number): readonly Range[] {
  const free = open.filter(({ ports }) => ports.some(({ from, to }) => from <= port && port <= to));
  return uniteRanges(free.map(({ range }) => range));
}

const listed = (addresses: readonly string[]): string => `[${addresses.join(",")}]`;

function chunks(ranges: readonly Range[]): readonly (readonly Range[])[] {
  const count = Math.ceil(ranges.length / RANGES_IN_A_RULE);
  return Array.from({ length: count }, (_, index) =>
    ranges.slice(index * RANGES_IN_A_RULE, (index + 1) * RANGES_IN_A_RULE),
  );
}
