import { type AzureNetworkChanges, buildAzureNetwork } from "../support/azure-network";
import { dependenciesOf } from "../support/dependencies";
import { objectsOf, textsIn } from "../support/json";
import type { Template } from "../support/template";

const templateOf = (changes: AzureNetworkChanges = {}): Template => buildAzureNetwork(changes).template;

/** Names of the public IPs that the firewall uses, in its order. */
const usedBy = (template: Template): readonly unknown[] =>
  objectsOf(template.resource("azurerm_firewall").attributes.ip_configuration).map(({ name }) => name);

const rangesOf = (template: Template, ending: string): readonly string[] =>
  template
    .resources("azurerm_public_ip")
    .filter(({ logicalId }) => logicalId.endsWith(ending))
    .map(({ address }) => `\${${address}.ip_address}/32`);

describe("the firewall", () => {
  const firewall = templateOf().resource("azurerm_firewall").attributes;

  it("stands in all zones, or where it is told to", () => {
    expect(firewall.zones).toEqual(["1", "2", "3"]);
    expect(templateOf({ firewall: { zones: [2] } }).resource("azurerm_firewall").attributes.zones).toEqual(["2"]);
    expect(templateOf({ firewall: { zones: [] } }).resource("azurerm_firewall").attributes.zones).toBeUndefined();
  });

  it("refuses what Microsoft knows as a threat, by policy and by itself", () => {
    expect(firewall.threat_intel_mode).toBe("Deny");
    const policy = templateOf().resource("azurerm_firewall_policy");
    expect(policy.attributes).toMatchObject({ threat_intelligence_mode: "Deny", dns: { proxy_enabled: true } });
    expect(firewall.firewall_policy_id).toBe(`\${${policy.address}.id}`);
  });

  it("leaves it to the policy, whatever Azure says of the firewall itself", () => {
    expect(firewall.lifecycle).toEqual({ ignore_changes: ["threat_intel_mode"] });
  });

  it.each([
    [{ tier: "Standard" }, undefined],
    [{ tier: "Premium" }, { mode: "Deny" }],
    [{ tier: "Premium", intrusionDetection: "Alert" }, { mode: "Alert" }],
  ] as const)("with %j detects intrusions: %j", (wanted, detection) => {
    const template = templateOf({ firewall: wanted });
    expect(template.resource("azurerm_firewall").attributes.sku_tier).toBe(wanted.tier);
    expect(template.resource("azurerm_firewall_policy").attributes).toMatchObject({ sku: wanted.tier });
    expect(template.resource("azurerm_firewall_policy").attributes.intrusion_detection).toEqual(detection);
  });

  it("changes its tier with another policy, that has all rules before the firewall lets go of the old one", () => {
    const [standard, premium] = (["Standard", "Premium"] as const).map((tier) =>
      templateOf({ firewall: { tier } }).resource("azurerm_firewall_policy"),
    );
    expect(premium?.address).toBe(standard?.address);
    // Azure has one policy of a name, and keeps one that is in use.
    expect(premium?.attributes.name).not.toBe(standard?.attributes.name);
    const groups = templateOf().resources("azurerm_firewall_policy_rule_collection_group");
    for (const { attributes } of [...groups, templateOf().resource("azurerm_firewall_policy")]) {
      expect(attributes.lifecycle).toMatchObject({ create_before_destroy: true });
    }
  });

  it("has its subnet with the primary address, first wherever the file names it, and with no other", () => {
    const template = templateOf({ firewall: { publicIps: ["second", "primary", "third"] } });
    expect(usedBy(template)).toEqual(["primary", "second", "third"]);
    const subnets = objectsOf(template.resource("azurerm_firewall").attributes.ip_configuration).map(
      ({ subnet_id: subnet }) => subnet,
    );
    expect(subnets).toEqual(["${azurerm_subnet.firewall-subnet.id}", undefined, undefined]);
    template.resource("azurerm_subnet", { name: "AzureFirewallSubnet" });
  });

  it("waits for all rules, which are written one after another", () => {
    const template = templateOf({
      firewall: { rules: { application: { one: { fqdns: ["a.example"] } } } },
      sections: { rancher: { url: "https://rancher.example.com" } },
    });
    const groups = template.resources("azurerm_firewall_policy_rule_collection_group");
    expect(groups).toHaveLength(4);
    expect(template.resource("azurerm_firewall").attributes.depends_on).toEqual(
      expect.arrayContaining(groups.map(({ address }) => address)),
    );
    // Of any two groups one waits for the other.
    const reach = new Map(groups.map((group) => [group.address, dependenciesOf(template, group)]));
    for (const one of groups) {
      for (const other of groups.filter((group) => group !== one)) {
        const isOrdered =
          reach.get(one.address)?.includes(other.address) !== reach.get(other.address)?.includes(one.address);
        expect([one.address, other.address, isOrdered]).toEqual([one.address, other.address, true]);
      }
    }
  });
});

