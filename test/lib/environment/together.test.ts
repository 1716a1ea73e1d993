import type { Environment } from "../../../lib/environment";
import { checkTogether } from "../../../lib/environment/together";
import { BALANCER, type Changes, changed, define, EDGE, edge, EXISTING_NETWORK, GONE, ZONE } from "./base";
import { FRONTS, lattice } from "./lattice-base";

/** The base environment under another name, with nothing that two environments cannot share, and some changes. */
const named = (name: string, changes: Changes = {}): Environment =>
  define(
    changed({ name, "rancher/loadBalancerArns": [], "allowlist/table": GONE, "allowlist/clusters": GONE, ...changes }),
  );

const sets = (ipv4Sets: number, quota = 100): Changes => ({ "allowlist/capacity": { ipv4Sets, ipv6Sets: 1, quota } });

describe("a load balancer", () => {
  const balancer = { "rancher/loadBalancerArns": [BALANCER] };

  it("stands in one environment only", () => {
    const faults = checkTogether([named("a", balancer), named("b"), named("c", balancer)]);
    expect(faults).toEqual([
      expect.stringContaining(`${BALANCER} stands in a and c, and a balancer carries one web ACL`),
    ]);
  });

  it("may stand in another that has no allowlist, and so no web ACL", () => {
    expect(checkTogether([named("a", balancer), named("b", { ...balancer, allowlist: GONE })])).toEqual([]);
  });
});

describe("a table", () => {
  const made = { "allowlist/table": { name: "clusters" } };
  const existing = {
    "allowlist/table": {
      existing: {
        name: "clusters",
        streamArn: "arn:aws:dynamodb:eu-central-1:111122223333:table/clusters/stream/2026-01-01T00:00:00.000",
        keySchema: "id",
      },
    },
  };
  const billing = { "allowlist/clusters": { billing: ["203.0.113.10/32"] } };

  it("is made by one environment only", () => {
    expect(checkTogether([named("a", made), named("b", made)])).toEqual([
      expect.stringMatching(/^allowlist\.table: a and b would each make the table clusters .*existing$/),
    ]);
    expect(checkTogether([named("a", made), named("b", existing)])).toEqual([]);
    expect(checkTogether([named("a"), named("b")])).toEqual([]);
  });

  it("may have a namesake in another Region", () => {
    const elsewhere = { ...made, "aws/region": "eu-west-1", "notify/alarmTopicArns": [] };
    expect(checkTogether([named("a", made), named("b", elsewhere)])).toEqual([]);
  });

  it("has one writer for each cluster", () => {
    expect(checkTogether([named("a", { ...made, ...billing }), named("b", { ...existing, ...billing })])).toEqual([
      expect.stringMatching(/^allowlist: a and b would each write billing into the table clusters /),
    ]);
    expect(checkTogether([named("a", billing), named("b", billing)])).toEqual([]);
  });

  it("has one writer for a cluster that another environment registers, and for what an environment writes of its own", () => {
    const registered = { "rancher/clusters": { billing: { egress: ["203.0.113.10/32"] } } };
    const own = { "allowlist/clusters": { "a-aws-egress": ["203.0.113.10/32"] } };
    expect(checkTogether([named("a", { ...made, ...billing }), named("b", { ...existing, ...registered })])).toEqual([
      expect.stringContaining("a and b would each write billing into the table clusters "),
    ]);
    expect(checkTogether([named("a", made), named("b", { ...existing, ...own })])).toEqual([
      expect.stringContaining("a and b would each write a-aws-egress into the table clusters "),
    ]);
    const unwritten = { "rancher/clusters": { billing: {} } };
    expect(checkTogether([named("a", { ...made, ...billing }), named("b", { ...existing, ...unwritten })])).toEqual([]);
  });
});

/** Each of these has two access sets and one for IPv6 besides. */
describe("the quota of IP sets", () => {
  it("is one for an account and Region", () => {
    expect(checkTogether([named("a", sets(47)), named("b", sets(47))])).toEqual([]);
    expect(checkTogether([named("a", sets(47)), named("b", sets(48))])).toEqual([
      expect.stringMatching(
        /^allowlist\.capacity: a and b share an account and Region and need 101 IP sets together, and it may have 100;/,
      ),
    ]);
  });

  it("is the highest that one of them names", () => {
    expect(checkTogether([named("a", sets(60, 150)), named("b", sets(60))])).toEqual([]);
    expect(checkTogether([named("a", sets(90, 150)), named("b", sets(60))])).toHaveLength(1);
  });

  it("is each account's and each Region's own", () => {
    const elsewhere = {
      ...sets(90),
      "aws/region": "eu-west-1",
      "notify/alarmTopicArns": [],
    };
    const otherAccount = { ...sets(90), "aws/accountId": "999922223333", "aws/assumeRole": GONE };
    expect(checkTogether([named("a", sets(90)), named("b", elsewhere), named("c", otherAccount)])).toEqual([]);
  });

  it("does not count environments without an allowlist", () => {
    expect(checkTogether([named("a", sets(90)), named("b", { allowlist: GONE })])).toEqual([]);
  });
});

