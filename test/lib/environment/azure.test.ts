import { type Changes, changed, define, type Expected, GONE, type Row, violationsAfter } from "./base";
import { testRows } from "./rows";

const ID = "11111111-2222-3333-4444-555555555555";
const resource = (path: string): string => `/subscriptions/${ID}/resourceGroups/network/providers/${path}`;
const VNET = resource("Microsoft.Network/virtualNetworks/main");
const OTHER_VNET = resource("Microsoft.Network/virtualNetworks/other");
const zone = (name: string): string => resource(`Microsoft.Network/privateDnsZones/${name}`);
const WORKSPACE = resource("Microsoft.OperationalInsights/workspaces/main");

const NETWORK = { cidr: "10.40.0.0/16", firewall: { publicIps: ["primary", "second"] } };
const AZURE = { tenantId: ID, subscriptionId: ID, location: "westeurope", network: NETWORK };
const EXISTING = {
  vnetId: VNET,
  cidr: "10.50.0.0/16",
  firewallPolicyId: resource("Microsoft.Network/firewallPolicies/main"),
  egress: ["203.0.113.7/32"],
  clusters: { payments: { nodeSubnetId: `${VNET}/subnets/nodes` } },
};
const CLUSTER = { slot: 0, kubernetesVersion: "1.32", apiServer: { access: "public" }, adminGroupIds: [ID] };
const POOL = { vmSize: "Standard_D4ds_v5", min: 1, max: 3 };
const ADOPTED = { resourceGroup: "shop", name: "shop-prod", dnsPrefix: "shop-dns", nodeResourceGroup: "MC_shop" };

/** An environment with a network of Azure, in which some values differ. */
const azure = (changes: Changes = {}): Changes => ({ azure: AZURE, ...under("azure/", changes) });

/** The same with a firewall that has rules of its own. */
const rules = (own: Readonly<Record<string, unknown>>): Changes => azure({ "network/firewall/rules": own });

/** The same with clusters. */
const aks = (changes: Changes = {}, network: Changes = {}): Changes => ({
  ...azure(network),
  aks: { payments: CLUSTER },
  ...under("aks/", changes),
});

function under(prefix: string, changes: Changes): Changes {
  return Object.fromEntries(Object.entries(changes).map(([path, value]) => [`${prefix}${path}`, value]));
}

const existing = (changes: Changes = {}): Changes =>
  azure({ network: { existing: EXISTING }, monitoring: { workspaceId: WORKSPACE }, ...changes });

