import { aksClusterName } from "../../../lib/environment";
import { type Changes, changed, define, GONE, PEM, type Row, violationsAfter } from "./base";
import { testRows } from "./rows";

const ID = "11111111-2222-3333-4444-555555555555";
const GROUP = `azuread_group://${ID}`;
const CLUSTER = {
  slot: 0,
  kubernetesVersion: "1.32",
  apiServer: { access: "public" },
  adminGroupIds: [ID],
  nodePools: { work: { vmSize: "Standard_D4ds_v5", min: 1, max: 3 } },
};
const AZURE = {
  tenantId: ID,
  subscriptionId: ID,
  location: "westeurope",
  network: { cidr: "10.40.0.0/16", firewall: { publicIps: ["primary"] } },
};
const HOSTED = { agent: "hosted", cloudCredentialId: "cattle-global-data:cc-abcde" };
const EXISTING_VNET = {
  vnetId: `/subscriptions/${ID}/resourceGroups/network/providers/Microsoft.Network/virtualNetworks/main`,
  cidr: "10.50.0.0/16",
  firewallPolicyId: `/subscriptions/${ID}/resourceGroups/network/providers/Microsoft.Network/firewallPolicies/main`,
  egress: ["203.0.113.7/32"],
  clusters: {
    payments: {
      nodeSubnetId: `/subscriptions/${ID}/resourceGroups/network/providers/Microsoft.Network/virtualNetworks/main/subnets/nodes`,
    },
  },
};
const WORKSPACE = `/subscriptions/${ID}/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/main`;

const RANCHER = "rancher/clusters";
const SEARCH = "rancher.clusters.search";

/** A cluster made elsewhere, `search`, that is registered with these fields. */
const foreign = (fields: Readonly<Record<string, unknown>> = {}): Changes => ({ [RANCHER]: { search: fields } });

/** A cluster of AKS, `payments`, that joins Rancher in this way, with other fields of its own. */
const aks = (rancher: unknown, fields: Readonly<Record<string, unknown>> = {}): Changes => ({
  azure: AZURE,
  aks: { payments: { ...CLUSTER, ...fields, rancher } },
});

const ranges = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `10.${index >> 8}.${index & 255}.1/32`);
/** IPv6 addresses at their longest. */
const longRanges = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `2001:db8:aaaa:bbbb:cccc:dddd:${(index + 4096).toString(16)}:1234/128`);

const variables = (agentEnvironment: Readonly<Record<string, unknown>>): Changes => foreign({ agentEnvironment });

