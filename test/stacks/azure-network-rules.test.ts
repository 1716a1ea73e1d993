import { type AzureNetworkChanges, buildAzureNetwork } from "../support/azure-network";
import { objectsOf, textsIn } from "../support/json";
import type { Template } from "../support/template";

type Rules = NonNullable<NonNullable<AzureNetworkChanges["firewall"]>["rules"]>;

const RANCHER = { rancher: { url: "https://rancher.example.com:8443/" } };

const templateOf = (changes: AzureNetworkChanges = {}): Template => buildAzureNetwork(changes).template;
const withRules = (rules: Rules): Template => templateOf({ firewall: { rules } });

function rulesOf(template: Template, group: string, kind: "application" | "network") {
  const { attributes } = template.resource("azurerm_firewall_policy_rule_collection_group", { name: group });
  const collections = attributes[`${kind}_rule_collection`];
  return collections === undefined ? [] : objectsOf(collections).flatMap(({ rule }) => objectsOf(rule));
}

const groupsOf = (template: Template): readonly unknown[] =>
  template.resources("azurerm_firewall_policy_rule_collection_group").map(({ attributes }) => attributes.name);

const fqdnsOf = (template: Template, group: string): readonly string[] =>
  rulesOf(template, group, "application").flatMap((rule) => textsIn(rule.destination_fqdns));

describe("what clusters need", () => {
  const network = templateOf({ clusters: { payments: { defender: true } }, sections: RANCHER });
  const needed = ["aks", "monitoring", "rancher"];

  it("is there before there is any cluster", () => {
    expect(groupsOf(templateOf({ sections: RANCHER }))).toEqual(needed);
  });

  it("of AKS is the list that Microsoft keeps", () => {
    expect(rulesOf(network, "aks", "application")).toContainEqual(
      expect.objectContaining({
        destination_fqdn_tags: ["AzureKubernetesService"],
        protocols: [
          { type: "Https", port: 443 },
          { type: "Http", port: 80 },
        ],
      }),
    );
  });

  it("of Defender is open where a cluster has it", () => {
    expect(fqdnsOf(network, "aks")).toContain("*.cloud.defender.microsoft.com");
    const without = templateOf({ clusters: { payments: { defender: false } } });
    expect(fqdnsOf(without, "aks")).not.toContain("*.cloud.defender.microsoft.com");
  });

  it("of security patches is where Ubuntu keeps them, for the clusters that take these", () => {
    const upgrade = { nodeOsChannel: "SecurityPatch" } as const;
    const others = { slot: 1, upgrade: { nodeOsChannel: "NodeImage" } } as const;
    expect(fqdnsOf(templateOf({ clusters: { payments: { upgrade }, shop: others } }), "aks")).toContain(
      "snapshot.ubuntu.com",
    );
    expect(fqdnsOf(templateOf({ clusters: { shop: others } }), "aks")).not.toContain("snapshot.ubuntu.com");
  });

  it("of Rancher is its server at its port, and the registries of its agent's images", () => {
    const [server] = rulesOf(network, "rancher", "application");
    expect(server).toMatchObject({
      destination_fqdns: ["rancher.example.com"],
      protocols: [{ type: "Https", port: 8443 }],
    });
    expect(fqdnsOf(network, "rancher")).toEqual(
      expect.arrayContaining([
        "auth.docker.io",
        "registry-1.docker.io",
        "production.cloudflare.docker.com",
        "production.cloudfront.docker.com",
        "docker-images-prod.6aa30f8b08e16409b46e0173d6de2f56.r2.cloudflarestorage.com",
      ]),
    );
    const usual = templateOf({ sections: { rancher: { url: "https://rancher.example.com" } } });
    expect(rulesOf(usual, "rancher", "application")[0]?.protocols).toEqual([{ type: "Https", port: 443 }]);
  });

  it("has no rules for Rancher where there is none", () => {
    expect(groupsOf(templateOf())).toEqual(["aks", "monitoring"]);
  });

  it("leaves from the VNet only, and to named destinations only", () => {
    for (const group of needed) {
      for (const kind of ["application", "network"] as const) {
        for (const rule of rulesOf(network, group, kind)) {
          expect(rule.source_addresses).toEqual(["10.40.0.0/16"]);
          const destinations = ["destination_fqdns", "destination_fqdn_tags", "destination_addresses"].flatMap((key) =>
            textsIn(rule[key]),
          );
          expect(destinations.length).toBeGreaterThan(0);
          expect(destinations.filter((text) => /^(\*|0\.0\.0\.0\/0|Internet|\*\.[^.]+)$/.test(text))).toEqual([]);
        }
      }
    }
  });

  it("has a priority of its own in each group", () => {
    const all = withRules({ application: { one: { fqdns: ["a.example"] } } });
    const priorities = all
      .resources("azurerm_firewall_policy_rule_collection_group")
      .map(({ attributes }) => attributes.priority);
    expect(new Set(priorities).size).toBe(priorities.length);
  });
});