const addresses = (count: number, word = "a"): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${word}${index}`);
const ranges = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `9.${index >> 8}.${index & 255}.1/32`);

const FIREWALL = "azure.network.firewall";

const NETWORKS: readonly Row[] = [
  [
    "an empty section",
    { azure: {} },
    ["azure.tenantId", "is missing", "1111"],
    ["azure.subscriptionId", "is missing", "1111"],
    ["azure.location", "is missing", "westeurope"],
  ],
  [
    "a tenant by its domain",
    azure({ tenantId: "acme.onmicrosoft.com" }),
    ["azure.tenantId", "a UUID", "1111", '"acme.onmicrosoft.com"'],
  ],
  [
    "a location by its display name",
    azure({ location: "West Europe" }),
    ["azure.location", "without spaces", '"westeurope"', '"West Europe"'],
  ],
  [
    "a workspace by its id",
    azure({ monitoring: { workspaceId: ID } }),
    ["azure.monitoring.workspaceId", "the resource id of a Log Analytics workspace", "/subscriptions", `"${ID}"`],
  ],
  [
    "the Region of a workspace that is made",
    azure({ monitoring: { location: "northeurope" } }),
    ["azure.monitoring.workspaceId", "is missing: the resource id of a Log Analytics workspace", "/subscriptions"],
  ],
  [
    "the Region of a workspace by its display name",
    azure({ monitoring: { workspaceId: WORKSPACE, location: "North Europe" } }),
    ["azure.monitoring.location", "without spaces", '"westeurope"', '"North Europe"'],
  ],
  [
    "no firewall, to which everything is routed",
    azure({ "network/firewall": GONE }),
    [FIREWALL, "is missing: an object", 'publicIps: ["primary"]'],
  ],
  [
    "a VNet in IPv6",
    azure({ "network/cidr": "2001:db8::/48" }),
    ["azure.network.cidr", "must be an IPv4 range", "10.40", '"2001:db8::/48"'],
  ],
  [
    "a VNet with host bits",
    azure({ "network/cidr": "10.40.0.1/16" }),
    ["azure.network.cidr", "has bits set", "10.40.0.0/16", '"10.40.0.1/16"'],
  ],
  [
    "a VNet too small",
    azure({ "network/cidr": "10.40.0.0/23" }),
    ["azure.network.cidr", "must be /16 to /22", "a range of", '"10.40.0.0/23"'],
  ],
  [
    "a firewall's subnet that Azure refuses",
    azure({ "network/firewall/subnetPrefixLength": 27 }),
    [`${FIREWALL}.subnetPrefixLength`, "/26 or larger", "from 20 to 26", "27"],
  ],
  [
    "a firewall's subnet larger than its place",
    azure({ "network/cidr": "10.40.0.0/20", "network/firewall/subnetPrefixLength": 23 }),
    [`${FIREWALL}.subnetPrefixLength`, "more than the 16th of the VNet", "24 or more", "23"],
  ],
  ["an unknown tier", azure({ "network/firewall/tier": "Basic" }), [`${FIREWALL}.tier`, '"Standard"', "", '"Basic"']],
  [
    "an unknown zone",
    azure({ "network/firewall/zones": [1, 4] }),
    [`${FIREWALL}.zones[1]`, "1, 2 or 3", "write 1, 2 or 3", "4"],
  ],
  [
    "a zone in quotes",
    azure({ "network/firewall/zones": ["1"] }),
    [`${FIREWALL}.zones[0]`, "without quotes", "write 1, 2 or 3", '"1"'],
  ],
  ["a zone twice", azure({ "network/firewall/zones": [1, 1] }), [`${FIREWALL}.zones[1]`, "a second time", "once", "1"]],
  [
    "no primary address",
    azure({ "network/firewall/publicIps": ["second"] }),
    [`${FIREWALL}.publicIps`, 'lacks "primary"', '["primary"', "a list of 1"],
  ],
  [
    "the primary address in reserve",
    azure({ "network/firewall/reservedPublicIps": ["primary"] }),
    [`${FIREWALL}.reservedPublicIps[0]`, "stands also in publicIps", "one of the two", '"primary"'],
  ],
  [
    "an address twice",
    azure({ "network/firewall/publicIps": ["primary", "a", "a"] }),
    [`${FIREWALL}.publicIps[2]`, "a second time", "once", '"a"'],
  ],
  [
    "an address in capitals",
    azure({ "network/firewall/publicIps": ["primary", "A"] }),
    [`${FIREWALL}.publicIps[1]`, "the name of a public IP", '"second"', '"A"'],
  ],
  [
    "251 addresses",
    azure({ "network/firewall/publicIps": ["primary", ...addresses(250)] }),
    [`${FIREWALL}.publicIps`, "1 to 250", '["primary"', "a list of 251"],
  ],
  [
    "251 addresses with those in reserve",
    azure({
      "network/firewall/publicIps": ["primary", ...addresses(200)],
      "network/firewall/reservedPublicIps": addresses(50, "b"),
    }),
    [`${FIREWALL}.reservedPublicIps`, "251 public IPs, and there may be 250", "fewer"],
  ],
  [
    "a prefix with too little room",
    azure({ "network/firewall/publicIpPrefixLength": 31, "network/firewall/reservedPublicIps": ["third"] }),
    [`${FIREWALL}.publicIpPrefixLength`, "holds 2 addresses, and 3 are named", "smaller", "31"],
  ],
  [
    "intrusion detection on Standard",
    azure({ "network/firewall/intrusionDetection": "Alert" }),
    [`${FIREWALL}.intrusionDetection`, "of the tier Premium", 'tier: "Premium"', '"Alert"'],
  ],
  [
    "a NAT gateway without addresses",
    azure({ "network/firewall/zones": [1], "network/natGateway": { publicIps: [] } }),
    ["azure.network.natGateway.publicIps", "1 to 16", '["nat-1", "nat-2"]', "an empty list"],
  ],
  [
    "17 addresses of a NAT gateway",
    azure({
      "network/firewall/zones": [1],
      "network/natGateway": { publicIps: addresses(16), reservedPublicIps: ["b"] },
    }),
    ["azure.network.natGateway.reservedPublicIps", "17 public IPs, and there may be 16", "fewer"],
  ],
  [
    "a zone of a NAT gateway in a list",
    azure({ "network/firewall/zones": [1], "network/natGateway": { publicIps: ["A"], zone: [1] } }),
    ["azure.network.natGateway.publicIps[0]", "the name of a public IP", '"nat-2"', '"A"'],
    ["azure.network.natGateway.zone", "1, 2 or 3", "write 1, 2 or 3", "a list of 1"],
  ],
  [
    "a NAT gateway where the firewall never is",
    azure({ "network/firewall/zones": [1], "network/natGateway": { publicIps: ["a"], zone: 3 } }),
    ["azure.network.natGateway.zone", "none of the firewall's zones", "firewall.zones", "3"],
  ],
  [
    "a NAT gateway of one zone behind a firewall of all, and nobody who wants that",
    azure({ "network/natGateway": { publicIps: ["a"], zone: 3 } }),
    ["azure.network.natGateway.singleZoneReason", "nothing leaves any more when that zone fails", "publicIps"],
  ],
  [
    "a NAT gateway of one zone for no reason",
    azure({ "network/natGateway": { publicIps: ["a"], singleZoneReason: "because" } }),
    ["azure.network.natGateway.singleZoneReason", "10 to 200 characters", "partners", '"because"'],
  ],
  [
    "a VNet over the VPC",
    azure({ "network/cidr": "10.20.0.0/20" }),
    ["azure.network.cidr", "overlaps aws.network, 10.20.0.0/16", "another range", '"10.20.0.0/20"'],
  ],
  [
    "an existing network without a workspace",
    azure({ network: { existing: EXISTING } }),
    ["azure.monitoring", "only together with a network", "workspaceId"],
  ],
  [
    "an existing VNet by its name",
    existing({ "network/existing/vnetId": "main" }),
    ["azure.network.existing.vnetId", "the resource id of a VNet", "/subscriptions", '"main"'],
  ],
  [
    "rules of clusters beyond the last place in a policy",
    existing({ "network/existing/clusterRulesPriority": 64987 }),
    ["azure.network.existing.clusterRulesPriority", "from 100 to 64986", "64986", "64987"],
  ],
  [
    "networks outside that are in IPv6, as wide as half the world, or written twice",
    azure({ "network/admit": ["2001:db8::/48", "128.0.0.0/1", "10.64.0.0/16", "10.64.0.0/16"] }),
    ["azure.network.admit[0]", "must be an IPv4 range", "10.64.0.0/16", '"2001:db8::/48"'],
    ["azure.network.admit[1]", "is wider than /8", "", '"128.0.0.0/1"'],
    ["azure.network.admit[3]", "a second time", "once", '"10.64.0.0/16"'],
  ],
  [
    "an existing network that leaves from IPv6",
    // An API server whose list is then empty would be open to everybody.
    existing({ "network/existing/egress": ["2001:db8::/48"] }),
    ["azure.network.existing.egress[0]", "must be an IPv4 range", "203.0.113.7/32", '"2001:db8::/48"'],
  ],
  [
    "an existing network that leaves from nowhere",
    existing({ "network/existing/egress": [] }),
    ["azure.network.existing.egress", "at least one address", "203.0.113.7/32", "an empty list"],
  ],
  [
    "fields of an existing network beside one that is made",
    azure({ "network/vnetId": VNET }),
    ["azure.network.vnetId", "describes a network that exists already", "existing: {", `"${VNET}"`],
  ],
];

const RULES: readonly Row[] = [
  [
    "a rule that names nothing",
    rules({ application: { pay: {} } }),
    [`${FIREWALL}.rules.application.pay`, "names nothing", "write one of fqdns, fqdnTags"],
  ],
  [
    "a rule with two kinds of destinations",
    rules({ network: { pay: { destinations: { cidrs: ["203.0.113.0/24"], fqdns: ["a.example"] }, ports: ["443"] } } }),
    [`${FIREWALL}.rules.network.pay.destinations`, "holds cidrs and fqdns", "a rule of each"],
  ],
  [
    "a rule with two kinds of sources",
    rules({
      application: { pay: { sources: { cidrs: ["10.40.16.0/21"], ipGroups: ["a"] }, fqdns: ["a.example"] } },
      ipGroups: { a: ["10.40.16.0/21"] },
    }),
    [`${FIREWALL}.rules.application.pay.sources`, "holds cidrs and ipGroups", "a rule of each"],
  ],
  [
    "a rule for a group that is not there",
    rules({ network: { pay: { destinations: { ipGroups: ["partners"] }, ports: ["443"] } } }),
    [`${FIREWALL}.rules.network.pay.destinations.ipGroups[0]`, "is no IP group", "ipGroups", '"partners"'],
  ],
  [
    "a wildcard in a network rule",
    rules({ network: { pay: { destinations: { fqdns: ["*.example.com"] }, ports: ["443"] } } }),
    [`${FIREWALL}.rules.network.pay.destinations.fqdns[0]`, "know no wildcard", "ntp", '"*.example.com"'],
  ],
  [
    "a wildcard in the middle",
    rules({ application: { pay: { fqdns: ["a.*.example.com"] } } }),
    [`${FIREWALL}.rules.application.pay.fqdns[0]`, "a host name", "*.example", '"a.*.example.com"'],
  ],
  [
    "ports that do not exist",
    rules({
      network: { pay: { destinations: { serviceTags: ["Storage"] }, ports: ["0", "443", "90-80", "70000", "https"] } },
    }),
    [`${FIREWALL}.rules.network.pay.ports[0]`, "holds no port", "1 to 65535", '"0"'],
    [`${FIREWALL}.rules.network.pay.ports[2]`, "ends before it begins", "1 to 65535", '"90-80"'],
    [`${FIREWALL}.rules.network.pay.ports[3]`, "holds no port", "1 to 65535", '"70000"'],
    [`${FIREWALL}.rules.network.pay.ports[4]`, "a port, a range", '"443"', '"https"'],
  ],
  [
    "a protocol without a port",
    rules({ application: { pay: { fqdns: ["a.example"], protocols: ["https", "http:0"] } } }),
    [`${FIREWALL}.rules.application.pay.protocols[0]`, "with a port", '"https:443"', '"https"'],
    [`${FIREWALL}.rules.application.pay.protocols[1]`, "holds no port", "1 to 65535", '"http:0"'],
  ],
  [
    "an IPv6 destination",
    rules({ network: { pay: { destinations: { cidrs: ["2001:db8::/48"] }, ports: ["443"] } } }),
    [`${FIREWALL}.rules.network.pay.destinations.cidrs[0]`, "must be an IPv4", "203.", '"2001:db8::/48"'],
  ],
  [
    "rules from everything to everything",
    rules({
      application: { web: { fqdns: ["*"] }, com: { fqdns: ["a.example.com", "*.com"] } },
      network: {
        all: { destinations: { cidrs: ["0.0.0.0/0"] }, ports: ["443"] },
        halves: {
          sources: { cidrs: ["10.0.0.0/8"] },
          destinations: { cidrs: ["128.0.0.0/1"] },
          ports: ["443"],
        },
        tag: { destinations: { serviceTags: ["Internet"] }, ports: ["*"], protocols: ["Any"] },
        azure: { destinations: { serviceTags: ["Storage", "AzureCloud"] }, ports: ["443"] },
        groups: { sources: { ipGroups: ["us"] }, destinations: { ipGroups: ["them"] }, ports: ["22"] },
      },
      ipGroups: { us: ["10.40.0.0/16"], them: ["8.0.0.0/7"] },
    }),
    ...[
      "application.web",
      "application.com",
      "network.all",
      "network.halves",
      "network.tag",
      "network.azure",
      "network.groups",
    ].map((rule): Expected => [`${FIREWALL}.rules.${rule}`, "reach everything outside", "write a reason"]),
  ],
  [
    "a reason that is none",
    rules({ application: { web: { fqdns: ["*"], reason: "because" } } }),
    [`${FIREWALL}.rules.application.web.reason`, "10 to 200 characters", "provider", '"because"'],
  ],
  [
    "a rule called as Azure would not",
    rules({ application: { "my rule": { fqdns: ["a.example"] } } }),
    [`${FIREWALL}.rules.application["my rule"]`, "is not the name of a rule", "rename"],
  ],
];

const CLUSTERS: readonly Row[] = [
  ["clusters without a network", aks({}, { network: GONE }), ["aks", "the environment has none", "firewall: {"]],
  [
    "a cluster called as a stack cannot be",
    { ...azure(), aks: { Payments: CLUSTER } },
    ["aks.Payments", "is not a cluster name", "rename"],
  ],
  [
    "two clusters in one slot",
    aks({ shop: CLUSTER }),
    ["aks.shop.slot", "is the slot of payments already", "such as 1", "0"],
  ],
  ["a slot beyond the plan", aks({ "payments/slot": 15 }), ["aks.payments.slot", "0 to 14", "0 to 14", "15"]],
  [
    "an API server for whom nothing is said",
    aks({ "payments/apiServer": { access: "open" } }),
    ["aks.payments.apiServer.access", '"vnetIntegration"', '"private"', '"open"'],
  ],
  [
    "ranges of a private API server",
    aks({ "payments/apiServer": { access: "private", alsoAdmit: ["203.0.113.0/24"] } }),
    ["aks.payments.apiServer.alsoAdmit", "is not a field", "access, dnsZoneId"],
  ],
  [
    "kubenet",
    aks({ "payments/networkPlugin": "kubenet" }),
    ["aks.payments.networkPlugin", "kubenet is retired", '"azure"', '"kubenet"'],
  ],
  [
    "ranges with host bits, everywhere, and in IPv6",
    aks({
      "payments/apiServer": { access: "public", alsoAdmit: ["203.0.113.1/24", "0.0.0.0/0", "2001:db8::/48"] },
    }),
    ["aks.payments.apiServer.alsoAdmit[0]", "has bits set", "203.0.113.0/24", '"203.0.113.1/24"'],
    ["aks.payments.apiServer.alsoAdmit[1]", "every address there is", "meant", '"0.0.0.0/0"'],
    ["aks.payments.apiServer.alsoAdmit[2]", "is IPv6", "IPv4 range", '"2001:db8::/48"'],
  ],
  [
    "operators whom AKS does not admit, and nobody else",
    { ...aks(), "allowlist/mode": "observe", "access/operators": ["2001:db8:100::/48"] },
    ["aks.payments.apiServer.alsoAdmit", "nobody of access.operators: they are in IPv6", "IPv4", "an empty list"],
  ],
  [
    "more ranges than AKS takes",
    // Two of `access`, two of the firewall.
    aks({ "payments/apiServer": { access: "public", alsoAdmit: ranges(197) } }),
    ["aks.payments.apiServer", "would admit 201 ranges", '"vnetIntegration"'],
  ],
  [
    "more ranges than AKS takes with those of AWS",
    aks({ "payments/apiServer": { access: "vnetIntegration", alsoAdmit: ranges(1995), awsEgress: true } }),
    ["aks.payments.apiServer", "would admit 2001 ranges", "join"],
  ],
  [
    "addresses of an AWS network that is not there",
    { ...aks({ "payments/apiServer": { access: "public", awsEgress: true } }), "aws/network": GONE },
    ["aks.payments.apiServer.awsEgress", "the environment has none", "add aws.network", "true"],
  ],
  [
    "pods over the VNet, and services over pods",
    aks({ "payments/podCidr": "10.40.0.0/14", "payments/serviceCidr": "10.41.0.0/16" }),
    ["aks.payments.podCidr", "overlaps azure.network, 10.40.0.0/16", "another range", '"10.40.0.0/14"'],
    ["aks.payments.serviceCidr", "overlaps podCidr, 10.40.0.0/14", "another range", '"10.41.0.0/16"'],
  ],
  [
    "services over the VPC, and pods where AKS has its own",
    aks({ "payments/podCidr": "172.30.0.0/15", "payments/serviceCidr": "10.20.128.0/17" }),
    ["aks.payments.podCidr", "keeps for itself, 172.30.0.0/16", "another", '"172.30.0.0/15"'],
    ["aks.payments.podCidr", "keeps for itself, 172.31.0.0/16", "another", '"172.30.0.0/15"'],
    ["aks.payments.serviceCidr", "overlaps aws.network", "another", '"10.20.128.0/17"'],
  ],
  [
    "more services than AKS takes",
    aks({ "payments/serviceCidr": "11.0.0.0/11" }),
    ["aks.payments.serviceCidr", "must be /12 or smaller", "10.245", '"11.0.0.0/11"'],
  ],
  [
    "fewer services than cluster DNS needs to have its address among them",
    aks({ "payments/serviceCidr": "10.245.0.0/29" }),
    ["aks.payments.serviceCidr", "must be /28 or larger", "10.245.0.0/16", '"10.245.0.0/29"'],
  ],
  ...[
    "privatelink.northeurope.azmk8s.io",
    "westeurope.azmk8s.io",
    "private.westeurope.azmk8s.io",
    "x.privatelink.westeurope.azmk8s.io",
  ].map((name): Row => [
    `an API server's name in the zone ${name}`,
    aks({ "payments/apiServer": { access: "private", dnsZoneId: zone(name) } }),
    [
      "aks.payments.apiServer.dnsZoneId",
      "not the zone in which AKS names",
      "privatelink.westeurope.azmk8s.io",
      `"${zone(name)}"`,
    ],
  ]),
  [
    "pools that Azure refuses",
    aks({ "payments/nodePools": { "work-1": POOL, system: POOL, toolongforazure: POOL } }),
    ['aks.payments.nodePools["work-1"]', "is not the name of a node pool", "rename"],
    ["aks.payments.nodePools.system", "of the system pool", "rename"],
    ["aks.payments.nodePools.toolongforazure", "12 in all", "rename"],
  ],
  [
    "a pool that begins above its end, in a zone there is not",
    aks({ "payments/nodePools": { work: { ...POOL, min: 5, zones: [0, 1, 1] } } }),
    ["aks.payments.nodePools.work.max", "is less than min, 5", "or more", "3"],
    ["aks.payments.nodePools.work.zones[0]", "1, 2 or 3", "write 1, 2 or 3", "0"],
    ["aks.payments.nodePools.work.zones[2]", "a second time", "once", "1"],
  ],
  [
    "more nodes than the slot has addresses",
    // 32 addresses less 5; 6 and 20 nodes, and one more of each.
    aks({ "payments/nodePools": { work: { ...POOL, max: 20 } } }, { "network/cidr": "10.40.0.0/22" }),
    ["aks.payments.nodePools", "35 nodes with the system pool", "smaller pools"],
  ],
  [
    "more nodes than there are ranges for pods",
    aks({ "payments/nodePools": { work: { ...POOL, max: 20 } }, "payments/podCidr": "10.244.0.0/20" }),
    ["aks.payments.podCidr", "a /24 for 16 nodes, and the pools have 35", "larger range", '"10.244.0.0/20"'],
  ],
  [
    "a range for the pods of one node",
    aks({ "payments/podCidr": "10.244.0.0/24" }),
    ["aks.payments.podCidr", "a /24 for 1 node, and the pools have 8", "larger range", '"10.244.0.0/24"'],
  ],
  [
    "machines without a disk of their own for their system",
    aks({
      "payments/systemPool": { vmSize: "Standard_D4s_v5" },
      "payments/nodePools": {
        arm: { ...POOL, vmSize: "Standard_D4ps_v5" },
        constrained: { ...POOL, vmSize: "Standard_E16-8s_v4" },
        managed: { ...POOL, vmSize: "Standard_D4s_v5", osDiskType: "Managed" },
        amd: { ...POOL, vmSize: "Standard_D4as_v4" },
        cache: { ...POOL, vmSize: "Standard_D8s_v3" },
        disk: { ...POOL, vmSize: "Standard_E16-8ads_v5" },
        gpu: { ...POOL, vmSize: "Standard_NC24ads_A100_v4" },
      },
    }),
    ["aks.payments.systemPool.vmSize", "no disk of its own", 'such as "Standard_D4ds_v5"', '"Standard_D4s_v5"'],
    ["aks.payments.nodePools.arm.vmSize", "no disk of its own", "Managed", '"Standard_D4ps_v5"'],
    ["aks.payments.nodePools.constrained.vmSize", "no disk of its own", "Managed", '"Standard_E16-8s_v4"'],
  ],
  [
    "machines whose own disk is too small for their system",
    aks({
      "payments/nodePools": {
        two: { ...POOL, vmSize: "Standard_E2ads_v5" },
        cache: { ...POOL, vmSize: "Standard_DS2_v2" },
        managed: { ...POOL, vmSize: "Standard_D2ds_v5", osDiskType: "Managed" },
      },
    }),
    ["aks.payments.nodePools.two.vmSize", "has 75 GiB on its host", "4 virtual CPUs", '"Standard_E2ads_v5"'],
    ["aks.payments.nodePools.cache.vmSize", "has 86 GiB on its host", "Managed", '"Standard_DS2_v2"'],
  ],
  [
    "a system pool of machines too weak for it",
    {
      ...aks({ "payments/systemPool": { vmSize: "Standard_B16ms" } }),
      "aks/shop": { ...CLUSTER, slot: 1, systemPool: { vmSize: "Standard_E8-2ds_v5" } },
    },
    ["aks.payments.systemPool.vmSize", "of the series B", '"Standard_D4ds_v5"', '"Standard_B16ms"'],
    ["aks.shop.systemPool.vmSize", "too few virtual CPUs for the system pool: 2", "D4ds", '"Standard_E8-2ds_v5"'],
  ],
  [
    "a pool under the name that an adopted cluster's system pool has",
    aks({
      "payments/adopt": { ...ADOPTED, systemPool: "nodepool1" },
      "payments/nodePools": { nodepool1: POOL, system: POOL },
    }),
    ["aks.payments.nodePools.nodepool1", "is the name of the system pool", "rename"],
  ],
  [
    "an adopted cluster whose parts have other names than Azure gives",
    aks({ "payments/adopt": { ...ADOPTED, systemPool: "Node-Pool", kubeletIdentityId: ID } }),
    ["aks.payments.adopt.systemPool", "12 in all at most", '"nodepool1"', '"Node-Pool"'],
    ["aks.payments.adopt.kubeletIdentityId", "a user-assigned identity", "/subscriptions", `"${ID}"`],
  ],
  [
    "the name of a cluster of aks",
    { ...aks(), "allowlist/clusters/prod-aks-payments": ["203.0.113.1/32"] },
    ['allowlist.clusters["prod-aks-payments"]', "writes the cluster payments of aks", "rename"],
  ],
  [
    "too many pods for a node",
    aks({ "payments/nodePools": { work: { ...POOL, maxPods: 500 } } }),
    ["aks.payments.nodePools.work.maxPods", "10 to 250", "10 to 250", "500"],
  ],
  [
    "nobody who administers it",
    aks({ "payments/adminGroupIds": [] }),
    ["aks.payments.adminGroupIds", "local accounts are off", "administrators", "an empty list"],
  ],
  [
    "a group twice",
    aks({ "payments/adminGroupIds": [ID, ID] }),
    ["aks.payments.adminGroupIds[1]", "a second time", "once", `"${ID}"`],
  ],
  [
    "run commands without a pool that takes them",
    aks({
      "payments/rancher": { agent: "runCommand" },
      "payments/nodePools": {
        batch: { ...POOL, taints: ["dedicated=batch:NoSchedule"] },
        cheap: { ...POOL, spot: true },
        idle: { ...POOL, min: 0 },
      },
    }),
    ["aks.payments.rancher.agent", "needs a pool of nodePools without taints", "manual", '"runCommand"'],
  ],
  [
    "node images by one channel, and something else of the nodes by the other",
    aks({ "payments/upgrade": { automaticChannel: "node-image", nodeOsChannel: "SecurityPatch" } }),
    ["aks.payments.upgrade.nodeOsChannel", 'automaticChannel: "node-image"', '"NodeImage"', '"SecurityPatch"'],
  ],
  [
    "a version of long support, and a channel that leaves it",
    aks({ "payments/supportPlan": "AKSLongTermSupport", "payments/upgrade": { automaticChannel: "stable" } }),
    ["aks.payments.upgrade.automaticChannel", "moves on to other minor versions", '"patch"', '"stable"'],
  ],
  [
    "a plan of support that Azure does not have",
    aks({ "payments/supportPlan": "LTS" }),
    ["aks.payments.supportPlan", '"KubernetesOfficial"', '"AKSLongTermSupport"', '"LTS"'],
  ],
  [
    "a cluster that an existing network does not know",
    { ...existing(), aks: { shop: CLUSTER } },
    ["azure.network.existing.clusters.shop", "is missing: the subnets of a cluster", "nodeSubnetId"],
  ],
  [
    "subnets of another VNet, one of them with the name of this at its beginning",
    existing({
      "network/existing/clusters": {
        payments: { nodeSubnetId: `${VNET}-2/subnets/nodes` },
        shop: { nodeSubnetId: `${VNET}/subnets/nodes`, apiServerSubnetId: `${OTHER_VNET}/subnets/api` },
      },
    }),
    [
      "azure.network.existing.clusters.payments.nodeSubnetId",
      "a subnet of another VNet",
      "correct vnetId",
      `"${VNET}-2/subnets/nodes"`,
    ],
    [
      "azure.network.existing.clusters.shop.apiServerSubnetId",
      "a subnet of another VNet",
      "of that VNet",
      `"${OTHER_VNET}/subnets/api"`,
    ],
  ],
  [
    "the resource group of an existing network, of which nothing is asked",
    existing({ "network/existing/resourceGroup": "network" }),
    ["azure.network.existing.resourceGroup", "is not a field", "vnetId"],
  ],
  [
    "an existing network without a subnet for the API server",
    { ...existing(), aks: { payments: { ...CLUSTER, apiServer: { access: "vnetIntegration" } } } },
    ["azure.network.existing.clusters.payments.apiServerSubnetId", "is missing", "delegated"],
  ],
];