describe("a DNS record", () => {
  const record = { zoneId: ZONE, target: "10.20.30.40" };

  it("of a domain is made by one environment only", () => {
    expect(checkTogether([named("a", edge({ zoneId: ZONE })), named("b"), named("c", edge({ zoneId: ZONE }))])).toEqual(
      [
        `wallarm, lattice: a and c would each make the record api.example.com in the zone ${ZONE}; leave the zone to one of them`,
      ],
    );
  });

  it("of an upstream is made by one environment only", () => {
    const shop = { ...EDGE, domain: "shop.example.com", upstreamRecord: record };
    expect(checkTogether([named("a", edge({ upstreamRecord: record })), named("b", { wallarm: { shop } })])).toEqual([
      expect.stringContaining("a and b would each make the record kong.internal.example.com"),
    ]);
  });

  it("may have a namesake in another zone, and an edge that leaves it alone", () => {
    const elsewhere = edge({ zoneId: `${ZONE}2`, upstreamRecord: { ...record, zoneId: `${ZONE}3` } });
    const here = edge({ zoneId: ZONE, upstreamRecord: record });
    expect(checkTogether([named("a", here), named("b", elsewhere), named("c", edge())])).toEqual([]);
  });
});

describe("VPC Lattice", () => {
  const zoned = (zoneId: string): Changes => lattice({ ingress: { kind: "fleet", zoneId } });

  it("has the record of a host in one environment only, or of an edge", () => {
    const shop = { wallarm: { shop: { ...EDGE, domain: "shop.example.com", zoneId: ZONE } } };
    expect(checkTogether([named("a", zoned(ZONE)), named("b", shop), named("c", zoned(`${ZONE}2`))])).toEqual([
      expect.stringContaining(`a and b would each make the record shop.example.com in the zone ${ZONE}`),
    ]);
  });

  it("has one association with a VPC", () => {
    const there = { "aws/network": { existing: EXISTING_NETWORK } };
    const inside = lattice({ "services/shop/targets/web/ids": ["10.40.0.10"] });
    const faults = checkTogether([
      named("a", { ...inside, ...there }),
      named("b", { ...inside, ...there, "lattice/reach": "endpoint" }),
      named("c", { ...inside, ...there }),
      named("d", lattice()),
      named("e", there),
    ]);
    expect(faults).toEqual([
      expect.stringMatching(/^lattice\.reach: a and c would each associate vpc-0123456789abcdef0 /),
    ]);
  });
});

describe("API Gateway", () => {
  const behind = (front: keyof typeof FRONTS, changes: Changes = {}): Changes =>
    lattice({ ingress: FRONTS[front], ...changes });

  it("answers for a host once in a Region, whatever kind of API it is", () => {
    const faults = checkTogether([
      named("a", behind("httpApi")),
      named("b", behind("restApi")),
      named("c", behind("alb")),
      named("d", behind("httpApi", { hosts: { "other.example.com": { service: "shop" } } })),
      named("e", lattice()),
    ]);
    expect(faults).toEqual([
      expect.stringMatching(/^lattice\.hosts: a and b would each .* shop\.example\.com in eu-central-1/),
    ]);
  });

  it("has one role for logs in an account and Region", () => {
    const made = behind("restApi", { ingress: { ...FRONTS.restApi, accountLogRole: "made" } });
    const hosts = (name: string) => ({ "lattice/hosts": { [`${name}.example.com`]: { service: "shop" } } });
    const faults = checkTogether([
      named("a", { ...made, ...hosts("a") }),
      named("b", { ...made, ...hosts("b") }),
      named("c", { ...behind("restApi"), ...hosts("c") }),
    ]);
    expect(faults).toEqual([expect.stringMatching(/^lattice\.ingress\.accountLogRole: a and b would each set/)]);
  });
});

