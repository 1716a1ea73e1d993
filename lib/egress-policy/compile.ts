import { createHash } from "node:crypto";

import { nftRules } from "./nftables";
import { type EgressPolicy, type Fleet, readPolicy } from "./policy";
import { SQUID_DOMAINS_FILE, squidDomains } from "./squid-domains";
import { nameRules } from "./suricata";

/** Version of the files' form; an appliance takes no other. */
export const POLICY_FORMAT = 1;

/** A policy as appliances take it. */
export interface CompiledPolicy {
  /** All files by name, `policy.json` among them; text in ASCII. */
  readonly files: Readonly<Record<string, string>>;
  /** SHA-256 of all files but `policy.json`, in hexadecimal: the same policy has the same. */
  readonly digest: string;
}

/**
 * Turns a policy into what nftables and Suricata read. The result depends on what the policy means and not on the order it is written in.
 * `README.md` of this folder says what the files are.
 *
 * @throws PolicyError for a policy or a fleet that cannot be read
 */
export function compilePolicy(policy: EgressPolicy, fleet: Fleet): CompiledPolicy {
  const read = readPolicy(policy, fleet);
  const { rules, count: ruleCount, sets } = nameRules(read, fleet);
  const networks = read.spokes.flatMap(({ sources }) => sources.map(({ text }) => text));
  const contents: Readonly<Record<string, string>> = {
    "policy.nft": nftRules(read, fleet),
    "policy.rules": rules,
    networks: networks.map((network) => `${network}\n`).join(""),
    ...Object.fromEntries(sets.map(({ file, text }) => [file, text])),
    ...(fleet.mode === "two-arm" && { [SQUID_DOMAINS_FILE]: squidDomains(read) }),
  };
  const names = Object.keys(contents).sort();
  // As sha256sum writes them.
  const digest = sha256(names.map((name) => `${sha256(contents[name] ?? "")}  ${name}\n`).join(""));
  const reaches = [read.all, ...read.spokes.map(({ own }) => own)];
  const count = (countOf: (reach: (typeof reaches)[number]) => number): number =>
    reaches.reduce((sum, reach) => sum + countOf(reach), 0);
  const description = {
    version: POLICY_FORMAT,
    digest,
    rules: ruleCount,
    denies: read.denies,
    spokes: read.spokes.length,
    domains: count(({ domains }) => domains.length),
    cidrs: count(({ tcp, udp, icmp }) => tcp.length + udp.length + icmp.length),
  };
  return { files: { ...contents, "policy.json": `${JSON.stringify(description, undefined, 2)}\n` }, digest };
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