/** What builds on a refused field says nothing. */
const NO_CASCADE: readonly Row[] = [
  [
    "a network refused, and clusters in it",
    aks({}, { network: "10.40.0.0/16" }),
    ["azure.network", "must be an object", "{ existing:", '"10.40.0.0/16"'],
  ],
  [
    "Azure refused, and clusters in it",
    { ...aks(), azure: [] },
    ["azure", "must be an object", "tenantId", "an empty list"],
  ],
  [
    "one address refused, which may be the primary",
    azure({ "network/firewall/publicIps": ["Primary"] }),
    [`${FIREWALL}.publicIps[0]`, "the name of a public IP", '"second"', '"Primary"'],
  ],
  [
    "the subnet's length refused",
    azure({ "network/firewall/subnetPrefixLength": "26" }),
    [`${FIREWALL}.subnetPrefixLength`, "/26", "without quotes", '"26"'],
  ],
  [
    "destinations refused",
    rules({ network: { pay: { destinations: { cidrs: "x" }, ports: ["443"] } } }),
    [`${FIREWALL}.rules.network.pay.destinations.cidrs`, "a list of IPv4 ranges", '["203', '"x"'],
  ],
  [
    "the workspace refused",
    existing({ monitoring: "main" }),
    ["azure.monitoring", "must be an object", "workspaceId", '"main"'],
  ],
  [
    "an API server refused",
    aks({ "payments/apiServer": "public" }),
    ["aks.payments.apiServer", "who reaches the API server", '{ access: "private" }', '"public"'],
  ],
];

