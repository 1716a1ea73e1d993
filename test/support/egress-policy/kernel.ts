import type { Attempt } from "./meaning";

/** What the kernel does with the first packet of a connection. */
export interface KernelVerdict {
  /** Whether the packet has the mark by which it is forwarded. */
  readonly passes: boolean;
  /** The prefix under which it was logged. */
  readonly logged?: string;
}

type Chains = ReadonlyMap<string, readonly string[]>;

/** The part of nftables that a compiled file is written in. It knows no other: an unknown word is an error. */
export class Kernel {
  readonly #sets = new Map<string, readonly (readonly string[])[]>();
  readonly #chains: Chains;

  constructor(file: string) {
    const text = file.replace(/^#.*$/gm, "");
    const [, table = ""] =
      /^\s*add table inet ringfence-policy\s+delete table inet ringfence-policy\s+table inet ringfence-policy \{(.*)\}\s*$/s.exec(
        text,
      ) ?? unknown(text);
    let rest = table;
    const take = (pattern: RegExp, use: (...groups: string[]) => void): void => {
      rest = rest.replace(pattern, (_, ...groups: string[]) => {
        use(...groups);
        return "";
      });
    };
    take(/^\s*counter (?:denied|invalid) \{ \}$/gm, () => undefined);
    take(
      /^\s*(?:set|map) (\S+) \{ type [^;]+; flags interval; (?:elements = \{([^}]*)\} )?\}$/gm,
      (name = "", elements: string | undefined = "") => {
        const list = elements.split(",").map((element) => element.trim().split(/ [.:] /));
        this.#sets.set(name, elements.trim() === "" ? [] : list);
      },
    );
    const chains = new Map<string, readonly string[]>();
    take(/^\s*chain (\S+) \{\n((?: {4}.*\n)*)\s*\}$/gm, (name = "", body = "") => {
      // Braces of a set that stands in a rule are none of these.
      chains.set(
        name,
        body
          .split("\n")
          .map((line) => line.trim())
          .filter(Boolean),
      );
    });
    if (rest.trim() !== "") unknown(rest);
    this.#chains = chains;
  }

  /** The first packet of a connection, out of a tunnel. */
  judge(attempt: Attempt): KernelVerdict {
    const state = { logged: undefined as string | undefined, isMarked: false };
    const [head, ...rules] = this.#chains.get("forward") ?? [];
    if (head !== "type filter hook forward priority filter - 10; policy accept;") unknown(head ?? "no chain");
    this.#run(rules, attempt, state);
    return { passes: state.isMarked, logged: state.logged };
  }

  /** @returns whether the packet's fate is known */
  #run(rules: readonly string[], attempt: Attempt, state: { logged?: string; isMarked: boolean }): boolean {
    for (const rule of rules) {
      const { matches, action } = this.#read(rule, attempt);
      if (!matches) continue;
      const [word, target = ""] = action.split(" ");
      if (word === "drop") return true;
      if (word === "meta") {
        state.isMarked = true;
        return true;
      }
      if (word === "log") state.logged = target;
      else if (this.#run(this.#chains.get(target) ?? unknown(target), attempt, state)) return true;
      else if (word === "goto") return false;
    }
    return false;
  }

  #read(rule: string, attempt: Attempt): { readonly matches: boolean; readonly action: string } {
    const { to, from, protocol, port } = attempt;
    const LET_ON = "meta mark set meta mark or 0x10000 accept";
    if (rule === 'iifname != "gwi-*" accept') return { matches: false, action: "drop" };
    if (/^ct state (\{ established, related \}|invalid counter name invalid) /.test(rule))
      return { matches: false, action: "drop" };
    if (rule === "ip saddr vmap @spokes") {
      const entry = this.#elements("spokes").find(([range = ""]) => within(from, range));
      return { matches: entry !== undefined, action: entry?.[1] ?? "" };
    }
    if (rule === "drop" || rule === LET_ON) return { matches: true, action: rule };
    const [, jump] = /^(?:meta nfproto ipv4 )?(jump \S+)$/.exec(rule) ?? [];
    if (jump !== undefined) return { matches: true, action: jump };
    const [, prefix] =
      /^counter name denied limit rate \S+ burst \d+ packets log group 17 snaplen 128 prefix "(.*)"$/.exec(rule) ?? [];
    if (prefix !== undefined) return { matches: true, action: `log ${prefix.replaceAll(" ", "_")}` };
    if (!rule.endsWith(` ${LET_ON}`)) unknown(rule);
    const match = rule.slice(0, -LET_ON.length - 1);
    const [, ports] = /^ip daddr \. meta l4proto \. th dport @(\S+)$/.exec(match) ?? [];
    if (ports !== undefined) {
      const matches = this.#elements(ports).some(
        ([range = "", wanted = "", dport = ""]) =>
          protocol !== "icmp" && wanted === protocol && within(to, range) && among(port, dport),
      );
      return { matches, action: LET_ON };
    }
    const [, icmp] = /^ip protocol icmp ip daddr @(\S+)$/.exec(match) ?? [];
    if (icmp !== undefined) {
      const matches = protocol === "icmp" && this.#elements(icmp).some(([range = ""]) => within(to, range));
      return { matches, action: LET_ON };
    }
    const [, layer, dport = ""] = /^(tcp|udp) dport (\d+)$/.exec(match) ?? unknown(rule);
    return { matches: layer === protocol && port === Number(dport), action: LET_ON };
  }

  #elements(name: string): readonly (readonly string[])[] {
    return this.#sets.get(name) ?? unknown(name);
  }
}

/** Dotted quads as numbers. */
export const numberOf = (address: string): number =>
  address.split(".").reduce((value, octet) => value * 256 + Number(octet), 0);

/** Whether an address is in `a.b.c.d/n`, `a.b.c.d-e.f.g.h` or `a.b.c.d`. */
export function within(address: string, range: string): boolean {
  const [first = "", last = first] = range.split("-");
  const [network = "", length = "32"] = first.split("/");
  const from = numberOf(network);
  const to = last === first ? from + 2 ** (32 - Number(length)) - 1 : numberOf(last);
  const value = numberOf(address);
  return from <= value && value <= to;
}

function among(port: number, ports: string): boolean {
  const [from = 0, to = from] = ports.split("-").map(Number);
  return from <= port && port <= to;
}

function unknown(text: string): never {
  throw new Error(`nothing that is known of nftables: ${text.slice(0, 300)}`);
}
