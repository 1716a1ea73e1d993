import { defineEnvironment } from "../../lib/environment";

const region = "eu-central-1";
const account = "111122223333";
const balancer = (name: string, id: string): string =>
  `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/${name}/${id}`;
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

/** As large as one account allows, and everything switched on that makes a stack larger: a fixture, and a test of limits. */
export default defineEnvironment({
  name: "wide",
  protect: true,
  tags: { owner: "platform", "cost-centre": "4711" },
  state: {
    kind: "s3",
    bucket: "acme-terraform-state",
    region,
    prefix: "fences/wide",
    kmsKeyArn: `arn:aws:kms:${region}:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
  },
  notify: { alarmTopicArns: [`arn:aws:sns:${region}:${account}:page`, `arn:aws:sns:${region}:${account}:mail`] },
  // Two lists of two families each: four sets, which count against the quota too.
  access: {
    operators: ["198.51.100.0/24", "2001:db8:100::/48"],
    runners: ["203.0.113.64/28", "2001:db8:200::/56"],
  },
  aws: {
    accountId: account,
    region,
    network: { cidr: "10.20.0.0/16", zones: ["a", "b", "c"], gatewayEndpoints: ["s3"] },
    dockerHub: {
      credentialSecretArn: `arn:aws:secretsmanager:${region}:${account}:secret:ecr-pullthroughcache/hub-AbCdEf`,
    },
  },
  rancher: {
    url: "https://rancher.example.com",
    loadBalancerArns: [balancer("rancher", "50dc6c495c0c9188"), balancer("rancher-standby", "60dc6c495c0c9199")],
  },
  allowlist: {
    mode: "observe",
    contact: "platform@example.com",
    // With the four sets of `access` exactly the 100 that an account starts with.
    capacity: { ipv4Sets: 70, ipv6Sets: 26 },
    guard: { maxShare: 0.1, maxAddresses: 200 },
    table: { keySchema: "id+ips" },
    scheduleMinutes: 1,
    auditMinutes: 5,
    clusters: {
      ...Object.fromEntries(numbers(30).map((cluster) => [`edge-${cluster}`, [`203.0.113.${cluster}/32`]])),
      // More than one sort key of 1,024 bytes can hold.
      "fleet-central": [
        ...numbers(150).map((address) => `192.0.2.${address}/32`),
        ...numbers(10).map((network) => `2001:db8:300:${network + 1}::/64`),
      ],
    },
  },
  wallarm: {
    full: {
      domain: "api.example.com",
      upstream: "https://kong.internal.example.com:8443",
      cloud: "us",
      mode: "block",
      applicationId: 42,
      group: "wide-full",
      token: { revision: 3 },
      zoneId: "Z0123456789ABCDEFGHIJ",
      ingress: { cidrs: ["198.51.100.0/24"], prefixListIds: ["pl-0123456789abcdef0"] },
      desyncMode: "strictest",
      idleTimeoutSeconds: 300,
      drainSeconds: 600,
      maxBodyMb: 100,
      webAclArn: `arn:aws:wafv2:${region}:${account}:regional/webacl/edge/12345678-1234-1234-1234-123456789012`,
      trustedProxies: ["203.0.113.0/24"],
      hostHeader: "upstream",
      upstreamCidrs: ["10.20.0.0/16", "10.64.0.0/12"],
      upstreamRecord: { zoneId: "Z1123456789ABCDEFGHIJ", target: "internal-kong-123.eu-central-1.elb.amazonaws.com" },
      image: { version: "7.1.0", digest: `sha256:${"0123456789abcdef".repeat(4)}` },
      architecture: "arm64",
      size: { cpu: 4096, memoryMb: 30720 },
      arenaGb: 12,
      scaling: {
        minPerZone: 2,
        maxPerZone: 20,
        cpuPercent: 50,
        requestsPerTargetPerMinute: 30000,
        spotPercent: 50,
      },
      exec: true,
      metricsSidecar: true,
    },
    // As long as an edge's name may be: load balancer and target group have 32 characters.
    "partners-and-all": {
      domain: "partners.example.com",
      aliases: ["partners.example.net", "*.partners.example.com"],
      upstream: "http://10.20.30.40:8080",
      cloud: "eu",
      token: { revision: 1 },
      certificateArn: `arn:aws:acm:${region}:${account}:certificate/12345678-1234-1234-1234-123456789012`,
      scheme: "internal",
      image: { version: "6.13.0" },
    },
  },
});