describe("public addresses", () => {
  const three = templateOf({ firewall: { publicIps: ["primary", "second", "third"] } });

  it("are fixed, and outlive their use", () => {
    for (const { attributes } of three.resources("azurerm_public_ip")) {
      expect(attributes).toMatchObject({ sku: "Standard", allocation_method: "Static" });
      // Without it Terraform would release an address that the firewall still uses, which Azure refuses.
      expect(attributes.lifecycle).toMatchObject({ create_before_destroy: true });
    }
  });

  it("stay when another comes or goes", () => {
    const two = templateOf({ firewall: { publicIps: ["primary", "third"] } });
    const addresses = (template: Template) =>
      new Map(template.resources("azurerm_public_ip").map(({ address, attributes }) => [address, attributes]));
    expect(addresses(two).size).toBe(2);
    for (const [address, attributes] of addresses(two)) expect(addresses(three).get(address)).toEqual(attributes);
  });

  /** What Azure cannot change of an address or of a prefix where it stands. */
  const keptOf = (template: Template) =>
    [...template.resources("azurerm_public_ip"), ...template.resources("azurerm_public_ip_prefix")].map(
      ({ address, attributes }) => ({ address, name: attributes.name, zones: attributes.zones }),
    );

  it.each([[[1]], [[1, 2]], [[2, 3]]] as const)(
    "stand in all zones, as Azure has them do, behind a firewall in %j, and stay when that moves",
    (zones) => {
      const everywhere = { publicIps: ["primary", "second"], publicIpPrefixLength: 31 };
      const here = templateOf({ firewall: { ...everywhere, zones: [...zones] } });
      expect(here.resource("azurerm_firewall").attributes.zones).toEqual(zones.map(String));
      expect(keptOf(here).map((kept) => kept.zones)).toEqual([0, 1, 2].map(() => ["1", "2", "3"]));
      expect(keptOf(here)).toEqual(keptOf(templateOf({ firewall: everywhere })));
    },
  );

  it("that cannot stay are made under other names, since the old ones go only after them", () => {
    const firewalls = [
      {},
      { zones: [] },
      { publicIpPrefixLength: 31 },
      { publicIpPrefixLength: 30 },
      { zones: [], publicIpPrefixLength: 30 },
    ];
    const all = firewalls.map((firewall) => keptOf(templateOf({ firewall })));
    const names = all.flatMap((kept) => kept.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
    // Of one kind or of another, it is the same resource to Terraform.
    expect(new Set(all.flatMap((kept) => kept.map(({ address }) => address))).size).toBe(2);
    // Not even one that the user calls as another would be called with its kind behind it.
    const labels = ["primary", "primary-zoneless", "primary-prefix31", "prefix-prefix31"];
    const called = keptOf(templateOf({ firewall: { publicIps: labels } })).map(({ name }) => name);
    expect(called.filter((name) => names.includes(name))).toEqual(["test-firewall-primary"]);
  });

  it("are what others admit, each as a range of one", () => {
    const { template, outputs } = buildAzureNetwork({ firewall: { publicIps: ["primary", "second"] } });
    expect(template.output("egress-cidrs").value).toEqual(rangesOf(template, ""));
    expect(outputs.egressCidrs).toHaveLength(2);
  });

  it("in reserve are admitted before they carry traffic", () => {
    const reserved = templateOf({ firewall: { publicIps: ["primary"], reservedPublicIps: ["second"] } });
    expect(usedBy(reserved)).toEqual(["primary"]);
    expect(reserved.output("egress-cidrs").value).toEqual(rangesOf(reserved, ""));
    const used = templateOf({ firewall: { publicIps: ["primary", "second"] } });
    expect(used.resources("azurerm_public_ip")).toEqual(reserved.resources("azurerm_public_ip"));
    expect(used.output("egress-cidrs").value).toEqual(reserved.output("egress-cidrs").value);
  });

  it("of a prefix are admitted by one range", () => {
    const { template } = buildAzureNetwork({
      firewall: { publicIps: ["primary", "second"], reservedPublicIps: ["third"], publicIpPrefixLength: 30 },
    });
    const prefix = template.resource("azurerm_public_ip_prefix", { prefix_length: 30 });
    expect(template.resources("azurerm_public_ip", { public_ip_prefix_id: `\${${prefix.address}.id}` })).toHaveLength(
      3,
    );
    expect(template.output("egress-cidrs").value).toEqual([`\${${prefix.address}.ip_prefix}`]);
    expect(template.resources("azurerm_route", { next_hop_type: "Internet" })).toHaveLength(1);
  });

  it("may be called as other parts of the network are", () => {
    const names = ["primary", "prefix", "lock", "second", "second-lock", "attachment", "subnet"];
    const everything = {
      firewall: { publicIps: names, zones: [1] as const },
      natGateway: { publicIps: names },
      sections: { protect: true },
    };
    expect(templateOf(everything).count("azurerm_public_ip")).toBe(2 * names.length);
  });

  it("can be neither destroyed nor deleted under protect", () => {
    const guarded = templateOf({
      firewall: { publicIps: ["primary", "second"], publicIpPrefixLength: 31, zones: [1] },
      natGateway: { publicIps: ["nat"] },
      sections: { protect: true },
    });
    const kept = [...guarded.resources("azurerm_public_ip"), ...guarded.resources("azurerm_public_ip_prefix")];
    expect(kept).toHaveLength(4);
    for (const { address, attributes } of kept) {
      expect(attributes.lifecycle).toMatchObject({ prevent_destroy: true });
      guarded.resource("azurerm_management_lock", { scope: `\${${address}.id}`, lock_level: "CanNotDelete" });
    }
    templateOf().expectAbsent("azurerm_management_lock");
    templateOf().expectAbsent("azurerm_public_ip", { lifecycle: { prevent_destroy: true } });
  });
});

describe("a NAT gateway", () => {
  const attached = templateOf({
    firewall: { zones: [2] },
    natGateway: { publicIps: ["one", "two"], reservedPublicIps: ["three"] },
  });

  it("stands in the firewall's one zone, with addresses that stay when both move", () => {
    expect(attached.resource("azurerm_nat_gateway").attributes.zones).toEqual(["2"]);
    const addressesOf = (template: Template) =>
      template.resources("azurerm_public_ip").map(({ attributes: { name, zones } }) => ({ name, zones }));
    const moved = templateOf({
      firewall: { zones: [3] },
      natGateway: { publicIps: ["one", "two"], reservedPublicIps: ["three"] },
    });
    expect(moved.resource("azurerm_nat_gateway").attributes.zones).toEqual(["3"]);
    expect(addressesOf(moved)).toEqual(addressesOf(attached));
    for (const { zones } of addressesOf(attached)) expect(zones).toEqual(["1", "2", "3"]);
  });

  it("stands where it is told to behind a firewall of several zones, and else where Azure puts it", () => {
    const zonesOf = (zone?: 1 | 2 | 3): unknown =>
      templateOf({ natGateway: { publicIps: ["one"], zone, singleZoneReason: "a test of one zone" } }).resource(
        "azurerm_nat_gateway",
      ).attributes.zones;
    expect(zonesOf(3)).toEqual(["3"]);
    expect(zonesOf()).toBeUndefined();
  });

  it("has no zone where the Region has none", () => {
    const regional = templateOf({ firewall: { zones: [] }, natGateway: { publicIps: ["one"] } });
    expect(regional.resource("azurerm_nat_gateway").attributes.zones).toBeUndefined();
  });

  it("uses its addresses but those in reserve", () => {
    const used = attached
      .resources("azurerm_nat_gateway_public_ip_association")
      .map(({ attributes }) => attached.follow(attributes.public_ip_address_id).block.logicalId);
    expect(used).toEqual(["nat-address-one", "nat-address-two"]);
  });

  it("gives the internet its addresses in place of the firewall's", () => {
    const addresses = ["one", "two", "three"].map((name) => `\${azurerm_public_ip.nat-address-${name}.ip_address}/32`);
    expect(attached.output("egress-cidrs").value).toEqual(addresses);
    expect(attached.output("firewall-cidrs").value).toEqual(rangesOf(attached, "primary"));
  });

  it("has its addresses before the firewall's subnet uses it, and both before the firewall", () => {
    const association = attached.resource("azurerm_subnet_nat_gateway_association");
    expect(attached.follow(association.attributes.subnet_id).block.attributes.name).toBe("AzureFirewallSubnet");
    expect([...textsIn(association.attributes.depends_on)].sort()).toEqual(
      attached.resources("azurerm_nat_gateway_public_ip_association").map(({ address }) => address),
    );
    expect(attached.resource("azurerm_firewall").attributes.depends_on).toContain(association.address);
  });

  it("that is not attached is admitted beside the firewall, and carries nothing", () => {
    const announced = templateOf({
      firewall: { zones: [1] },
      natGateway: { publicIps: ["one", "two"], attached: false },
    });
    announced.expectAbsent("azurerm_subnet_nat_gateway_association");
    expect(announced.output("egress-cidrs").value).toEqual(rangesOf(announced, ""));
    expect(announced.count("azurerm_public_ip")).toBe(3);
  });
});
