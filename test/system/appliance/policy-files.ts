import { createHash } from "node:crypto";

import { strToU8, zipSync } from "fflate";

export type PolicyFiles = Readonly<Record<string, string>>;

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** As README.md has it. */
export function digestOf(files: PolicyFiles): string {
  const names = Object.keys(files)
    .filter((name) => name !== "policy.json")
    .sort();
  return sha256(names.map((name) => `${sha256(files[name] ?? "")}  ${name}\n`).join(""));
}

/** A policy's object, in base64. `about`: what `policy.json` says otherwise than it is. */
export function pack(files: PolicyFiles, about: Readonly<Record<string, unknown>> = {}): string {
  const rules = (files["policy.rules"] ?? "").split("\n").filter((line) => /^(alert|drop|pass) /.test(line)).length;
  const json = JSON.stringify({ version: 1, digest: digestOf(files), rules, ...about });
  const all = Object.entries({ ...files, "policy.json": json }).map(([name, text]) => [name, strToU8(text)] as const);
  return Buffer.from(zipSync(Object.fromEntries(all))).toString("base64");
}

/** A policy by hand, so that the appliance is tested by what its contract says, whoever compiles: a spoke's names, and its ways by address. */
export function policyByHand(
  names: readonly string[],
  ways: readonly string[],
  verdict: "denied" | "would-deny" = "denied",
): PolicyFiles {
  const refuse = verdict === "denied" ? "counter drop" : "meta mark set meta mark or 0x10000 accept";
  const action = verdict === "denied" ? "drop" : "alert";
  const rule = (sid: number, kind: string, buffer: string, what: string): string =>
    `${action} ${kind} (msg:"policy: ${what} of no list"; flow:to_server; ${buffer}; dataset:isnotset,names,type string,load names.lst; ` +
    `sid:${1_000_000_000 + sid}; rev:1; metadata:ringfence ${verdict}, spoke own;)\n`;
  return {
    "policy.nft": `add table inet ringfence-policy
delete table inet ringfence-policy
table inet ringfence-policy {
  set ways {
    type ipv4_addr . inet_proto . inet_service; flags interval
    elements = { ${["0.0.0.0/0 . tcp . 443", "0.0.0.0/0 . tcp . 80", "0.0.0.0/0 . tcp . 53", "0.0.0.0/0 . udp . 53", ...ways].join(", ")} }
  }
  chain forward {
    type filter hook forward priority filter - 10; policy accept;
    iifname != "gwi-*" accept
    ct state established,related meta mark set meta mark or 0x10000 accept
    ct state new ip saddr 10.50.0.0/16 ip daddr . meta l4proto . th dport @ways meta mark set meta mark or 0x10000 accept
    limit rate 10/second burst 50 packets log prefix "${verdict} own" group 17 snaplen 128
    ${refuse}
  }
}
`,
    "policy.rules":
      rule(1, "tls $HOME_NET any -> any 443", "tls.sni", "a server") +
      rule(2, "http $HOME_NET any -> any 80", "http.host", "a host") +
      rule(3, "dns $HOME_NET any -> any any", "dns.query", "a name asked for"),
    "names.lst": names.map((name) => `${Buffer.from(name).toString("base64")}\n`).join(""),
    networks: "10.50.0.0/16\n10.20.0.0/16\n",
  };
}