describe("a firewall policy of Azure", () => {
  const id = "11111111-2222-3333-4444-555555555555";
  const resource = (path: string): string => `/subscriptions/${id}/resourceGroups/network/providers/${path}`;
  const vnet = resource("Microsoft.Network/virtualNetworks/main");
  const clusters: Changes = {
    azure: {
      tenantId: id,
      subscriptionId: id,
      location: "westeurope",
      monitoring: { workspaceId: resource("Microsoft.OperationalInsights/workspaces/main") },
      network: {
        existing: {
          vnetId: vnet,
          cidr: "10.50.0.0/16",
          firewallPolicyId: resource("Microsoft.Network/firewallPolicies/main"),
          egress: ["203.0.113.7/32"],
          clusters: { payments: { nodeSubnetId: `${vnet}/subnets/nodes` } },
        },
      },
    },
    aks: {
      payments: { slot: 0, kubernetesVersion: "1.32", apiServer: { access: "private" }, adminGroupIds: [id] },
    },
  };

  it("has the clusters of one environment only", () => {
    expect(checkTogether([named("a", clusters), named("b", clusters)])).toEqual([
      expect.stringMatching(
        /^azure\.network\.existing\.firewallPolicyId: a and b would each write .* one environment$/,
      ),
    ]);
  });

  it("may be named by others that have no cluster", () => {
    expect(checkTogether([named("a", clusters), named("b", { ...clusters, aks: GONE })])).toEqual([]);
  });
});

describe("a spoke of inspection", () => {
  const sha256 = "0123456789abcdef".repeat(4);
  const file = { url: "https://artifacts.example.com/file", sha256 };
  const withSpoke = (attachmentId: string): Changes => ({
    "aws/network/egress": "inspection",
    inspection: {
      network: { cidr: "10.30.0.0/20" },
      spokes: { payments: { attachmentId, cidrs: ["10.50.0.0/16"] } },
      image: { plain: "ubuntu-24.04", gwlbtun: file, cloudwatchAgent: file },
    },
  });
  const [one, other] = [withSpoke("tgw-attach-0123456789abcdef0"), withSpoke("tgw-attach-0123456789abcdef1")];

  it("leaves through one environment only", () => {
    expect(checkTogether([named("a", one), named("b"), named("c", one)])).toEqual([
      "inspection.spokes: tgw-attach-0123456789abcdef0 stands in a and c, and an attachment has one way out; leave it in one of them",
    ]);
  });

  it("may have the ranges and the name of another's", () => {
    expect(checkTogether([named("a", one), named("b", other)])).toEqual([]);
  });
});

describe("a cluster in Rancher", () => {
  const id = "11111111-2222-3333-4444-555555555555";
  const search: Changes = { "rancher/clusters": { search: {} } };
  const payments: Changes = {
    azure: {
      tenantId: id,
      subscriptionId: id,
      location: "westeurope",
      network: { cidr: "10.40.0.0/16", firewall: { publicIps: ["primary"] } },
    },
    aks: {
      payments: {
        slot: 0,
        kubernetesVersion: "1.32",
        apiServer: { access: "private" },
        adminGroupIds: [id],
        rancher: { agent: "manual" },
      },
    },
  };

  it("is registered by one environment only, however each spells the server", () => {
    const elsewhere = { ...search, "rancher/url": "https://Rancher.example.com:443/" };
    expect(checkTogether([named("a", search), named("b"), named("c", elsewhere)])).toEqual([
      "rancher: a and c would each register the cluster search at rancher.example.com; leave it in one of them",
    ]);
  });

  it("may have a namesake at another server", () => {
    for (const url of ["https://rancher.example.org", "https://rancher.example.com:8443"]) {
      expect(checkTogether([named("a", search), named("b", { ...search, "rancher/url": url })])).toEqual([]);
    }
  });

  it("of AKS has its environment's name before its own, which no other environment's cluster may be called", () => {
    const guest = { "rancher/clusters": { "a-aks-payments": {} } };
    expect(checkTogether([named("a", payments), named("b", payments)])).toEqual([]);
    expect(checkTogether([named("a", payments), named("b", guest)])).toEqual([
      expect.stringContaining("a and b would each register the cluster a-aks-payments at rancher.example.com"),
    ]);
    const unregistered = { ...payments, "aks/payments/rancher": GONE };
    expect(checkTogether([named("a", unregistered), named("b", guest)])).toEqual([]);
  });
});
