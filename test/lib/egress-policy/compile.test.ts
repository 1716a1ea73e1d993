import { createHash } from "node:crypto";

import * as fc from "fast-check";

import {
  compilePolicy,
  type EgressPolicy,
  FIRST_RULE_ID,
  type Fleet,
  MOST_WILDCARD_LABELS,
  POLICY_FORMAT,
  PolicyError,
} from "../../../lib/egress-policy";
import { denyingPolicy, NETWORKS } from "../../support/egress-policy/arbitraries";

const FLEET: Fleet = { mode: "one-arm", action: "ips", networks: NETWORKS };

const NOTHING: EgressPolicy = { default: "deny", discovery: false, allowDomains: [], allowCidrs: [], spokes: {} };

const EXAMPLE: EgressPolicy = {
  ...NOTHING,
  allowDomains: ["registry.example.com", "*.rancher.io", "*.eu.example.net"],
  allowCidrs: [
    { cidr: "198.51.100.0/24", protocol: "tcp", ports: [5432, "8000-8100"] },
    { cidr: "198.51.100.0/28", protocol: "tcp", ports: [22, "8000-8080"] },
    { cidr: "0.0.0.0/0", protocol: "udp", ports: [123] },
  ],
  spokes: { payments: { allowDomains: ["pay.example.com"], allowCidrs: [{ cidr: "192.0.2.7/32", protocol: "icmp" }] } },
};

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const filesOf = (policy: EgressPolicy, fleet: Fleet = FLEET): Readonly<Record<string, string>> =>
  compilePolicy(policy, fleet).files;

const rulesOf = (policy: EgressPolicy, fleet: Fleet = FLEET): readonly string[] =>
  (filesOf(policy, fleet)["policy.rules"] ?? "").split("\n").filter(Boolean);

const elementsOf = (policy: EgressPolicy, set: string): readonly string[] => {
  const [, elements = ""] =
    new RegExp(`set ${set} \\{[^}]*elements = \\{([^}]*)\\}`).exec(filesOf(policy)["policy.nft"] ?? "") ?? [];
  return elements.split(",").map((element) => element.trim());
};

describe("the files", () => {
  it("are all that an appliance needs", () => {
    expect(Object.keys(filesOf(EXAMPLE)).sort()).toEqual([
      "names-everybody-below-2.lst",
      "names-everybody-below-3.lst",
      "names-everybody-exact.lst",
      "names-spoke-payments-exact.lst",
      "networks",
      "policy.json",
      "policy.nft",
      "policy.rules",
    ]);
  });

  it("are described by one of them, with the digest that sha256sum's lines have", () => {
    const { files, digest } = compilePolicy(EXAMPLE, FLEET);
    const lines = Object.keys(files)
      .filter((name) => name !== "policy.json")
      .sort()
      .map((name) => `${sha256(files[name] ?? "")}  ${name}\n`);
    expect(JSON.parse(files["policy.json"] ?? "")).toEqual({
      version: POLICY_FORMAT,
      digest,
      rules: rulesOf(EXAMPLE).length,
      denies: true,
      spokes: 4,
      domains: 4,
      cidrs: 4,
    });
    expect(digest).toBe(sha256(lines.join("")));
  });

  it("say each spoke's ranges once, united", () => {
    const fleet: Fleet = { ...FLEET, networks: { own: ["10.20.0.0/17", "10.20.128.0/17"], b: ["10.30.0.0/16"] } };
    expect(filesOf(NOTHING, fleet).networks).toBe("10.30.0.0/16\n10.20.0.0/16\n");
  });

  it("hold names as Suricata loads them", () => {
    const list = (filesOf(EXAMPLE)["names-everybody-below-2.lst"] ?? "").split("\n");
    expect(list.map((line) => Buffer.from(line, "base64").toString())).toEqual(["rancher.io", ""]);
  });

  it("have names of sets that tell contents apart, which Suricata would not", () => {
    const setsOf = (policy: EgressPolicy) =>
      new Set(rulesOf(policy).flatMap((rule) => rule.match(/ringfence-[0-9a-f]+/g) ?? []));
    const before = setsOf(EXAMPLE);
    const after = setsOf({ ...EXAMPLE, allowDomains: [...EXAMPLE.allowDomains, "another.example.com"] });
    expect(before.size).toBe(4);
    // All but that of exact names stay.
    expect([...after].filter((name) => before.has(name))).toHaveLength(3);
    expect(after.size).toBe(4);
  });

  it("do not depend on the order of what is written, nor on repetition", () => {
    const shuffled = (policy: EgressPolicy) =>
      fc.record({
        allowDomains: fc.shuffledSubarray([...policy.allowDomains, ...policy.allowDomains], {
          minLength: 2 * policy.allowDomains.length,
        }),
        allowCidrs: fc.shuffledSubarray([...policy.allowCidrs], { minLength: policy.allowCidrs.length }),
        spokes: fc
          .shuffledSubarray(Object.entries(policy.spokes), { minLength: Object.keys(policy.spokes).length })
          .map((entries) => Object.fromEntries(entries)),
      });
    const twoOfOne = denyingPolicy.chain((policy) =>
      shuffled(policy).map((other) => [policy, { ...policy, ...other }] as const),
    );
    fc.assert(
      fc.property(twoOfOne, ([one, other]) => {
        const [before, after] = [filesOf(one), filesOf(other)];
        for (const name of Object.keys(before).filter((file) => file !== "policy.json")) {
          expect(after[name]).toBe(before[name]);
        }
        expect(compilePolicy(other, FLEET).digest).toBe(compilePolicy(one, FLEET).digest);
      }),
      { numRuns: 30 },
    );
  });
});

