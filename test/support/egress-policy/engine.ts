import { within } from "./kernel";
import type { Attempt, Speech } from "./meaning";
import { hello, question, request } from "./speech";

/** A rule of Suricata, taken apart. */
interface Rule {
  readonly action: "alert" | "drop";
  readonly protocol: string;
  readonly source: string;
  readonly sourcePort: string;
  readonly destination: string;
  readonly destinationPort: string;
  /** In order; a value is what stands behind the first colon. */
  readonly options: readonly (readonly [keyword: string, value: string])[];
  /** Whether it looks at what was said, and not at packets. */
  readonly isOfSpeech: boolean;
}

/** What Suricata's parsers make of one thing that a client says. */
interface Said {
  readonly protocol: "tls" | "http1" | "dns" | "failed";
  readonly buffers: Readonly<Record<string, string>>;
}

interface Packet {
  readonly isToServer: boolean;
  readonly isFirst: boolean;
  readonly payload: string;
  readonly said: readonly Said[];
}

/** What became of a connection, and what was written down about it. */
export interface EngineVerdict {
  readonly passes: boolean;
  readonly messages: readonly string[];
}

/** Keywords behind which a rule is of what is said. */
const BUFFERS = ["tls.sni", "http.host", "http.start", "http.request_line", "dns.query", "ja3.string"];
const OF_SPEECH = [...BUFFERS, "app-layer-event", "dns.opcode"];

/**
 * The part of Suricata that compiled rules use, as `test/system/egress-policy` finds it to be: rules that drop are tried before those that
 * alert, rules of packets before those of what is said in them. It knows no other keyword: an unknown one is an error.
 */