describe("rules of the user's own", () => {
  it("make no group where there are none", () => {
    expect(groupsOf(templateOf())).not.toContain("own");
  });

  it("make no empty collection, which Azure refuses", () => {
    const only = withRules({ network: { dns: { destinations: { cidrs: ["192.0.2.53/32"] }, ports: ["53"] } } });
    const { attributes } = only.resource("azurerm_firewall_policy_rule_collection_group", { name: "own" });
    expect(attributes.application_rule_collection).toBeUndefined();
  });

  it("go by host name, from the VNet unless they say otherwise", () => {
    const template = withRules({
      application: {
        payments: {
          sources: { cidrs: ["10.40.16.0/21"] },
          fqdns: ["*.example.com"],
          protocols: ["https:8443", "http:80"],
        },
        windows: { fqdnTags: ["WindowsUpdate"] },
        database: { fqdns: ["db.example.com"], protocols: ["mssql:1433"] },
      },
    });
    expect(rulesOf(template, "own", "application")).toEqual([
      {
        name: "payments",
        source_addresses: ["10.40.16.0/21"],
        destination_fqdns: ["*.example.com"],
        protocols: [
          { type: "Https", port: 8443 },
          { type: "Http", port: 80 },
        ],
      },
      {
        name: "windows",
        source_addresses: ["10.40.0.0/16"],
        destination_fqdn_tags: ["WindowsUpdate"],
        protocols: [{ type: "Https", port: 443 }],
      },
      {
        name: "database",
        source_addresses: ["10.40.0.0/16"],
        destination_fqdns: ["db.example.com"],
        protocols: [{ type: "Mssql", port: 1433 }],
      },
    ]);
  });

  it("go by address and port, service tag, or name", () => {
    const template = withRules({
      network: {
        ranges: { destinations: { cidrs: ["203.0.113.0/24"] }, ports: ["443", "9000-9100"], protocols: ["TCP", "UDP"] },
        tag: { destinations: { serviceTags: ["Storage.WestEurope"] }, ports: ["443"] },
        names: { destinations: { fqdns: ["ntp.example.com"] }, ports: ["123"], protocols: ["UDP"] },
        all: { destinations: { cidrs: ["0.0.0.0/0"] }, ports: ["*"], reason: "measured for the audit of 2026" },
      },
    });
    expect(rulesOf(template, "own", "network")).toMatchObject([
      {
        name: "ranges",
        source_addresses: ["10.40.0.0/16"],
        destination_addresses: ["203.0.113.0/24"],
        destination_ports: ["443", "9000-9100"],
        protocols: ["TCP", "UDP"],
      },
      { name: "tag", destination_addresses: ["Storage.WestEurope"], protocols: ["TCP"] },
      { name: "names", destination_fqdns: ["ntp.example.com"], destination_ports: ["123"], protocols: ["UDP"] },
      { name: "all", destination_addresses: ["*"], description: "measured for the audit of 2026" },
    ]);
  });

  it("go by IP groups, which are made one after another and go after the rules that name them", () => {
    const template = withRules({
      network: {
        partners: { sources: { ipGroups: ["batch"] }, destinations: { ipGroups: ["partners"] }, ports: ["443"] },
      },
      ipGroups: { batch: ["10.40.16.0/21"], partners: ["203.0.113.0/24", "198.51.100.7/32"] },
    });
    const [batch, partners] = template.resources("azurerm_ip_group");
    expect(partners?.attributes).toMatchObject({
      cidrs: ["203.0.113.0/24", "198.51.100.7/32"],
      depends_on: [batch?.address],
      lifecycle: { create_before_destroy: true },
    });
    const [rule] = rulesOf(template, "own", "network");
    expect(rule).toMatchObject({
      source_ip_groups: [`\${${batch?.address}.id}`],
      destination_ip_groups: [`\${${partners?.address}.id}`],
    });
    expect(rule?.source_addresses).toBeUndefined();
  });
});