describe("the kernel's sets", () => {
  it("hold nothing twice, which the kernel would refuse", () => {
    expect(elementsOf(EXAMPLE, "everybody-ports")).toEqual([
      "198.51.100.0/24 . tcp . 5432",
      "198.51.100.0/24 . tcp . 8000-8100",
      "198.51.100.0/28 . tcp . 22",
      "0.0.0.0/0 . udp . 123",
    ]);
  });

  it("join ports that touch each other", () => {
    const policy: EgressPolicy = {
      ...NOTHING,
      allowCidrs: [
        { cidr: "192.0.2.0/24", protocol: "tcp", ports: ["10-20", 21, "15-30"] },
        { cidr: "192.0.2.0/24", protocol: "tcp", ports: [32, 31] },
      ],
    };
    expect(elementsOf(policy, "everybody-ports")).toEqual(["192.0.2.0/24 . tcp . 10-32"]);
  });
});

describe("Suricata's rules", () => {
  it("are numbered in order, above those of any public set", () => {
    const ids = rulesOf(EXAMPLE).map((rule) => Number(/ sid:(\d+);/.exec(rule)?.[1]));
    expect(ids).toEqual(ids.map((_, index) => FIRST_RULE_ID + index));
    expect(FIRST_RULE_ID).toBeGreaterThanOrEqual(1_000_000_000);
  });

  it("never say pass, behind which nothing else is looked at", () => {
    fc.assert(
      fc.property(denyingPolicy, (policy) => {
        expect(rulesOf(policy).filter((rule) => !/^(alert|drop) /.test(rule))).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it("say whose denials they are", () => {
    const denials = rulesOf(EXAMPLE).filter((rule) => rule.startsWith("drop"));
    const spokes = denials.map((rule) => /metadata:ringfence denied, spoke ([\w-]+);/.exec(rule)?.[1]);
    expect(new Set(spokes)).toEqual(new Set(["-", "own", "payments", "quiet", "search"]));
    const rehearsed = rulesOf({ ...EXAMPLE, discovery: true });
    expect(rehearsed.filter((rule) => rule.startsWith("drop"))).toEqual([]);
    expect(
      rehearsed.filter((rule) => rule.includes("metadata:ringfence would-deny, spoke payments;")).length,
    ).toBeGreaterThan(10);
  });

  it("drop nothing where Suricata has a copy only, and wait for no mark that would come late", () => {
    const rules = rulesOf({ ...EXAMPLE, default: "alert" }, { ...FLEET, action: "ids" });
    expect(rules.filter((rule) => rule.startsWith("drop"))).toEqual([]);
    expect(rules.filter((rule) => rule.includes("isnotset,ringfence.named"))).toEqual([]);
  });

  it("fit into what Suricata reads, with the most that an environment may have", () => {
    const ranges = Array.from(
      { length: 128 },
      (_, index) => `100.${100 + Math.floor(index / 64)}.${(index % 64) * 4}.0/24`,
    );
    const bases = Array.from({ length: MOST_WILDCARD_LABELS - 1 }, (_, index) =>
      Array.from({ length: index + 2 }, () => "label").join("."),
    );
    const domains = ["exact.example.com", ...bases.map((base) => `*.${base}`)];
    const cidrs = Array.from({ length: 2000 }, (_, index) => ({
      cidr: `198.${18 + (index >> 8)}.${index & 255}.128/25`,
      protocol: index % 2 === 0 ? ("tcp" as const) : ("udp" as const),
      ports: ["1-65535"],
    }));
    const allowance = { allowDomains: domains, allowCidrs: cidrs };
    const policy: EgressPolicy = { ...NOTHING, ...allowance, spokes: { own: allowance } };
    const rules = rulesOf(policy, { ...FLEET, networks: { own: ranges } });
    expect(Math.max(...rules.map((rule) => rule.length))).toBeLessThan(8192);
  });
});

describe("what cannot be compiled", () => {
  test.each<[what: string, policy: EgressPolicy, fleet: Fleet, message: RegExp]>([
    [
      "a domain that is none",
      { ...NOTHING, allowDomains: ["exa mple.com"] },
      FLEET,
      /"exa mple.com" is no domain: syntax/,
    ],
    ["a spoke that nobody knows", { ...NOTHING, spokes: { other: NOTHING } }, FLEET, /"other" is no spoke/],
    ["a spoke by the name of an object's own", { ...NOTHING, spokes: { constructor: NOTHING } }, FLEET, /is no spoke/],
    [
      "a range of IPv6",
      { ...NOTHING, allowCidrs: [{ cidr: "2001:db8::/32", protocol: "icmp" }] },
      FLEET,
      /is no IPv4 range/,
    ],
    [
      "TCP without ports",
      { ...NOTHING, allowCidrs: [{ cidr: "192.0.2.0/24", protocol: "tcp" }] },
      FLEET,
      /none is named/,
    ],
    [
      "ICMP with ports",
      { ...NOTHING, allowCidrs: [{ cidr: "192.0.2.0/24", protocol: "icmp", ports: [1] }] },
      FLEET,
      /no ports/,
    ],
    [
      "a port of none",
      { ...NOTHING, allowCidrs: [{ cidr: "192.0.2.0/24", protocol: "tcp", ports: [0] }] },
      FLEET,
      /0 is no port/,
    ],
    [
      "ports the wrong way",
      { ...NOTHING, allowCidrs: [{ cidr: "192.0.2.0/24", protocol: "tcp", ports: ["9-8"] }] },
      FLEET,
      /"9-8" is no port/,
    ],
    [
      "spokes in each other",
      NOTHING,
      { ...FLEET, networks: { own: ["10.0.0.0/8"], other: ["10.1.0.0/16"] } },
      /overlaps a range of/,
    ],
    [
      "a spoke's name that is none",
      NOTHING,
      { ...FLEET, networks: { "a}": ["10.0.0.0/8"] } },
      /is not the name of a spoke/,
    ],
    [
      "more ranges than fit into a rule",
      { ...NOTHING, allowDomains: ["a.example.com"] },
      {
        ...FLEET,
        networks: { own: Array.from({ length: 600 }, (_, index) => `10.${index >> 7}.${(index & 127) * 2}.0/24`) },
      },
      /more ranges than fit/,
    ],
  ])("%s", (_, policy, fleet, message) => {
    expect(() => compilePolicy(policy, fleet)).toThrow(PolicyError);
    expect(() => compilePolicy(policy, fleet)).toThrow(message);
  });

  /** What somebody might write who wants more than the policy says. */
  const hostile = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "a.com\n",
      'a.com"; sid:1;)',
      "a.com;",
      "*",
      "*.",
      "*.com",
      "**.a.com",
      "a.*.com",
      ".com",
      "a.com\npass ip any any -> any any",
      "a.com }",
      "0.0.0.0/0",
      "[::]",
    ),
    fc.tuple(fc.string({ maxLength: 3 }), fc.constantFrom("a.com", "*.a.com")).map(([text, base]) => `${text}${base}`),
    fc.tuple(fc.constantFrom("a.com", "*.a.com"), fc.string({ maxLength: 3 })).map(([base, text]) => `${base}${text}`),
  );

  it("is refused, or stands in a list of names and nowhere else", () => {
    const clean = filesOf({ ...NOTHING, allowDomains: ["b.org"] });
    fc.assert(
      fc.property(hostile, hostile, (written, cidr) => {
        const policies: readonly EgressPolicy[] = [
          { ...NOTHING, allowDomains: [written] },
          { ...NOTHING, spokes: { [written]: NOTHING } },
          { ...NOTHING, allowCidrs: [{ cidr, protocol: "tcp", ports: [written] }] },
        ];
        for (const policy of policies) {
          let files: Readonly<Record<string, string>>;
          try {
            files = filesOf(policy);
          } catch (error) {
            expect(error).toBeInstanceOf(PolicyError);
            continue;
          }
          const [domain = ""] = policy.allowDomains;
          expect(domain).toMatch(/^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
          expect(files["policy.nft"]).toBe(clean["policy.nft"]);
          expect(files["policy.rules"]).not.toContain(domain);
        }
      }),
      { numRuns: 100 },
    );
  });
});