export class Engine {
  readonly #rules: readonly Rule[];
  readonly #sets: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(files: Readonly<Record<string, string>>) {
    const lines = (files["policy.rules"] ?? "").split("\n").filter(Boolean);
    this.#rules = lines.map(parseRule);
    this.#sets = new Map(
      Object.entries(files)
        .filter(([name]) => name.endsWith(".lst"))
        .map(([name, text]) => [
          name,
          new Set(
            text
              .split("\n")
              .filter(Boolean)
              .map((line) => Buffer.from(line, "base64").toString("latin1")),
          ),
        ]),
    );
  }

  /** A connection from its first packet to the server's answer. */
  judge(attempt: Attempt): EngineVerdict {
    const bits = new Set<string>();
    const messages: string[] = [];
    let sent = 0;
    for (const packet of packetsOf(attempt)) {
      sent += packet.isToServer ? packet.payload.length : 0;
      const hits = (isOfSpeech: boolean, said: Said | undefined): boolean =>
        (["drop", "alert"] as const).some((action) =>
          this.#rules
            .filter((rule) => rule.action === action && rule.isOfSpeech === isOfSpeech)
            .some((rule) => {
              if (!this.#matches(rule, attempt, packet, { bits, sent, said })) return false;
              for (const [keyword, value] of rule.options) {
                if (keyword === "flowbits" && value.startsWith("set,")) bits.add(value.slice(4));
                if (keyword === "msg" && !rule.options.some(([other]) => other === "noalert")) messages.push(value);
              }
              return action === "drop";
            }),
        );
      if (hits(false, packet.said[0])) return { passes: false, messages };
      if (packet.said.some((said) => hits(true, said))) return { passes: false, messages };
    }
    return { passes: true, messages };
  }

  #matches(
    rule: Rule,
    attempt: Attempt,
    packet: Packet,
    state: { readonly bits: ReadonlySet<string>; readonly sent: number; readonly said: Said | undefined },
  ): boolean {
    const [client, server] = [
      { address: attempt.from, port: 40_000 },
      { address: attempt.to, port: attempt.port },
    ];
    const [source, destination] = packet.isToServer ? [client, server] : [server, client];
    if (!isPort(source.port, rule.sourcePort) || !isPort(destination.port, rule.destinationPort)) return false;
    const isSpoken = { tls: "tls", http: "http1" }[rule.protocol];
    if (isSpoken === undefined ? rule.protocol !== attempt.protocol : state.said?.protocol !== isSpoken) return false;
    if (!isAddress(source.address, rule.source) || !isAddress(destination.address, rule.destination)) return false;
    return this.#optionsMatch(rule, packet, state);
  }

  #optionsMatch(
    rule: Rule,
    packet: Packet,
    {
      bits,
      sent,
      said,
    }: { readonly bits: ReadonlySet<string>; readonly sent: number; readonly said: Said | undefined },
  ): boolean {
    // What contents are looked for in: the packet, until a buffer is named. A buffer that is not there matches nothing.
    let buffer: string | undefined = packet.payload;
    for (const [index, [keyword, value]] of rule.options.entries()) {
      const matched = ((): boolean => {
        switch (keyword) {
          case "msg":
          case "metadata":
          case "noalert":
          case "sid":
          case "rev":
          case "nocase":
          case "offset":
          case "depth":
          case "endswith":
            return true;
          case "flow":
            return value.startsWith("to_server") === packet.isToServer;
          case "flowbits":
            return value.startsWith("set,") || !bits.has(value.replace("isnotset,", ""));
          case "flags":
            return packet.isFirst;
          case "dsize":
            return packet.payload.length > 0;
          case "stream_size":
            return sent > Number(value.split(",")[2]);
          case "app-layer-protocol":
            return said !== undefined && said.protocol !== value.slice(1);
          case "app-layer-event":
            return false;
          case "dns.opcode":
            return said?.protocol === "dns" && value === "!0" && said.buffers.opcode !== "0";
          case "to_lowercase":
            buffer = buffer?.toLowerCase();
            return true;
          case "dotprefix":
            buffer = buffer === undefined ? undefined : `.${buffer}`;
            return true;
          case "pcrexform": {
            const found = buffer === undefined ? undefined : new RegExp(unquoted(value)).exec(buffer)?.[1];
            buffer = found ?? buffer;
            return true;
          }
          case "dataset": {
            const [command, , , load = ""] = value.split(",");
            const set = this.#sets.get(load.replace("load ", "")) ?? unknown(rule, keyword);
            return buffer !== undefined && buffer !== "" && set.has(buffer) === (command === "isset");
          }
          case "pcre": {
            if (buffer === undefined) return false;
            const [, negation, pattern = "", modifiers] = /^(!?)"\/(.*)\/(s?)"$/.exec(value) ?? unknown(rule, keyword);
            return new RegExp(pattern, modifiers).test(buffer) !== (negation === "!");
          }
          case "content":
            return buffer !== undefined && contentMatches(buffer, value, rule.options.slice(index + 1));
          case "byte_test":
            return value === "1,&,0x80,2" ? ((buffer ?? "").charCodeAt(2) & 0x80) !== 0 : unknown(rule, keyword);
          default:
            if (!BUFFERS.includes(keyword)) unknown(rule, keyword);
            buffer = said?.buffers[keyword];
            return true;
        }
      })();
      if (!matched) return false;
    }
    return true;
  }
}

function contentMatches(buffer: string, value: string, following: readonly (readonly [string, string])[]): boolean {
  const [, negation, quoted = ""] = /^(!?)(".*")$/.exec(value) ?? [];
  const wanted = unquoted(quoted).replace(/\|([0-9a-f ]+)\|/g, (_, bytes: string) =>
    Buffer.from(bytes.replaceAll(" ", ""), "hex").toString("latin1"),
  );
  const next = following.findIndex(([keyword]) => keyword === "content");
  const modifiers = new Map(next < 0 ? following : following.slice(0, next));
  const fold = (text: string): string => (modifiers.has("nocase") ? text.toLowerCase() : text);
  const start = Number(modifiers.get("offset") ?? 0);
  const depth = modifiers.get("depth");
  const part = buffer.slice(start, depth === undefined ? undefined : start + Number(depth));
  const found = modifiers.has("endswith") ? fold(part).endsWith(fold(wanted)) : fold(part).includes(fold(wanted));
  return found !== (negation === "!");
}

