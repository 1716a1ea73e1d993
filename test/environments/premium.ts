import { defineEnvironment } from "../../lib/environment";

const subscription = "55555555-5555-5555-5555-555555555555";
const group = (name: string): string => `/subscriptions/${subscription}/resourceGroups/${name}/providers`;

/** All that Azure has to offer: a firewall that inspects, a NAT gateway behind it, and clusters whose API servers stand in the VNet. */
export default defineEnvironment({
  name: "premium",
  protect: true,
  tags: { owner: "platform" },
  state: { kind: "local" },
  notify: { azureActionGroupIds: [`${group("on-call")}/Microsoft.Insights/actionGroups/page`] },
  access: { operators: ["198.51.100.0/24", "2001:db8:100::/48"], runners: ["203.0.113.64/28"] },
  aws: {
    accountId: "111122223333",
    region: "eu-central-1",
    network: { cidr: "10.20.0.0/16", zones: ["a", "b"], nat: "single" },
  },
  rancher: { url: "https://rancher.example.com" },
  allowlist: { table: { keySchema: "id+ips" } },
  azure: {
    tenantId: "66666666-6666-6666-6666-666666666666",
    subscriptionId: subscription,
    location: "westeurope",
    monitoring: { workspaceId: `${group("logs")}/Microsoft.OperationalInsights/workspaces/main` },
    network: {
      cidr: "10.40.0.0/18",
      admit: ["10.64.0.0/12", "192.168.7.0/24"],
      firewall: {
        tier: "Premium",
        zones: [1],
        publicIps: ["primary", "second", "third"],
        reservedPublicIps: ["fourth"],
        publicIpPrefixLength: 28,
        intrusionDetection: "Alert",
        rules: {
          application: { payments: { sources: { ipGroups: ["office"] }, fqdns: ["*.payments.example.com"] } },
          network: {
            ntp: { destinations: { fqdns: ["ntp.example.com"] }, ports: ["123"], protocols: ["UDP"] },
            partners: { destinations: { ipGroups: ["partners"] }, ports: ["443", "8443"] },
          },
          ipGroups: { office: ["10.40.4.0/23"], partners: ["192.0.2.0/28"] },
        },
      },
      natGateway: { publicIps: ["nat-1", "nat-2"], zone: 1 },
    },
  },
  aks: {
    payments: {
      slot: 0,
      kubernetesVersion: "1.32",
      apiServer: { access: "vnetIntegration", awsEgress: true, alsoAdmit: ["192.0.2.16/28"] },
      adminGroupIds: ["77777777-7777-7777-7777-777777777777"],
      diskEncryptionSetId: `${group("keys")}/Microsoft.Compute/diskEncryptionSets/main`,
      systemPool: { vmSize: "Standard_D8ds_v5", min: 3, max: 5 },
      nodePools: {
        work: { vmSize: "Standard_D8ds_v5", min: 3, max: 30 },
        batch: {
          vmSize: "Standard_E8ds_v5",
          min: 0,
          max: 20,
          zones: [2],
          maxPods: 60,
          spot: true,
          taints: ["dedicated=batch:NoSchedule"],
          labels: { workload: "batch" },
        },
      },
      upgrade: {
        automaticChannel: "stable",
        nodeOsChannel: "SecurityPatch",
        windows: {
          planned: { dayOfWeek: "Monday", startTime: "01:00", utcOffset: "+02:00" },
          nodeOs: { dayOfWeek: "Saturday", startTime: "22:00", durationHours: 6 },
        },
      },
      rancher: { agent: "runCommand" },
    },
    ledger: {
      slot: 3,
      kubernetesVersion: "1.32.4",
      apiServer: {
        access: "private",
        dnsZoneId: `${group("dns")}/Microsoft.Network/privateDnsZones/privatelink.westeurope.azmk8s.io`,
      },
      podCidr: "10.246.0.0/16",
      adminGroupIds: ["77777777-7777-7777-7777-777777777777"],
      upgrade: { automaticChannel: "none", nodeOsChannel: "None" },
      hostEncryption: false,
      defender: false,
    },
  },
});
