/**
 * What compiling an egress policy costs, beside the floor of copying and hashing what comes out; and, as root on a machine with the
 * appliance's system, what nftables and Suricata take to read it, beside Suricata with a rule for each name.
 *
 *     npx tsx bench/egress-policy/compile.ts
 */
import { createHash } from "node:crypto";
import { availableParallelism, loadavg } from "node:os";

import { compilePolicy, type EgressPolicy, type Fleet } from "../../lib/egress-policy";
import { Namespace, requireSystem } from "../../test/system/appliance/namespace";
import { CONFIGURATION, FOLDER, lay } from "../../test/system/egress-policy/suricata";
import { line } from "../allowlist/print";

const ROUNDS = 7;
const RULES = 10_000;

const ranges = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `10.${100 + (index >> 8)}.${index & 255}.0/24`);

/** Half of the rules are names, of which a quarter are wildcards; half are ranges with a port. */
function allowance(rules: number, first: number): Pick<EgressPolicy, "allowDomains" | "allowCidrs"> {
  const numbers = Array.from({ length: rules / 2 }, (_, index) => first + index);
  return {
    allowDomains: numbers.map((number) => `${number % 4 === 0 ? "*." : ""}host-${number}.example-${number % 100}.com`),
    allowCidrs: numbers.map((number) => ({
      cidr: `198.${number >> 12}.${(number >> 4) & 255}.${(number & 15) * 16}/28`,
      protocol: "tcp",
      ports: [number % 50 === 0 ? 443 : 1024 + (number % 1000)],
    })),
  };
}

interface Case {
  readonly name: string;
  readonly policy: EgressPolicy;
  readonly fleet: Fleet;
}

const DENY = { default: "deny", discovery: false } as const;

function casesOf(): readonly Case[] {
  const networks = Object.fromEntries(ranges(50).map((range, index) => [`spoke-${index}`, [range]]));
  const fleet: Fleet = { mode: "one-arm", action: "ips", networks };
  const each = RULES / 50;
  const spokes = Object.fromEntries(Object.keys(networks).map((name, index) => [name, allowance(each, index * each)]));
  return [
    {
      name: "for all, one spoke",
      policy: { ...DENY, ...allowance(RULES, 0), spokes: {} },
      fleet: { ...fleet, networks: { own: ["10.20.0.0/16"] } },
    },
    { name: "for all, 50 spokes", policy: { ...DENY, ...allowance(RULES, 0), spokes: {} }, fleet },
    { name: "of 50 spokes, 200 each", policy: { ...DENY, allowDomains: [], allowCidrs: [], spokes }, fleet },
  ];
}

/** Median milliseconds of some rounds, behind one that is not counted. */
function time(run: () => unknown): string {
  run();
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  }).sort((one, other) => one - other);
  return `${(times[Math.floor(ROUNDS / 2)] ?? NaN).toFixed(1)} ms`;
}

/** About the least there is to do: the same bytes once more, and their digest. */
function copy(files: Readonly<Record<string, string>>): string {
  const hash = createHash("sha256");
  for (const text of Object.values(files)) hash.update(Buffer.from(text));
  return hash.digest("hex");
}

/** The usual way: two rules for each name, and a last one that drops. */
function aRuleForEachName({ allowDomains }: EgressPolicy): string {
  const rules = allowDomains.flatMap((domain, index) => {
    const end = domain.startsWith("*.") ? domain.slice(1) : domain;
    const begin = domain.startsWith("*.") ? "" : " startswith;";
    return [
      `pass tls any any -> any 443 (flow:to_server; tls.sni; content:"${end}";${begin} endswith; nocase; sid:${1000 + index};)`,
      `pass http any any -> any 80 (flow:to_server; http.host; content:"${end}";${begin} endswith; sid:${100_000 + index};)`,
    ];
  });
  return [...rules, "drop tls any any -> any 443 (flow:to_server; tls.sni; bsize:>0; sid:1;)", ""].join("\n");
}

async function benchReaders(cases: readonly Case[]): Promise<void> {
  requireSystem();
  const machine = await Namespace.create();
  const suricata = `suricata -T -c ${CONFIGURATION} -l /tmp`;
  line(["reading it", "nft -c", "suricata -T"], 30);
  lay(machine, { "policy.rules": 'alert ip any any -> any any (msg:"one"; sid:1;)\n' });
  line(["floor: one rule", "", time(() => machine.sh(suricata))], 30);
  for (const { name, policy, fleet } of cases) {
    lay(machine, compilePolicy(policy, fleet).files);
    const nft = time(() => machine.sh(`nft -c -f ${FOLDER}/policy.nft`));
    line([name, nft, time(() => machine.sh(suricata))], 30);
  }
  const [first] = cases;
  if (first === undefined) throw new Error("there is no case");
  lay(machine, { "policy.rules": aRuleForEachName(first.policy) });
  line(["two rules for each name", "", time(() => machine.sh(suricata))], 30);
  await machine.stop();
}

async function main(): Promise<void> {
  const cases = casesOf();
  console.log(`node ${process.version}, ${availableParallelism()} processors, load ${(loadavg()[0] ?? 0).toFixed(1)}`);
  console.log(`${RULES.toLocaleString("en")} rules of a policy; median of ${ROUNDS} rounds\n`);
  line(["compiling it", "compiler", "floor", "bytes"], 30);
  for (const { name, policy, fleet } of cases) {
    const { files } = compilePolicy(policy, fleet);
    const bytes = Object.values(files).reduce((sum, text) => sum + text.length, 0);
    line([name, time(() => compilePolicy(policy, fleet)), time(() => copy(files)), bytes.toLocaleString("en")], 30);
  }
  console.log();
  await benchReaders(cases);
}

void main();