const unquoted = (text: string): string => text.slice(1, -1);

/** `any`, or a list of ranges; those behind a `!` must not hold it, and one of the others must, where there are any. */
function isAddress(address: string, list: string): boolean {
  if (list === "any") return true;
  const ranges = list.slice(1, -1).split(",");
  const [excluded, included] = [
    ranges.filter((range) => range.startsWith("!")),
    ranges.filter((range) => !range.startsWith("!")),
  ];
  if (excluded.some((range) => within(address, range.slice(1)))) return false;
  return included.length === 0 || included.some((range) => within(address, range));
}

const isPort = (port: number, wanted: string): boolean => wanted === "any" || port === Number(wanted);

function parseRule(line: string): Rule {
  const [, action, protocol = "", source = "", sourcePort = "", destination = "", destinationPort = "", body = ""] =
    /^(alert|drop) (\S+) (\S+) (\S+) -> (\S+) (\S+) \((.*;)\)$/.exec(line) ?? [];
  if (action !== "alert" && action !== "drop") throw new Error(`no rule: ${line}`);
  const options = [...body.matchAll(/\s*([\w.-]+)(?::((?:"[^"]*"|[^;"])*))?;/g)].map(
    ([, keyword = "", value = ""]) => [keyword, keyword === "msg" ? unquoted(value) : value] as const,
  );
  const isOfSpeech = options.some(([keyword]) => OF_SPEECH.includes(keyword));
  return { action, protocol, source, sourcePort, destination, destinationPort, options, isOfSpeech };
}

function unknown(rule: Rule, keyword: string): never {
  throw new Error(`nothing that is known of Suricata: ${keyword} in ${JSON.stringify(rule).slice(0, 300)}`);
}

/** The first packets of a connection: TCP's first one, what the client says, and what the server answers. */
function packetsOf({ protocol, says }: Attempt): readonly Packet[] {
  const begin: Packet = { isToServer: true, isFirst: true, payload: "", said: [] };
  const { payload, said: overTcp } = hear(says);
  // Of what is said over UDP, Suricata knows DNS.
  const isKnown = protocol === "tcp" || says.kind === "dns";
  const said = isKnown ? overTcp : overTcp.map((): Said => ({ protocol: "failed", buffers: {} }));
  const speak: Packet = { isToServer: true, isFirst: false, payload, said };
  const answer: Packet = { isToServer: false, isFirst: false, payload: "answer", said: [] };
  return [...(protocol === "tcp" ? [begin] : []), speak, answer];
}

function hear(says: Speech): { readonly payload: string; readonly said: readonly Said[] } {
  switch (says.kind) {
    case "tls": {
      const extensions = says.name === undefined ? "43-10-13-51" : "0-43-10-13-51";
      const buffers = {
        "ja3.string": `771,4865-49199,${extensions},29,0`,
        ...(says.name !== undefined && { "tls.sni": says.name }),
      };
      return { payload: hello(says.name).toString("latin1"), said: [{ protocol: "tls", buffers }] };
    }
    case "http": {
      const requests = says.hosts.map((host) => request(host).toString("latin1"));
      const said = requests.map((text, index): Said => {
        const host = says.hosts[index]?.toLowerCase();
        const start = { "http.start": text, "http.request_line": text.split("\r\n")[0] ?? "" };
        return { protocol: "http1", buffers: { ...start, ...(host !== undefined && { "http.host": host }) } };
      });
      return { payload: requests.join(""), said };
    }
    case "dns": {
      const payload = question(says.name).toString("latin1");
      return { payload, said: [{ protocol: "dns", buffers: { "dns.query": says.name, opcode: "0" } }] };
    }
    case "noise":
      return { payload: "\0\x01\x02\x03 nothing that anybody knows", said: [{ protocol: "failed", buffers: {} }] };
  }
}
