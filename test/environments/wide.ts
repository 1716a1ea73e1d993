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
    network: { cidr: "10.20.0.0/16", zones: ["a", "b", "c"] },
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
});
