import { defineEnvironment } from "../../lib/environment";

const region = "eu-west-1";
const account = "444455556666";

/** Everything that can be somebody else's is: state, network and table; the web ACL is only exported. */
export default defineEnvironment({
  name: "hosted",
  state: { kind: "hcp", organization: "acme", project: "platform" },
  notify: { alarmTopicArns: [`arn:aws:sns:${region}:${account}:alarms`] },
  access: { operators: ["198.18.7.0/24", "198.18.8.0/24"], runners: ["2001:db8:200::/56"] },
  aws: {
    accountId: account,
    region,
    assumeRole: { roleArn: `arn:aws:iam::${account}:role/terraform`, externalId: "ringfence" },
    network: {
      existing: {
        vpcId: "vpc-0123456789abcdef0",
        cidr: "10.60.0.0/16",
        publicSubnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        privateSubnetIds: ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"],
        egress: ["203.0.113.7/32", "203.0.113.8/32"],
      },
    },
  },
  rancher: { url: "https://rancher.example.org" },
  allowlist: {
    mode: "enforce",
    capacity: { ipv4Sets: 2, ipv6Sets: 2 },
    table: {
      existing: {
        name: "clusters",
        streamArn: `arn:aws:dynamodb:${region}:${account}:table/clusters/stream/2026-01-01T00:00:00.000`,
        keySchema: "id",
        kmsKeyArn: `arn:aws:kms:${region}:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
      },
    },
    scheduleMinutes: 15,
    auditMinutes: 1440,
    reservedConcurrency: 1,
    clusters: { "gke-search": ["192.0.2.128/28", "2001:db8:201::/56"] },
  },
  wallarm: {
    api: {
      domain: "api.example.org",
      upstream: "https://kong.example.org",
      cloud: "eu",
      mode: "safe_blocking",
      token: {
        existing: {
          secretArn: `arn:aws:secretsmanager:${region}:${account}:secret:wallarm/nodes-AbCdEf`,
          jsonKey: "token",
          kmsKeyArn: `arn:aws:kms:${region}:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
        },
      },
      certificateArn: `arn:aws:acm:${region}:${account}:certificate/12345678-1234-1234-1234-123456789012`,
      zoneId: "Z0123456789ABCDEFGHIJ",
      dualStack: true,
      ingress: { cidrs: ["0.0.0.0/0", "2001:db8:100::/48"] },
      image: { version: "7.1.0", repository: `${account}.dkr.ecr.${region}.amazonaws.com/mirror/wallarm-node` },
    },
  },
});
