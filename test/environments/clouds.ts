import { defineEnvironment } from "../../lib/environment";

/** Made for this file. */
const AUTHORITY = `-----BEGIN CERTIFICATE-----
MIIBozCCAUmgAwIBAgIUSpAUH2+DvK1DUlbmhvxZxjK/BxwwCgYIKoZIzj0EAwIw
JjEkMCIGA1UEAwwbRXhhbXBsZSBhdXRob3JpdHkgb2YgY2xvdWRzMCAXDTI2MTEy
MjIwMTcyOVoYDzIxMjYxMDI5MjAxNzI5WjAmMSQwIgYDVQQDDBtFeGFtcGxlIGF1
dGhvcml0eSBvZiBjbG91ZHMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT6WqXl
sY+cHKlKlF5yfZmQUBAt8LL/hz9x4YCUR3ujeNziJjL/wnTVJw+H6XocWVo5YDCf
eqAE/sUdlVUlwR7So1MwUTAdBgNVHQ4EFgQUSXeTAVjG2x5IClP3nXzOexdgvZQw
HwYDVR0jBBgwFoAUSXeTAVjG2x5IClP3nXzOexdgvZQwDwYDVR0TAQH/BAUwAwEB
/zAKBggqhkjOPQQDAgNIADBFAiA/iFhez7F2wQY/f6W67u678U7IYb/OOHwO0A7v
lr560wIhAJsOUn9ND5k5lFVmd5delt6dAQxL0MQVeAqdrs+gzbuA
-----END CERTIFICATE-----
`;

const group = (id: string): string => `azuread_group://${id.repeat(8)}-0000-0000-0000-000000000000`;
const ADMINISTRATORS = "77777777-7777-7777-7777-777777777777";
const pool = { vmSize: "Standard_D4ds_v5", min: 2, max: 4 };

/**
 * What the project is for: clusters of several clouds whose addresses open the fence in AWS, and which join Rancher there. Its server has
 * a certificate of a private authority.
 */
export default defineEnvironment({
  name: "clouds",
  tags: { owner: "platform" },
  state: { kind: "local" },
  access: { operators: ["198.51.100.0/24"], runners: ["203.0.113.64/28"] },
  aws: {
    accountId: "333344445555",
    region: "eu-central-1",
    network: { cidr: "10.20.0.0/16", zones: ["a", "b"] },
  },
  rancher: {
    url: "https://rancher.clouds.example:8443/",
    loadBalancerArns: [
      "arn:aws:elasticloadbalancing:eu-central-1:333344445555:loadbalancer/app/rancher/50dc6c495c0c9188",
    ],
    caCertificates: AUTHORITY,
    clusters: {
      "otc-billing": {
        egress: ["203.0.113.10/32", "203.0.113.11/32", "2001:db8:200::/56"],
        description: "Billing, on CCE of the Open Telekom Cloud",
        labels: { cloud: "otc", "clouds.example/team": "billing" },
        annotations: { "clouds.example/on-call": "billing: +49 30 0000" },
        agentEnvironment: {
          HTTPS_PROXY: "http://proxy.otc.example:3128",
          NO_PROXY: "127.0.0.0/8,10.0.0.0/8,.svc,.cluster.local",
        },
        members: { "cluster-owner": [group("a")], "cluster-member": [group("b"), group("c")] },
        projects: {
          invoices: { description: "Invoices", members: { "project-member": [group("b")] } },
          "month end": {},
        },
        waitMinutes: 60,
      },
    },
  },
  allowlist: {},
  azure: {
    tenantId: "66666666-6666-6666-6666-666666666666",
    subscriptionId: "55555555-5555-5555-5555-555555555555",
    location: "westeurope",
    network: { cidr: "10.40.0.0/16", firewall: { publicIps: ["primary", "second"] } },
  },
  aks: {
    // By run command, with everything that a registration can say.
    shop: {
      slot: 0,
      kubernetesVersion: "1.33",
      apiServer: { access: "private" },
      adminGroupIds: [ADMINISTRATORS],
      nodePools: { work: pool },
      rancher: {
        agent: "runCommand",
        description: "The shop",
        labels: { cloud: "azure", stage: "production" },
        annotations: { "clouds.example/cost-centre": "4711" },
        fleetWorkspace: "shops",
        agentEnvironment: { HTTPS_PROXY: "http://10.40.0.200:3128", NO_PROXY: ".svc,10.0.0.0/8" },
        agentScheduling: {
          tolerations: [
            { key: "dedicated", value: "agents", effect: "NoSchedule" },
            { key: "clouds.example/maintenance", effect: "NoExecute" },
          ],
          requests: { cpu: "100m", memory: "256Mi" },
          limits: { cpu: "1", memory: "1Gi" },
        },
        members: { "cluster-member": [group("d")] },
        projects: { catalogue: { members: { "project-owner": [group("d")], "read-only": [group("e")] } } },
        waitMinutes: 30,
      },
    },
    // Rancher signs in to it by itself.
    ledger: {
      slot: 1,
      kubernetesVersion: "1.33",
      apiServer: { access: "public", awsEgress: true },
      adminGroupIds: [ADMINISTRATORS],
      localAccounts: true,
      nodePools: { work: pool },
      rancher: {
        agent: "hosted",
        cloudCredentialId: "cattle-global-data:cc-x7k2p",
        labels: { cloud: "azure" },
        members: { "cluster-owner": [group("a")] },
      },
    },
  },
});
