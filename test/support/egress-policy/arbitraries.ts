import * as fc from "fast-check";

import type { AllowedCidr, Allowance, EgressPolicy } from "../../../lib/egress-policy";
import type { Attempt, Speech } from "./meaning";

/** Spokes whose ranges touch each other, and one that no policy speaks of. */
export const NETWORKS = {
  own: ["10.20.0.0/16"],
  payments: ["10.21.0.0/17", "10.50.7.0/24"],
  search: ["10.21.128.0/17"],
  quiet: ["10.60.0.0/24"],
} as const;

const SOURCES = [
  "10.20.0.0",
  "10.20.255.255",
  "10.21.0.0",
  "10.21.127.255",
  "10.21.128.0",
  "10.50.7.9",
  "10.50.8.0",
  "10.60.0.1",
  "10.19.255.255",
];

/** Few labels, so that names come near each other. */
const label = fc.constantFrom("a", "b", "www", "example", "xn--bcher-kva", "com", "net");
const name = fc.array(label, { minLength: 2, maxLength: 5 }).map((labels) => labels.join("."));
const domain = fc.tuple(fc.boolean(), name).map(([isWildcard, base]) => (isWildcard ? `*.${base}` : base));

/** Ranges in and beside each other, and single addresses in them. */
const RANGES = [
  "0.0.0.0/0",
  "192.0.2.0/24",
  "192.0.2.0/25",
  "192.0.2.128/25",
  "192.0.2.7/32",
  "192.0.2.8/29",
  "192.0.3.0/24",
  "198.51.100.4/30",
  "10.21.0.0/16",
];
const ADDRESSES = [
  "192.0.1.255",
  "192.0.2.0",
  "192.0.2.7",
  "192.0.2.8",
  "192.0.2.15",
  "192.0.2.16",
  "192.0.2.127",
  "192.0.2.128",
  "192.0.3.0",
  "192.0.4.0",
  "198.51.100.3",
  "198.51.100.4",
  "198.51.100.8",
  "10.21.3.4",
  "255.255.255.255",
];

const PORTS = [1, 22, 53, 79, 80, 81, 443, 444, 5432, 8000, 8100, 8101, 65_535];
const port = fc.constantFrom(...PORTS);
const ports = fc.oneof(
  { weight: 3, arbitrary: port },
  {
    weight: 1,
    arbitrary: fc
      .uniqueArray(port, { minLength: 2, maxLength: 2 })
      .map(([one = 1, other = 2]) => `${Math.min(one, other)}-${Math.max(one, other)}`),
  },
);

const allowedCidr: fc.Arbitrary<AllowedCidr> = fc.oneof(
  fc.record({ cidr: fc.constantFrom(...RANGES), protocol: fc.constant("icmp" as const) }),
  fc.record({
    cidr: fc.constantFrom(...RANGES),
    protocol: fc.constantFrom("tcp" as const, "udp" as const),
    ports: fc.array(ports, { minLength: 1, maxLength: 3 }),
  }),
);

const allowance: fc.Arbitrary<Allowance> = fc.record({
  allowDomains: fc.array(domain, { maxLength: 5 }),
  allowCidrs: fc.array(allowedCidr, { maxLength: 4 }),
});

/** Policies for {@link NETWORKS} that deny. */
export const denyingPolicy: fc.Arbitrary<EgressPolicy> = fc
  .tuple(allowance, fc.dictionary(fc.constantFrom("own", "payments", "search"), allowance, { maxKeys: 3 }))
  .map(([all, spokes]) => ({ default: "deny", discovery: false, ...all, spokes }));

/** What comes near a name without being it, or with. */
const nearly = fc.constantFrom<(name: string) => string>(
  (text) => text,
  (text) => text,
  (text) => `a.${text}`,
  (text) => `b.a.${text}`,
  (text) => `a${text}`,
  (text) => `.${text}`,
  (text) => `a..${text}`,
  (text) => text.split(".").slice(1).join("."),
  (text) => `${text}.com`,
  (text) => `${text}.`,
  (text) => text.toUpperCase(),
  (text) => text.replace("x", "X"),
  (text) => text.replace("xn--bcher-kva", "bücher"),
  (text) => text.slice(0, -1),
  () => "192.0.2.7",
);

/** Names of a policy and what comes near them, and others. */
function nameNear({ allowDomains, spokes }: EgressPolicy): fc.Arbitrary<string> {
  const written = [...allowDomains, ...Object.values(spokes).flatMap((spoke) => spoke.allowDomains)];
  const bases = written.map((text) => text.replace(/^\*\./, ""));
  const base = bases.length === 0 ? name : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...bases) }, name);
  return fc.tuple(base, nearly).map(([text, change]) => change(text));
}

function speech(policy: EgressPolicy): fc.Arbitrary<Speech> {
  const said = nameNear(policy).map((text) => Buffer.from(text).toString("latin1"));
  return fc.oneof(
    fc.record({ kind: fc.constant("tls" as const), name: fc.option(said, { nil: undefined, freq: 8 }) }),
    fc.record({
      kind: fc.constant("http" as const),
      hosts: fc.array(fc.option(said, { nil: undefined, freq: 8 }), { minLength: 1, maxLength: 2 }),
    }),
    // A name on the wire has no empty label.
    fc.record({ kind: fc.constant("dns" as const), name: said.filter((text) => !/^$|^\.|\.\.|\.$/.test(text)) }),
    fc.constant({ kind: "noise" as const }),
  );
}

/** Attempts that a policy has something to say about. */
export function attemptsAt(policy: EgressPolicy, count: number): fc.Arbitrary<readonly Attempt[]> {
  const attempt = fc
    .record({
      from: fc.constantFrom(...SOURCES),
      to: fc.constantFrom(...ADDRESSES),
      protocol: fc.constantFrom("tcp" as const, "tcp" as const, "udp" as const, "icmp" as const),
      port: fc.oneof(fc.constantFrom(443, 80, 53), port),
      says: speech(policy),
    })
    .map((fields): Attempt => (fields.protocol === "icmp" ? { ...fields, port: 0, says: { kind: "noise" } } : fields));
  return fc.array(attempt, { minLength: count, maxLength: count });
}