const SERVER: readonly Row[] = [
  [
    "an authority by the path of its file",
    { "rancher/caCertificates": "/etc/ssl/rancher.pem" },
    ["rancher.caCertificates", "certificates in PEM", "the text of the file", '"/etc/ssl/rancher.pem"'],
  ],
  [
    "an authority without a text",
    { "rancher/caCertificates": "" },
    ["rancher.caCertificates", "certificates in PEM", "no private key", '""'],
  ],
  [
    "a certificate that is none",
    { "rancher/caCertificates": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" },
    [
      "rancher.caCertificates",
      "certificates in PEM",
      "the text of the file",
      '"-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----\\n"',
    ],
  ],
  [
    "an authority's private key",
    { "rancher/caCertificates": `${PEM}-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----\n` },
    ["rancher.caCertificates", "looks like a private key", "revoke it"],
  ],
  [
    "a certificate with something behind it",
    { "rancher/caCertificates": `${PEM}x` },
    ["rancher.caCertificates", "certificates in PEM", "no private key", `${JSON.stringify(PEM.slice(0, 160))}…`],
  ],
  [
    "a provider of another line",
    { "rancher/providerVersion": "8.0.0" },
    ["rancher.providerVersion", "line 7", '"7.9.0"', '"8.0.0"'],
  ],
  [
    "a range of providers",
    { "rancher/providerVersion": "~> 7.9" },
    ["rancher.providerVersion", "a release of", '"7.9.0"', '"~> 7.9"'],
  ],
];

const REGISTRATIONS: readonly Row[] = [
  [
    "a cluster called as no stack can be",
    { [RANCHER]: { "Otc.Billing": {}, ["a".repeat(41)]: {}, "search-": {} } },
    ['rancher.clusters["Otc.Billing"]', "is not the name of a cluster", "rename"],
    [`rancher.clusters.${"a".repeat(41)}`, "40 at most", "rename"],
    ['rancher.clusters["search-"]', "is not the name of a cluster", "rename"],
  ],
  [
    "a cluster called as Rancher's own",
    { [RANCHER]: { local: {} } },
    ["rancher.clusters.local", "the cluster that it runs in", "rename"],
  ],
  [
    "a cluster elsewhere by run command",
    foreign({ agent: "runCommand" }),
    [`${SEARCH}.agent`, 'must be "manual"', '"manual"', '"runCommand"'],
  ],
  [
    "an agent that there is not",
    aks({ agent: "helm" }),
    ["aks.payments.rancher.agent", '"runCommand", "manual" or "hosted"', '"hosted"', '"helm"'],
  ],
  [
    "a registration that is a word",
    aks("runCommand"),
    ["aks.payments.rancher", "must say how the cluster joins Rancher", '{ agent: "runCommand" }', '"runCommand"'],
  ],
  [
    "a cloud credential by its name",
    aks(
      { ...HOSTED, cloudCredentialId: "azure" },
      { localAccounts: true, apiServer: { access: "public", awsEgress: true } },
    ),
    ["aks.payments.rancher.cloudCredentialId", "the id of a cloud credential", "cattle-global-data:", '"azure"'],
  ],
  [
    "a cloud credential of a run command",
    aks({ ...HOSTED, agent: "runCommand" }),
    ["aks.payments.rancher.cloudCredentialId", "is not a field", "agent, description"],
  ],
  [
    "no address to leave from",
    foreign({ egress: [] }),
    [`${SEARCH}.egress`, "at least one address", "egress addresses", "an empty list"],
  ],
  [
    "labels that Kubernetes refuses, and one that is Rancher's",
    foreign({ labels: { "a b": "x", team: "two words", "provider.cattle.io": "aks", "management.cattle.io/x": "y" } }),
    [`${SEARCH}.labels["a b"]`, "is not the key of a label", '"team"'],
    [`${SEARCH}.labels.team`, "the value of a label", '"payments"', '"two words"'],
    [`${SEARCH}.labels["provider.cattle.io"]`, "that Rancher itself writes", '"team"'],
    [`${SEARCH}.labels["management.cattle.io/x"]`, "that Rancher itself writes", '"team"'],
  ],
  [
    "annotations alike",
    foreign({ annotations: { "-a": "x", number: 5, "field.cattle.io/description": "x" } }),
    [`${SEARCH}.annotations["-a"]`, "is not the key of an annotation", '"team"'],
    [`${SEARCH}.annotations.number`, "the text of an annotation", '"on call', "5"],
    [`${SEARCH}.annotations["field.cattle.io/description"]`, "that Rancher itself writes", '"team"'],
  ],
  [
    "a workspace that Fleet cannot have",
    foreign({ fleetWorkspace: "Fleet Default" }),
    [`${SEARCH}.fleetWorkspace`, "the name of a Fleet workspace", '"fleet-default"', '"Fleet Default"'],
  ],
  [
    "a description of two lines",
    foreign({ description: "a\nb" }),
    [`${SEARCH}.description`, "one line of text", '"Payments"', '"a\\nb"'],
  ],
  [
    "quantities that Kubernetes would take for something else",
    foreign({ agentScheduling: { requests: { cpu: "100Mi", memory: "256m" }, limits: { cpu: "0", memory: "1024" } } }),
    [`${SEARCH}.agentScheduling.requests.cpu`, "thousandths with an m", '"100m"', '"100Mi"'],
    [`${SEARCH}.agentScheduling.requests.memory`, "with its unit", '"256Mi"', '"256m"'],
    [`${SEARCH}.agentScheduling.limits.cpu`, "a number of processors", '"100m"', '"0"'],
    [`${SEARCH}.agentScheduling.limits.memory`, "with its unit", '"256Mi"', '"1024"'],
  ],
  [
    "a toleration of everything",
    foreign({ agentScheduling: { tolerations: [{ effect: "Never" }] } }),
    [`${SEARCH}.agentScheduling.tolerations[0].effect`, '"NoSchedule"', '"NoSchedule"', '"Never"'],
    [`${SEARCH}.agentScheduling.tolerations[0].key`, "is missing: the key of a taint", '"dedicated"'],
  ],
  [
    "members by their names, in roles of something else",
    foreign({
      members: {
        "cluster-member": ["Payments", `azuread_user://${ID}`],
        "read-only": [GROUP],
        "Cluster Owner": [GROUP],
      },
      projects: { shop: { members: { "cluster-owner": [GROUP], "project-member": [] } } },
    }),
    [`${SEARCH}.members["cluster-member"][0]`, "<provider>_group://", "azuread_group", '"Payments"'],
    [`${SEARCH}.members["cluster-member"][1]`, "<provider>_group://", "azuread_group", `"azuread_user://${ID}"`],
    [`${SEARCH}.members["read-only"]`, "a role of a project", '"cluster-owner", "cluster-member", or'],
    [`${SEARCH}.members["Cluster Owner"]`, "not the id of a role template", '"cluster-owner"'],
    [`${SEARCH}.projects.shop.members["cluster-owner"]`, "a role of a cluster", '"project-owner", "project-member"'],
    [`${SEARCH}.projects.shop.members["project-member"]`, "must name a group", "leave it out", "an empty list"],
  ],
  [
    "projects that Rancher has, or cannot have",
    foreign({ projects: { System: {}, default: {}, "a/b": {}, "shop ": {} } }),
    [`${SEARCH}.projects.System`, "that Rancher makes by itself", "rename"],
    [`${SEARCH}.projects.default`, "that Rancher makes by itself", "rename"],
    [`${SEARCH}.projects["a/b"]`, "is not the name of a project", "63 at most"],
    [`${SEARCH}.projects["shop "]`, "is not the name of a project", "63 at most"],
  ],
  [
    "a wait without an end",
    foreign({ waitMinutes: 121 }),
    [`${SEARCH}.waitMinutes`, "from 5 to 120", "from 5 to 120", "121"],
  ],
];

const VARIABLES: readonly Row[] = [
  [
    "a variable of two lines, and one that is no variable",
    variables({ A: "a\nb", "a-b": "x", N: 5 }),
    [`${SEARCH}.agentEnvironment.A`, "one line", '"http://proxy', '"a\\nb"'],
    [`${SEARCH}.agentEnvironment["a-b"]`, "is not the name of an environment variable", "HTTPS_PROXY"],
    [`${SEARCH}.agentEnvironment.N`, "the value of a variable", '"http://proxy', "5"],
  ],
  [
    "variables that would switch the agent's checks off",
    variables({ STRICT_VERIFY: "false", CATTLE_CA_CHECKSUM: "", CATTLE_SERVER: "https://other", SSL_CERT_DIR: "/tmp" }),
    ...["STRICT_VERIFY", "CATTLE_CA_CHECKSUM", "CATTLE_SERVER", "SSL_CERT_DIR"].map(
      (name) => [`${SEARCH}.agentEnvironment.${name}`, "decides whom the agent trusts", "in Rancher"] as const,
    ),
  ],
  [
    "variables that are called as secrets are",
    variables({ PROXY_PASSWORD: "x", GITHUB_TOKEN: "y", awsSecret: "z" }),
    ...["PROXY_PASSWORD", "GITHUB_TOKEN", "awsSecret"].map(
      (name) => [`${SEARCH}.agentEnvironment.${name}`, "holds a secret by its name", "to the cluster itself"] as const,
    ),
  ],
  [
    "a proxy with a password",
    variables({ HTTPS_PROXY: "http://user:hunter2@proxy.example.com:3128", NO_PROXY: ".svc" }),
    [`${SEARCH}.agentEnvironment.HTTPS_PROXY`, "looks like an address with a password", "revoke it"],
  ],
  [
    "a proxy with a user, in each way of writing it",
    variables({
      HTTPS_PROXY: "http://hunter2@proxy.example.com:3128",
      http_proxy: "user:hunter2@proxy.example.com:3128",
      FTP_PROXY: "http://user:hunt/er2@proxy.example.com",
      GIT_MIRROR: "https://hunter2@git.example.com/x",
      NO_PROXY: ".svc",
    }),
    ...["HTTPS_PROXY", "http_proxy", "FTP_PROXY", "GIT_MIRROR"].map(
      (name) => [`${SEARCH}.agentEnvironment.${name}`, "names who signs in", "the address alone"] as const,
    ),
  ],
  [
    "a proxy for everything, the agent's own cluster too",
    {
      ...variables({ HTTP_PROXY: "http://proxy:3128" }),
      ...aks({ agent: "manual", agentEnvironment: { https_proxy: "http://p" } }),
    },
    [`${SEARCH}.agentEnvironment`, "through HTTP_PROXY too", "add NO_PROXY"],
    ["aks.payments.rancher.agentEnvironment", "through https_proxy too", "add NO_PROXY"],
  ],
];

const ACROSS: readonly Row[] = [
  [
    "clusters that join a server that there is not",
    { ...aks({ agent: "manual" }), rancher: GONE },
    ["aks.payments.rancher", "has no section 'rancher'", "rancher: { url:"],
  ],
  [
    "a cluster called as one of aks",
    { ...aks(undefined), [RANCHER]: { payments: {} } },
    ["rancher.clusters.payments", "both would be the stack prod-rancher-payments", "aks.payments.rancher"],
  ],
  [
    "a cluster called as one of aks is called in Rancher",
    { ...aks({ agent: "manual" }), [RANCHER]: { "prod-aks-payments": {} } },
    ['rancher.clusters["prod-aks-payments"]', "what Rancher calls the cluster payments of aks", "rename"],
  ],
  [
    "a cluster called as the item of one of aks",
    { ...aks(undefined), [RANCHER]: { "prod-aks-payments": { egress: ["203.0.113.20/32"] } } },
    ['rancher.clusters["prod-aks-payments"]', "writes the cluster payments of aks", "rename"],
  ],
  [
    "a cluster called as the addresses of AWS",
    { [RANCHER]: { "prod-aws-egress": { egress: ["203.0.113.20/32"] } } },
    ['rancher.clusters["prod-aws-egress"]', "this environment's own addresses", "rename"],
  ],
  [
    "a cluster that the allowlist has already",
    { [RANCHER]: { "otc-billing": { egress: ["203.0.113.20/32"] } } },
    ['allowlist.clusters["otc-billing"]', "stands in rancher.clusters too", "move its addresses there, as egress"],
  ],
  [
    "a cluster that the allowlist has already, without addresses of its own",
    { [RANCHER]: { "otc-billing": {} } },
    ['allowlist.clusters["otc-billing"]', "stands in rancher.clusters too", "move its addresses there, as egress"],
  ],
  [
    "clusters that differ in dots, in two sections",
    { "allowlist/clusters/otc.search": ["203.0.113.1/32"], [RANCHER]: { otcsearch: { egress: ["203.0.113.2/32"] } } },
    ["rancher.clusters.otcsearch", "differs from otc.search in dots only", "rename"],
  ],
  [
    "more addresses than the sets hold",
    { ...foreign({ egress: ranges(20_000) }), "allowlist/table": { keySchema: "id+ips" } },
    ["allowlist.clusters", "20003 IPv4 ranges", "raise capacity.ipv4Sets"],
  ],
  [
    "more addresses than an item holds",
    { ...foreign({ egress: longRanges(9_900) }) },
    [`${SEARCH}.egress`, "more addresses than one DynamoDB item", "id+ips", "a list of 9900"],
  ],
  [
    "addresses that nothing would write",
    { ...foreign({ egress: ["203.0.113.20/32"] }), allowlist: GONE },
    [`${SEARCH}.egress`, "has no section 'allowlist'", "add allowlist: {}, or leave egress out"],
  ],
  [
    "a hosted import without local accounts, and without a way to the API server",
    aks(HOSTED),
    ["aks.payments.apiServer.awsEgress", "must be true with", "awsEgress: true"],
    ["aks.payments.localAccounts", "must be true with", "localAccounts: true"],
  ],
  [
    "a hosted import of an API server that says no",
    aks(HOSTED, { localAccounts: true, apiServer: { access: "vnetIntegration", awsEgress: false } }),
    ["aks.payments.apiServer.awsEgress", "calls the API server from the AWS network", '"runCommand"'],
  ],
  [
    "a hosted import of a private cluster",
    aks(HOSTED, { localAccounts: true, apiServer: { access: "private" } }),
    ["aks.payments.apiServer.access", "keeps Rancher out", '"vnetIntegration" with awsEgress: true', '"private"'],
  ],
  [
    "a hosted import of a network that there is not",
    {
      ...aks(HOSTED, { localAccounts: true, apiServer: { access: "public", awsEgress: true } }),
      "aws/network": GONE,
    },
    ["aks.payments.apiServer.awsEgress", "the environment has none", "add aws.network", "true"],
  ],
  [
    "a run command without a pool for its pod",
    aks({ agent: "runCommand" }, { nodePools: {} }),
    ["aks.payments.rancher.agent", "needs a pool of nodePools without taints", '"manual"', '"runCommand"'],
  ],
  [
    "a server that is this machine",
    { ...foreign(), "rancher/url": "https://localhost:8443" },
    ["rancher.url", "is this machine", "the name of the server", '"https://localhost:8443"'],
  ],
  [
    "a server by its address, behind a firewall that goes by names",
    { ...aks({ agent: "runCommand" }), "rancher/url": "https://10.20.1.7" },
    ["rancher.url", "is an address", "the name of the server", '"https://10.20.1.7"'],
  ],
  [
    "an agent that is promised more than it may use",
    foreign({
      agentScheduling: { requests: { cpu: "1.5", memory: "1Gi" }, limits: { cpu: "1499m", memory: "1023Mi" } },
    }),
    [`${SEARCH}.agentScheduling.requests.cpu`, "is more than limits.cpu, 1499m", "or less", '"1.5"'],
    [`${SEARCH}.agentScheduling.requests.memory`, "is more than limits.memory, 1023Mi", "or less", '"1Gi"'],
  ],
  [
    "members twice",
    {
      ...foreign({ members: { "cluster-owner": [GROUP, GROUP] } }),
      ...aks({
        agent: "manual",
        projects: { shop: { members: { "read-only": ["github_org://1", GROUP, "github_org://1"] } } },
      }),
    },
    [`${SEARCH}.members["cluster-owner"][1]`, "a second time", "once", `"${GROUP}"`],
    ['aks.payments.rancher.projects.shop.members["read-only"][2]', "a second time", "once", '"github_org://1"'],
  ],
];

/** What builds on a refused field says nothing. */
const NO_CASCADE: readonly Row[] = [
  [
    "the server refused, and clusters that join it",
    { ...aks({ agent: "manual" }), rancher: "https://rancher.example.com" },
    ["rancher", "must be an object", "url", '"https://rancher.example.com"'],
  ],
  [
    "the allowlist refused, and addresses for it",
    { ...foreign({ egress: ["203.0.113.20/32"] }), allowlist: "observe" },
    ["allowlist", "must be an object", "mode", '"observe"'],
  ],
  [
    "local accounts and addresses refused, and a hosted import",
    aks(HOSTED, { localAccounts: "true", apiServer: { access: "public", awsEgress: "true" } }),
    ["aks.payments.apiServer.awsEgress", "true or false", "without quotes", '"true"'],
    ["aks.payments.localAccounts", "true or false", "without quotes", '"true"'],
  ],
  [
    "an API server refused, and a hosted import",
    aks(HOSTED, { localAccounts: true, apiServer: "public" }),
    ["aks.payments.apiServer", "who reaches the API server", "access:", '"public"'],
  ],
  [
    "exceptions refused, and a proxy",
    variables({ HTTPS_PROXY: "http://proxy:3128", NO_PROXY: [".svc"] }),
    [`${SEARCH}.agentEnvironment.NO_PROXY`, "the value of a variable", '"http', "a list of 1"],
  ],
  [
    "the address refused",
    { ...foreign(), "rancher/url": "http://localhost" },
    ["rancher.url", "HTTPS", "https://", '"http://localhost"'],
  ],
];

testRows({
  "the Rancher server": SERVER,
  "clusters in Rancher": REGISTRATIONS,
  "variables of agents": VARIABLES,
  "registration across fields": ACROSS,
  "one mistake in a registration, one message": NO_CASCADE,
});

test("everything that is wrong with a registration is told at once, in the order of the file", () => {
  const paths = violationsAfter({
    "rancher/url": "https://localhost",
    [RANCHER]: {
      payments: { labels: { "a b": "x" }, members: { "cluster-owner": [GROUP, GROUP] }, egress: ["x"] },
      "otc-billing": { agentEnvironment: { HTTPS_PROXY: "u@p" }, projects: { System: {} } },
    },
    ...aks(HOSTED),
  }).map(({ path }) => path);
  expect(paths).toEqual([
    "rancher.url",
    "rancher.clusters.payments",
    'rancher.clusters.payments.labels["a b"]',
    'rancher.clusters.payments.members["cluster-owner"][1]',
    "rancher.clusters.payments.egress[0]",
    'rancher.clusters["otc-billing"].agentEnvironment',
    'rancher.clusters["otc-billing"].agentEnvironment.HTTPS_PROXY',
    'rancher.clusters["otc-billing"].projects.System',
    'allowlist.clusters["otc-billing"]',
    "aks.payments.apiServer.awsEgress",
    "aks.payments.localAccounts",
  ]);
});

test("no message shows what may be a secret", () => {
  const secrets = { HTTPS_PROXY: "http://hunter2@proxy", PROXY_PASSWORD: "hunter2", FTP_PROXY: "http://u:hunter2@p" };
  const shown = JSON.stringify(violationsAfter(variables({ ...secrets, NO_PROXY: ".svc" })));
  expect(shown).toContain("agentEnvironment.PROXY_PASSWORD");
  expect(shown).not.toContain("hunter2");
});

test("the longest names that the file may give are still names that Rancher takes, which are DNS labels", () => {
  const accepts = (changes: Changes): boolean => {
    try {
      return define(changed({ ...aks({ agent: "manual" }), ...changes })).aks !== undefined;
    } catch {
      return false;
    }
  };
  const name = (length: number): string => "a".repeat(length);
  const longest = (changes: (length: number) => Changes): number =>
    [...Array(128).keys()].filter((length) => accepts(changes(length))).at(-1) ?? 0;
  const environment = longest((length) => ({ name: name(length) }));
  const cluster = longest((length) => ({ aks: { [name(length)]: { ...CLUSTER, rancher: { agent: "manual" } } } }));
  const made = longest((length) => ({ [RANCHER]: { [name(length)]: {} } }));
  expect(aksClusterName(name(environment), name(cluster))).toMatch(/^a{16}-aks-a{20}$/);
  for (const label of [aksClusterName(name(environment), name(cluster)), name(made)]) {
    expect(label).toMatch(/^[a-z][a-z0-9-]{0,61}[a-z0-9]$/);
  }
});

describe("what is right", () => {
  it.each<readonly [string, Changes]>([
    ["a cluster made elsewhere, and nothing else said", foreign()],
    ["one as long as its name may be", { [RANCHER]: { ["a".repeat(40)]: {} } }],
    ["one that writes its own item, in an environment without an allowlist", { ...foreign(), allowlist: GONE }],
    ["one whose name begins as Rancher's own", { [RANCHER]: { "local-store": {} } }],
    [
      "one called as a cluster of aks in another environment",
      { ...aks(undefined), [RANCHER]: { "dev-aks-payments": {} } },
    ],
    ["a server by its address, and clusters elsewhere", { ...foreign(), "rancher/url": "https://10.20.1.7" }],
    [
      "a server by its address, behind somebody else's firewall",
      {
        ...aks({ agent: "runCommand" }),
        azure: { ...AZURE, monitoring: { workspaceId: WORKSPACE }, network: { existing: EXISTING_VNET } },
        "rancher/url": "https://10.20.1.7",
      },
    ],
    ["a server that is this machine, and nothing that joins it", { "rancher/url": "https://localhost" }],
    ["several authorities", { "rancher/caCertificates": `${PEM}\n${PEM}` }],
    ["a run command on a private cluster", aks({ agent: "runCommand" }, { apiServer: { access: "private" } })],
    ["an agent by hand, without a pool", aks({ agent: "manual" }, { nodePools: {} })],
    [
      "a hosted import that Rancher reaches",
      aks(HOSTED, { localAccounts: true, apiServer: { access: "vnetIntegration", awsEgress: true } }),
    ],
    ["local accounts for somebody else", aks({ agent: "runCommand" }, { localAccounts: true })],
    ["the same group in two roles", foreign({ members: { "cluster-owner": [GROUP], "nodes-view": [GROUP] } })],
    [
      "the same group in two projects and two clusters",
      {
        ...foreign({
          projects: { a: { members: { "read-only": [GROUP] } }, b: { members: { "read-only": [GROUP] } } },
        }),
        ...aks({ agent: "manual", projects: { a: { members: { "read-only": [GROUP] } } } }),
      },
    ],
    ["teams of GitHub", foreign({ members: { "cluster-member": ["github_team://42", "okta_group://A team"] } })],
    [
      "as much as an agent may use",
      foreign({
        agentScheduling: { requests: { cpu: "1000m", memory: "1024Mi" }, limits: { cpu: "1", memory: "1Gi" } },
      }),
    ],
    [
      "a proxy that knows its clients by their addresses, and what is not for it",
      variables({ https_proxy: "http://proxy.example.com:3128", no_proxy: ".svc", CATTLE_AGENT_LOGLEVEL: "debug" }),
    ],
    ["an empty proxy", variables({ HTTPS_PROXY: "" })],
    [
      "annotations for Rancher to read",
      foreign({ annotations: { "rancher.io/imported-cluster-version-management": "false" } }),
    ],
    [
      "labels of others, however like Rancher's",
      foreign({ labels: { "notcattle.io/team": "x", "cattle.io.example": "x" } }),
    ],
    ["projects, and no time to wait", foreign({ projects: { "month end": {}, "month-end": {} } })],
  ])("is accepted: %s", (_, changes) => {
    expect(() => define(changed(changes))).not.toThrow();
  });

  it("is filled in", () => {
    const { rancher } = define(changed(foreign({ projects: { shop: {} }, agentScheduling: {} })));
    expect(rancher).toMatchObject({ providerVersion: "7.9.0" });
    expect(rancher?.clusters.search).toEqual({
      agent: "manual",
      labels: {},
      annotations: {},
      fleetWorkspace: "fleet-default",
      agentEnvironment: {},
      agentScheduling: { tolerations: [] },
      members: {},
      projects: { shop: { members: {} } },
    });
  });
});