const TABLES: Readonly<Record<string, readonly Row[]>> = {
  "networks of Azure": NETWORKS,
  "rules of the firewall": RULES,
  "clusters of AKS": CLUSTERS,
  "one mistake in Azure, one message": NO_CASCADE,
};

testRows(TABLES);

describe("what is right", () => {
  const accepted = (changes: Changes) => define(changed(changes));

  it.each([
    ["a network, and every default", azure()],
    ["the widest and the narrowest VNet", azure({ "network/cidr": "10.40.0.0/22" })],
    ["the largest subnet that fits", azure({ "network/firewall/subnetPrefixLength": 20 })],
    ["a Region without zones", azure({ "network/firewall/zones": [] })],
    [
      "intrusion detection on Premium",
      azure({ "network/firewall/tier": "Premium", "network/firewall/intrusionDetection": "Alert" }),
    ],
    ["250 addresses", azure({ "network/firewall/publicIps": ["primary", ...addresses(249)] })],
    ["a full prefix", azure({ "network/firewall/publicIpPrefixLength": 31 })],
    [
      "a NAT gateway in the zone of the firewall",
      azure({ "network/firewall/zones": [3], "network/natGateway": { publicIps: ["a"], zone: 3 } }),
    ],
    [
      "a NAT gateway in one zone of several on purpose",
      azure({ "network/natGateway": { publicIps: ["a"], zone: 3, singleZoneReason: "partners admit two addresses" } }),
    ],
    [
      "a NAT gateway in a Region without zones",
      azure({ "network/firewall/zones": [], "network/natGateway": { publicIps: ["a"] } }),
    ],
    ["an existing network", existing()],
    ["as many ranges as AKS takes", aks({ "payments/apiServer": { access: "public", alsoAdmit: ranges(196) } })],
    ["a version of long support", aks({ "payments/supportPlan": "AKSLongTermSupport" })],
    [
      "operators in IPv6 beside others in IPv4",
      { ...aks(), "allowlist/mode": "observe", "access/operators": ["2001:db8:100::/48", "198.18.7.0/24"] },
    ],
    [
      "operators in IPv6 whose IPv4 addresses the cluster admits",
      {
        ...aks({ "payments/apiServer": { access: "public", alsoAdmit: ["198.18.7.0/24"] } }),
        "allowlist/mode": "observe",
        "access/operators": ["2001:db8:100::/48"],
      },
    ],
    [
      "operators in IPv6 of a private API server",
      {
        ...aks({ "payments/apiServer": { access: "private" } }),
        "allowlist/mode": "observe",
        "access/operators": ["2001:db8:100::/48"],
      },
    ],
    ["a private API server", aks({ "payments/apiServer": { access: "private" } })],
    [
      "a private API server in a zone of its Region, and one in a zone below that",
      {
        ...aks({
          "payments/apiServer": { access: "private", dnsZoneId: zone("Privatelink.westeurope.azmk8s.io") },
        }),
        "aks/shop": {
          ...CLUSTER,
          slot: 1,
          apiServer: { access: "private", dnsZoneId: zone("shop-1.privatelink.westeurope.azmk8s.io") },
        },
      },
    ],
    ["as few services as hold cluster DNS", aks({ "payments/serviceCidr": "10.245.0.0/28" })],
    [
      "subnets of a VNet in other case, which Azure does not mind",
      existing({
        "network/existing/clusters/payments/nodeSubnetId": `${VNET.replace("/main", "/Main")}/subnets/nodes`,
      }),
    ],
    [
      "15 clusters",
      { ...azure(), aks: Object.fromEntries(addresses(15).map((name, slot) => [name, { ...CLUSTER, slot }])) },
    ],
    ["an existing cluster's subnets", { ...existing(), aks: { payments: CLUSTER } }],
    [
      "open rules with a reason, and narrow ones without",
      rules({
        application: {
          web: { fqdns: ["*"], reason: "a crawler that goes everywhere" },
          one: { fqdns: ["*.example.com"] },
        },
        network: {
          some: { sources: { cidrs: ["10.40.16.0/21"] }, destinations: { cidrs: ["0.0.0.0/0"] }, ports: ["443"] },
          inside: { destinations: { cidrs: ["10.0.0.0/8"] }, ports: ["443"] },
          region: { destinations: { serviceTags: ["AzureCloud.WestEurope"] }, ports: ["443"] },
          nodes: {
            sources: { cidrs: ["10.40.16.0/21"] },
            destinations: { serviceTags: ["AzureCloud"] },
            ports: ["443"],
          },
        },
      }),
    ],
  ])("is accepted: %s", (_, changes) => {
    expect(() => accepted(changes)).not.toThrow();
  });

  it("is filled in", () => {
    const environment = accepted(aks());
    expect(environment.azure?.network).toMatchObject({
      firewall: { tier: "Standard", zones: [1, 2, 3], reservedPublicIps: [], subnetPrefixLength: 26 },
    });
    expect(environment.aks?.payments).toMatchObject({
      podCidr: "10.244.0.0/16",
      serviceCidr: "10.245.0.0/16",
      networkPlugin: "azure",
      hostEncryption: true,
      defender: true,
      nodePools: {},
      supportPlan: "KubernetesOfficial",
      upgrade: { automaticChannel: "patch", nodeOsChannel: "NodeImage" },
    });
    // Where a cluster's rules stand in a policy that is there: another default would move them.
    expect(accepted(existing()).azure?.network).toMatchObject({ existing: { clusterRulesPriority: 20_000 } });
  });
});

test("mistakes of every part of Azure are told in one pass, each with what to do", () => {
  const violations = violationsAfter(
    aks(
      {
        "payments/apiServer": { access: "public", alsoAdmit: ["203.0.113.1/24", ...ranges(200)] },
        "payments/networkPlugin": "kubenet",
        "payments/podCidr": "10.40.0.0/14",
        "payments/serviceCidr": "10.41.0.0/16",
        "payments/nodePools": { "work-1": { ...POOL, zones: [4] }, work: { ...POOL, maxPods: 500 } },
        shop: { ...CLUSTER, slot: 15 },
      },
      {
        "network/firewall/subnetPrefixLength": 27,
        "network/firewall/zones": [1, 2, 3],
        "network/natGateway": { publicIps: ["a"] },
        monitoring: { location: "North Europe" },
      },
    ),
  );
  expect(violations.map(({ path }) => path).sort()).toEqual([
    "aks.payments.apiServer",
    "aks.payments.apiServer.alsoAdmit[0]",
    "aks.payments.networkPlugin",
    "aks.payments.nodePools.work.maxPods",
    'aks.payments.nodePools["work-1"]',
    'aks.payments.nodePools["work-1"].zones[0]',
    "aks.payments.podCidr",
    "aks.payments.serviceCidr",
    "aks.shop.slot",
    "azure.monitoring.location",
    "azure.monitoring.workspaceId",
    "azure.network.firewall.subnetPrefixLength",
    "azure.network.natGateway.singleZoneReason",
  ]);
  for (const { remedy } of violations) expect(remedy).not.toBe("");
});

test("where AKS makes a private DNS zone, which takes over the cluster's tags, there are no more than such a zone takes", () => {
  const privately = (apiServer: Readonly<Record<string, unknown>>, count: number): Changes => ({
    ...aks({ "payments/apiServer": { access: "private", ...apiServer } }),
    tags: Object.fromEntries(addresses(count, "t").map((key) => [key, "x"])),
  });
  const zone = { dnsZoneId: resource("Microsoft.Network/privateDnsZones/privatelink.westeurope.azmk8s.io") };
  const [violation, ...others] = violationsAfter(privately({}, 13));
  expect([violation?.path, ...others]).toEqual(["tags"]);
  expect(violation?.problem).toContain("holds 13 tags");
  expect(violation?.remedy).toContain("keep 12 at most");
  expect(() => define(changed(privately({}, 12)))).not.toThrow();
  expect(() => define(changed(privately(zone, 13)))).not.toThrow();
});

test("tag keys that Azure refuses are refused only where there is something in Azure", () => {
  const tags = { tags: { owner: "x", "acme.com/team": "x", Microsoft: "x" } };
  expect(violationsAfter({ ...azure(), ...tags }).map(({ path }) => path)).toEqual([
    'tags["acme.com/team"]',
    "tags.Microsoft",
  ]);
  expect(() => define(changed(tags))).not.toThrow();
});
