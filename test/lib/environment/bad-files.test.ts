import {
  BALANCER,
  DOCKER_HUB,
  EXISTING_NETWORK,
  EXISTING_TABLE,
  GONE,
  KEY,
  type Row,
  STREAM,
  violationsAfter,
} from "./base";
import { EDGE_ACROSS, EDGE_FIELDS, EDGE_NO_CASCADE } from "./bad-edges";
import { testRows } from "./rows";

const range = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `10.${index >> 8}.${index & 255}.1/32`);
/** IPv6 addresses at their longest. */
const longRange = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `2001:db8:aaaa:bbbb:cccc:dddd:${(index + 4096).toString(16)}:1234/128`);
const words = (count: number, item: string): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${item}${index}`, item]));

const NAME = "a lower-case letter, then lower-case letters and digits";
const NOT_A_FIELD = "is not a field of this section";

const FIELDS: readonly Row[] = [
  ["name left out", { name: GONE }, ["name", `is missing: ${NAME}`, '"prod"']],
  ["name in upper case", { name: "Prod" }, ["name", `must be ${NAME}`, '"prod"', '"Prod"']],
  ["name with a hyphen", { name: "my-prod" }, ["name", `must be ${NAME}`, '"prod"', '"my-prod"']],
  ["name of 17 characters", { name: "a".repeat(17) }, ["name", "16 in all", '"prod"', `"${"a".repeat(17)}"`]],
  ["name a number", { name: 5 }, ["name", `must be ${NAME}`, '"prod"', "5"]],
  ["name null", { name: null }, ["name", `must be ${NAME}`, '"prod"', "null"]],
  ["name undefined", { name: undefined }, ["name", `is missing: ${NAME}`, '"prod"', "undefined"]],
  ["protect in quotes", { protect: "true" }, ["protect", "must be true or false", "without quotes", '"true"']],
  ["tags a list", { tags: ["a"] }, ["tags", "must be an object of tags", '{ owner: "platform" }', "a list of 1"]],
  ["tag a number", { "tags/a": 1 }, ["tags.a", "must be the text of a tag", '"platform"', "1"]],
  ["tag empty", { "tags/a": "" }, ["tags.a", "is not the text of a tag", "1 to 256", '""']],
  ["tag key reserved", { "tags/aws:x": "y" }, ['tags["aws:x"]', "is a reserved tag key", "leave out aws:"]],
  ["tag key impossible", { "tags/a#b": "y" }, ['tags["a#b"]', "is not a tag key", "1 to 128 letters"]],
  [
    "tag key and its text impossible",
    { "tags/a#b": 1 },
    ['tags["a#b"]', "must be the text", '"platform"', "1"],
    ['tags["a#b"]', "is not a tag key", "1 to 128"],
  ],
  ["tags that differ in case", { "tags/Owner": "x" }, ["tags.Owner", "differs from owner in case only", "one of"]],
  ["48 tags", { tags: words(48, "k") }, ["tags.k47", "is one tag too many", "keep 47"]],
  ["accountId a number", { "aws/accountId": 111122223333 }, ["aws.accountId", "in quotes", '"1111', "111122223333"]],
  [
    "accountId with hyphens",
    { "aws/accountId": "1111-2222-3333" },
    ["aws.accountId", "12", '"1111', '"1111-2222-3333"'],
  ],
  ["region left out", { "aws/region": GONE }, ["aws.region", "is missing: an AWS Region code", '"eu-central-1"']],
  [
    "region a zone",
    { "aws/region": "eu-central-1a" },
    ["aws.region", "Region code", '"eu-central-1"', '"eu-central-1a"'],
  ],
  ["profile empty", { "aws/profile": "" }, ["aws.profile", "the name of a profile", '"prod"', '""']],
  [
    "role a user",
    { "aws/assumeRole/roleArn": "arn:aws:iam::111122223333:user/x" },
    ["aws.assumeRole.roleArn", "the ARN of an IAM role", ":role/", '"arn:aws:iam::111122223333:user/x"'],
  ],
  [
    "externalId a letter",
    { "aws/assumeRole/externalId": "x" },
    ["aws.assumeRole.externalId", "2 to 1,224", '"', '"x"'],
  ],
  [
    "url without TLS",
    { "rancher/url": "http://r.example.com" },
    ["rancher.url", "HTTPS", "https://", '"http://r.example.com"'],
  ],
  [
    "url with a path",
    { "rancher/url": "https://r.example.com/v3" },
    ["rancher.url", "without a path", "https://", '"https://r.example.com/v3"'],
  ],
  [
    "a network load balancer",
    { "rancher/loadBalancerArns/0": BALANCER.replace("/app/", "/net/") },
    [
      "rancher.loadBalancerArns[0]",
      "an Application Load Balancer",
      "/app/",
      JSON.stringify(BALANCER.replace("/app/", "/net/")),
    ],
  ],
  [
    "a FIFO topic",
    { "notify/alarmTopicArns/0": "arn:aws:sns:eu-central-1:111122223333:a.fifo" },
    [
      "notify.alarmTopicArns[0]",
      "cannot notify a FIFO topic",
      "arn:aws:sns",
      '"arn:aws:sns:eu-central-1:111122223333:a.fifo"',
    ],
  ],
  [
    "mode in upper case",
    { "allowlist/mode": "Enforce" },
    ["allowlist.mode", 'must be "observe" or "enforce"', '"observe"', '"Enforce"'],
  ],
  [
    "contact with quotes",
    { "allowlist/contact": 'ask "us"' },
    ["allowlist.contact", "without double quotes", "platform@", '"ask \\"us\\""'],
  ],
  [
    "scheduleMinutes in quotes",
    { "allowlist/scheduleMinutes": "5" },
    ["allowlist.scheduleMinutes", "from 1 to 60", "without quotes", '"5"'],
  ],
  [
    "scheduleMinutes zero",
    { "allowlist/scheduleMinutes": 0 },
    ["allowlist.scheduleMinutes", "from 1 to 60", "from 1 to 60", "0"],
  ],
  [
    "auditMinutes more often than the sets can be read",
    { "allowlist/auditMinutes": 4 },
    ["allowlist.auditMinutes", "from 5 to 1440", "from 5 to 1440", "4"],
  ],
  [
    "auditMinutes of more than a day",
    { "allowlist/auditMinutes": 1441 },
    ["allowlist.auditMinutes", "from 5 to 1440", "from 5 to 1440", "1441"],
  ],
  [
    "ipv4Sets a fraction",
    { "allowlist/capacity/ipv4Sets": 1.5 },
    ["allowlist.capacity.ipv4Sets", "a whole number", "from 1 to 100", "1.5"],
  ],
  [
    "ipv4Sets not a number",
    { "allowlist/capacity/ipv4Sets": NaN },
    ["allowlist.capacity.ipv4Sets", "a whole number", "from 1 to 100", "NaN"],
  ],
  [
    "maxShare in per cent",
    { "allowlist/guard/maxShare": 20 },
    ["allowlist.guard.maxShare", "from 0 to 1", "0.2 for 20 %", "20"],
  ],
];

const SECTIONS: readonly Row[] = [
  ["aws null", { aws: null }, ["aws", "must be an object", "accountId", "null"]],
  ["aws a list", { aws: [] }, ["aws", "must be an object", "accountId", "an empty list"]],
  ["aws empty", { aws: {} }, ["aws.accountId", "is missing", '"1111'], ["aws.region", "is missing", '"eu-central-1"']],
  ["notify a list", { notify: [] }, ["notify", "must be an object", "alarmTopicArns", "an empty list"]],
  ["access text", { access: "198.51.100.0/24" }, ["access", "must be an object", "operators", '"198.51.100.0/24"']],
  ["guard false", { "allowlist/guard": false }, ["allowlist.guard", "must be an object", "maxShare", "false"]],
  [
    "assumeRole the ARN itself",
    { "aws/assumeRole": "arn:x" },
    ["aws.assumeRole", "must be an object", "roleArn", '"arn:x"'],
  ],
  [
    "table text",
    { "allowlist/table": "clusters" },
    ["allowlist.table", "must be an object", "{ existing:", '"clusters"'],
  ],
  [
    "network text",
    { "aws/network": "10.0.0.0/16" },
    ["aws.network", "must be an object", "{ existing:", '"10.0.0.0/16"'],
  ],
  [
    "operators text",
    { "access/operators": "198.51.100.0/24" },
    ["access.operators", "must be the list", '["', '"198.51.100.0/24"'],
  ],
  [
    "operators an object",
    { "access/operators": { a: 1 } },
    ["access.operators", "must be the list", '["', "an object"],
  ],
  ["operators null", { "access/operators": null }, ["access.operators", "must be the list", '["', "null"]],
  [
    "clusters a list",
    { "allowlist/clusters": [] },
    ["allowlist.clusters", "must be an object of clusters", "otc", "an empty list"],
  ],
  [
    "a cluster text",
    { "allowlist/clusters/c": "203.0.113.1/32" },
    ["allowlist.clusters.c", "must be a list", '["', '"203.0.113.1/32"'],
  ],
  [
    "a cluster undefined",
    { "allowlist/clusters/c": undefined },
    ["allowlist.clusters.c", "is missing", '["', "undefined"],
  ],
  [
    "a cluster without addresses",
    { "allowlist/clusters/c": [] },
    ["allowlist.clusters.c", "at least one", "leave this entry out", "an empty list"],
  ],
  [
    "a cluster with a colon",
    { "allowlist/clusters/a:b": ["203.0.113.1/32"] },
    ['allowlist.clusters["a:b"]', "is not a cluster name", "rename"],
  ],
  [
    "a cluster wrong in name and address",
    { "allowlist/clusters/a b": ["x"] },
    ['allowlist.clusters["a b"]', "is not a cluster name", "rename"],
    ['allowlist.clusters["a b"][0]', "is no IPv4 or IPv6 network", "192.0.2.0/24", '"x"'],
  ],
  [
    "state left out",
    { state: GONE },
    ["state", "is missing: where the states live", '{ kind: "local" }, { kind: "s3"'],
  ],
  ["state text", { state: "local" }, ["state", "must say where the states live", '{ kind: "local" }', '"local"']],
  ["state empty", { state: {} }, ["state.kind", "is missing: the kind of state", '"local", "s3" or "hcp"']],
  [
    "state of unknown kind",
    { state: { kind: "gcs", bucket: "x" } },
    ["state.kind", "is no known kind", '"s3"', '"gcs"'],
  ],
  [
    "s3 without its fields",
    { state: { kind: "s3" } },
    ["state.bucket", "is missing", '"acme'],
    ["state.region", "is missing", '"eu-central-1"'],
  ],
  [
    "bucket that S3 refuses",
    { "state/bucket": "a..b" },
    ["state.bucket", "the name of an S3 bucket", '"acme', '"a..b"'],
  ],
  ["prefix that climbs", { "state/prefix": "../x" }, ["state.prefix", "without . and ..", '"ringfence"', '"../x"']],
  [
    "key an alias",
    { "state/kmsKeyArn": "arn:aws:kms:eu-central-1:111122223333:alias/x" },
    ["state.kmsKeyArn", "not an alias", ":key/", '"arn:aws:kms:eu-central-1:111122223333:alias/x"'],
  ],
  [
    "hcp project too short",
    { state: { kind: "hcp", organization: "acme", project: "p" } },
    ["state.project", "3 to 40", '"platform"', '"p"'],
  ],
  [
    "hcp host as an address",
    { state: { kind: "hcp", organization: "acme", project: "platform", hostname: "https://x" } },
    ["state.hostname", "without https://", '"terraform.example.com"', '"https://x"'],
  ],
  ["local state with a bucket", { state: { kind: "local", bucket: "abc" } }, ["state.bucket", NOT_A_FIELD, "kind"]],
  [
    "zones as full names",
    { "aws/network/zones": ["a", "eu-central-1b"] },
    ["aws.network.zones[1]", "the letter of an", '"a"', '"eu-central-1b"'],
  ],
  ["one zone", { "aws/network/zones": ["a"] }, ["aws.network.zones", "two to four zones", '["a"', "a list of 1"]],
  [
    "five zones",
    { "aws/network/zones": ["a", "b", "c", "d", "e"] },
    ["aws.network.zones", "two to four zones", '["a"', "a list of 5"],
  ],
  [
    "one zone, and that one a number",
    { "aws/network/zones": [1] },
    ["aws.network.zones", "two to four", '["a"', "a list of 1"],
    ["aws.network.zones[0]", "the letter", '"a"', "1"],
  ],
  [
    "egress unknown",
    { "aws/network/egress": "igw" },
    ["aws.network.egress", 'must be "nat" or "inspection"', '"nat"', '"igw"'],
  ],
  ["NAT a number", { "aws/network/nat": 1 }, ["aws.network.nat", 'must be "zone" or "single"', '"single"', "1"]],
  [
    "gateway endpoints that do not exist",
    { "aws/network/gatewayEndpoints": ["s3", "sqs"] },
    ["aws.network.gatewayEndpoints[1]", 'must be "s3" or "dynamodb"', '"dynamodb"', '"sqs"'],
  ],
  [
    "gateway endpoints switched on",
    { "aws/network/gatewayEndpoints": true },
    ["aws.network.gatewayEndpoints", "a list of services", '["s3", "dynamodb"]', "true"],
  ],
  [
    "interface endpoints by name",
    { "aws/network/interfaceEndpoints": ["logs"] },
    ["aws.network.interfaceEndpoints", 'must be "needed" or "none"', '"none"', "a list of 1"],
  ],
  [
    "a Docker Hub secret of another name",
    { "aws/dockerHub": { credentialSecretArn: DOCKER_HUB.replace("ecr-pullthroughcache/", "") } },
    [
      "aws.dockerHub.credentialSecretArn",
      "name begins with ecr-pullthroughcache/",
      "ecr-pullthroughcache/docker-hub-AbCdEf",
      JSON.stringify(DOCKER_HUB.replace("ecr-pullthroughcache/", "")),
    ],
  ],
  [
    "a Docker Hub secret without its suffix",
    { "aws/dockerHub": { credentialSecretArn: DOCKER_HUB.replace("-AbCdEf", "") } },
    [
      "aws.dockerHub.credentialSecretArn",
      "six characters at its end",
      "-AbCdEf",
      JSON.stringify(DOCKER_HUB.replace("-AbCdEf", "")),
    ],
  ],
  [
    "transit gateway by its ARN",
    { "aws/network/egress": "inspection", "aws/network/transitGatewayId": "arn:aws:ec2:x" },
    ["aws.network.egress", "no section 'inspection'", 'add inspection: { … }, or write egress: "nat"', '"inspection"'],
    ["aws.network.transitGatewayId", "the id of a transit gateway", '"tgw-', '"arn:aws:ec2:x"'],
  ],
];

const RANGES: readonly Row[] = [
  [
    "every kind of bad range",
    {
      "access/operators": [
        "198.51.100.1/24",
        "0.0.0.0/0",
        "198.51.100.1",
        5,
        null,
        undefined,
        "",
        ["x"],
        "198.51.100.0/24",
      ],
    },
    [
      "access.operators[0]",
      "has bits set beyond its prefix",
      "write 198.51.100.0/24 or 198.51.100.1/32",
      '"198.51.100.1/24"',
    ],
    ["access.operators[1]", "is every address there is", "networks that are meant", '"0.0.0.0/0"'],
    ["access.operators[2]", "has no prefix length", "write 198.51.100.1/32", '"198.51.100.1"'],
    ["access.operators[3]", "must be an address range", '"198.51.100.0/24"', "5"],
    ["access.operators[4]", "must be an address range", '"198.51.100.0/24"', "null"],
    ["access.operators[5]", "is missing: an address range", '"198.51.100.0/24"', "undefined"],
    ["access.operators[6]", "is empty", "192.0.2.0/24", '""'],
    ["access.operators[7]", "must be an address range", '"198.51.100.0/24"', "a list of 1"],
  ],
  [
    "the article's own example",
    { "allowlist/clusters/c": ["54.123.456.78/32"] },
    ["allowlist.clusters.c[0]", "octet above 255", "correct", '"54.123.456.78/32"'],
  ],
  [
    "a range with white space",
    { "access/runners": ["198.51.100.0/24; "] },
    ["access.runners[0]", "holds white space", "remove it", '"198.51.100.0/24; "'],
  ],
];

const SPELLING: readonly Row[] = [
  ["bucket", { "state/bucket": GONE, "state/bukcet": "abc" }, ["state.bukcet", NOT_A_FIELD, "write bucket"]],
  [
    "a section that another one needs",
    { aws: GONE, asw: { accountId: "111122223333", region: "eu-central-1" } },
    ["asw", NOT_A_FIELD, "write aws"],
  ],
  [
    "a section and what stands in it",
    { aws: GONE, Aws: { acountId: "1", region: "x" } },
    ["Aws", NOT_A_FIELD, "write aws"],
    ["Aws.acountId", NOT_A_FIELD, "write accountId"],
    ["Aws.acountId", "12 digits", '"1111', '"1"'],
    ["Aws.region", "Region code", '"eu-central-1"', '"x"'],
  ],
  [
    "operators, which enforce needs",
    { access: { operator: ["198.18.7.0/24"] } },
    ["access.operator", NOT_A_FIELD, "write operators"],
  ],
  ["case", { "allowlist/capacity": { ipv4sets: 2 } }, ["allowlist.capacity.ipv4sets", NOT_A_FIELD, "write ipv4Sets"]],
  ["beside the field itself", { Name: "x" }, ["Name", NOT_A_FIELD, "take it out"]],
  [
    "beside the field itself, undefined",
    { "aws/regoin": "eu-central-1", "aws/region": undefined },
    ["aws.regoin", NOT_A_FIELD, "write region"],
  ],
  [
    "two for one",
    { "rancher/url": GONE, "rancher/uri": "https://r.example.com", "rancher/urll": "x" },
    ["rancher.uri", NOT_A_FIELD, "write url"],
    ["rancher.urll", NOT_A_FIELD, "take it out; the fields here are url, loadBalancerArns"],
  ],
  ["nothing near", { kubernetes: {} }, ["kubernetes", NOT_A_FIELD, "the fields here are name, protect"]],
  ["a key that is no word", { "we ird": 1 }, ['["we ird"]', NOT_A_FIELD, "take it out"]],
];

const EXISTING: readonly Row[] = [
  [
    "network cidr misspelt",
    { "aws/network": { cird: "10.0.0.0/16", zones: ["a", "b"] } },
    ["aws.network.cird", NOT_A_FIELD, "write cidr"],
  ],
  [
    "network empty",
    { "aws/network": {} },
    ["aws.network.cidr", "is missing", '"'],
    ["aws.network.zones", "is missing", '["a"'],
  ],
  [
    "existing null",
    { "aws/network": { existing: null } },
    ["aws.network.existing", "must be an object", "vpcId", "null"],
  ],
  [
    "existing misspelt",
    { "aws/network": { exisitng: EXISTING_NETWORK } },
    ["aws.network.exisitng", NOT_A_FIELD, "write existing"],
  ],
  [
    "existing with faults",
    { "aws/network": { existing: { ...EXISTING_NETWORK, vpcId: "x", publicSubnetIds: ["subnet-1"], egress: [] } } },
    ["aws.network.existing.vpcId", "the id of a VPC", '"vpc-', '"x"'],
    ["aws.network.existing.publicSubnetIds", "in two zones or more", '["subnet-', "a list of 1"],
    ["aws.network.existing.publicSubnetIds[0]", "the id of a subnet", '"subnet-', '"subnet-1"'],
    ["aws.network.existing.egress", "at least one address", '["203', "an empty list"],
  ],
  [
    "existing beside zones",
    { "aws/network": { existing: EXISTING_NETWORK, zones: ["a", "b"] } },
    ["aws.network.zones", "cannot stand beside 'existing'", "keep one"],
  ],
  [
    "existing without its key",
    { "aws/network": EXISTING_NETWORK },
    [
      "aws.network.vpcId",
      "outside of 'existing'",
      "write existing: { vpcId, publicSubnetIds, privateSubnetIds",
      '"vpc-0123456789abcdef0"',
    ],
  ],
  [
    "existing in IPv6",
    { "aws/network": { existing: { ...EXISTING_NETWORK, cidr: "2001:db8::/56" } } },
    ["aws.network.existing.cidr", "IPv4", "IPv4", '"2001:db8::/56"'],
  ],
  [
    "a misspelt field of existing",
    {
      "allowlist/table": { existing: EXISTING_TABLE },
      "allowlist/table/existing/streamArn": GONE,
      "allowlist/table/existing/streamARN": STREAM,
    },
    ["allowlist.table.existing.streamARN", NOT_A_FIELD, "write streamArn"],
  ],
  [
    "an existing table without its key",
    { "allowlist/table": EXISTING_TABLE },
    ["allowlist.table.streamArn", "outside of 'existing'", "write existing:", JSON.stringify(STREAM)],
  ],
  [
    "an existing table with a bad name",
    { "allowlist/table": { existing: { ...EXISTING_TABLE, name: "a b" } } },
    ["allowlist.table.existing.name", "the name of a DynamoDB table", '"prod-', '"a b"'],
  ],
];

const ACROSS: readonly Row[] = [
  [
    "a role of another account",
    { "aws/accountId": "999922223333", rancher: GONE },
    [
      "aws.assumeRole.roleArn",
      "another account than aws.accountId, 999922223333",
      "correct the account",
      '"arn:aws:iam::111122223333:role/terraform"',
    ],
  ],
  [
    "a VPC too large",
    { "aws/network/cidr": "10.0.0.0/8" },
    ["aws.network.cidr", "must be /16 to /22", "/16 to /22", '"10.0.0.0/8"'],
  ],
  [
    "a VPC in IPv6",
    { "aws/network/cidr": "2001:db8::/56" },
    ["aws.network.cidr", "must be an IPv4 range", '"10.', '"2001:db8::/56"'],
  ],
  [
    "a VPC too small, with a zone twice",
    { "aws/network": { cidr: "10.0.0.0/23", zones: ["a", "b", "a"] } },
    ["aws.network.cidr", "must be /16 to /22", "/16 to /22", '"10.0.0.0/23"'],
    ["aws.network.zones[2]", "a second time", "once", '"a"'],
  ],
  [
    "a balancer twice",
    { "rancher/loadBalancerArns": [BALANCER, BALANCER] },
    ["rancher.loadBalancerArns[1]", "a second time", "once", JSON.stringify(BALANCER)],
  ],
  [
    "another Region than topics and balancers, and the state's key",
    { "aws/region": "eu-west-1", "state/region": "eu-west-1" },
    ["state.kmsKeyArn", "another Region than the bucket, eu-west-1", "correct state.region", JSON.stringify(KEY)],
    [
      "notify.alarmTopicArns[0]",
      "another Region than aws.region, eu-west-1",
      "a topic of that Region",
      '"arn:aws:sns:eu-central-1:111122223333:alarms"',
    ],
    ["rancher.loadBalancerArns[0]", "another account or Region", "correct the ARN", JSON.stringify(BALANCER)],
  ],
  [
    "an allowlist without AWS",
    { aws: GONE },
    ["allowlist", "stands in AWS, and the environment has no section", "add aws:"],
  ],
  [
    "enforce without operators",
    { "access/operators": [] },
    ["allowlist.mode", "would lock you out", "access.operators", '"enforce"'],
  ],
  [
    "enforce with the example's operators",
    { "access/operators": ["198.51.100.0/24", "2001:db8:100::/48"] },
    ["allowlist.mode", "ranges of the documentation", "access.operators", '"enforce"'],
  ],
  [
    "enforce without access",
    { access: GONE },
    ["allowlist.mode", "would lock you out", "access.operators", '"enforce"'],
  ],
  [
    "egress through a stack that the environment has not, and NAT of another way out",
    { "aws/network/egress": "inspection", "aws/network/nat": "single" },
    ["aws.network.egress", "no section 'inspection'", "add inspection:", '"inspection"'],
    ["aws.network.nat", "no effect where egress is inspected", "leave nat out", '"single"'],
  ],
  [
    "a transit gateway that nothing uses, and an endpoint twice",
    { "aws/network/transitGatewayId": "tgw-0123456789abcdef0", "aws/network/gatewayEndpoints": ["s3", "s3"] },
    ["aws.network.transitGatewayId", 'only with egress: "inspection"', "leave it out", '"tgw-0123456789abcdef0"'],
    ["aws.network.gatewayEndpoints[1]", "a second time", "once", '"s3"'],
  ],
  [
    "existing subnets written twice, in one list and in both",
    {
      "aws/network": {
        existing: {
          ...EXISTING_NETWORK,
          publicSubnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef0"],
          privateSubnetIds: ["subnet-0123456789abcdef2", "subnet-0123456789abcdef0"],
        },
      },
    },
    ["aws.network.existing.publicSubnetIds[1]", "a second time", "once", '"subnet-0123456789abcdef0"'],
    [
      "aws.network.existing.privateSubnetIds[1]",
      "stands also in publicSubnetIds",
      "one of the two",
      '"subnet-0123456789abcdef0"',
    ],
  ],
  [
    "an existing range that no VPC has",
    { "aws/network": { existing: { ...EXISTING_NETWORK, cidr: "10.0.0.0/12" } } },
    ["aws.network.existing.cidr", "must be /16 to /28", "IPv4 range", '"10.0.0.0/12"'],
  ],
  [
    "interface endpoints in somebody else's network",
    { "aws/network": { existing: EXISTING_NETWORK, interfaceEndpoints: "none" } },
    ["aws.network.interfaceEndpoints", "cannot stand beside 'existing'", "keep one"],
  ],
  [
    "a Docker Hub cache in somebody else's network",
    { "aws/network": { existing: EXISTING_NETWORK }, "aws/dockerHub": { credentialSecretArn: DOCKER_HUB } },
    ["aws.dockerHub", "this one exists already", "image.repository"],
  ],
  [
    "a Docker Hub cache without a network",
    { "aws/network": GONE, "aws/dockerHub": { credentialSecretArn: DOCKER_HUB } },
    ["aws.dockerHub", "aws has none", "add network:"],
  ],
  [
    "a Docker Hub secret of another Region",
    { "aws/dockerHub": { credentialSecretArn: DOCKER_HUB.replace("central", "west") } },
    [
      "aws.dockerHub.credentialSecretArn",
      "another account or Region",
      "of this account and Region",
      JSON.stringify(DOCKER_HUB.replace("central", "west")),
    ],
  ],
  [
    "a Docker Hub secret of another account",
    { "aws/dockerHub": { credentialSecretArn: DOCKER_HUB.replace("111122223333", "999922223333") } },
    [
      "aws.dockerHub.credentialSecretArn",
      "another account or Region",
      "of this account and Region",
      JSON.stringify(DOCKER_HUB.replace("111122223333", "999922223333")),
    ],
  ],
  [
    "NAT of one's own in somebody else's network",
    { "aws/network": { existing: EXISTING_NETWORK, nat: "single" } },
    ["aws.network.nat", "cannot stand beside 'existing'", "keep one"],
  ],
  [
    "more sets than the quota",
    { "allowlist/capacity": { ipv4Sets: 99 } },
    ["allowlist.capacity", "needs 102 IP sets", "capacity.quota"],
  ],
  [
    "more addresses than the sets hold, in more bytes than an item",
    { "allowlist/clusters": { big: range(20_001) }, "allowlist/table": GONE },
    ["allowlist.clusters", "20003 IPv4 ranges", "raise capacity.ipv4Sets, or join neighbouring ranges"],
  ],
  [
    "existing egress that the sets cannot hold",
    { "aws/network": { existing: { ...EXISTING_NETWORK, egress: range(20_001) } } },
    ["allowlist.clusters", "the sets of this family hold 20000", "join neighbouring ranges"],
  ],
  [
    "more IPv6 addresses than the one set of that family holds",
    { "allowlist/clusters": { big: longRange(10_001) }, "allowlist/table": { keySchema: "id+ips" } },
    ["allowlist.clusters", "10001 IPv6 ranges", "raise capacity.ipv6Sets, or join neighbouring ranges"],
  ],
  [
    "half of the internet as operators",
    { "access/operators": ["198.18.7.0/24", "0.0.0.0/1"] },
    ["access.operators[1]", "wider than /8", "the ranges that are meant", '"0.0.0.0/1"'],
  ],
  [
    "half of the internet as a cluster",
    { "allowlist/clusters/otc-billing": ["8000::/1"] },
    ['allowlist.clusters["otc-billing"][0]', "wider than /16", "the ranges that are meant", '"8000::/1"'],
  ],
  [
    "half of the internet as existing egress",
    { "aws/network": { existing: { ...EXISTING_NETWORK, egress: ["128.0.0.0/1"] } } },
    ["aws.network.existing.egress[0]", "wider than /8", "the ranges that are meant", '"128.0.0.0/1"'],
  ],
  [
    "more operators than a set holds",
    { "access/operators": range(10_001) },
    ["access.operators", "10001 IPv4 ranges, and one IP set holds 10000", "join neighbouring ranges"],
  ],
  [
    "more addresses than an item holds",
    { "allowlist/clusters": { big: longRange(9_900) } },
    ["allowlist.clusters.big", "more addresses than one DynamoDB item", "id+ips", "a list of 9900"],
  ],
  [
    "clusters that differ in dots",
    { "allowlist/clusters": { "a.b": ["203.0.113.1/32"], ab: ["203.0.113.2/32"] } },
    ["allowlist.clusters.ab", "differs from a.b in dots only", "rename"],
  ],
  [
    "the name of the own addresses",
    { "allowlist/clusters/prod-aws-egress": ["203.0.113.1/32"] },
    ['allowlist.clusters["prod-aws-egress"]', "Ringfence writes", "rename"],
  ],
  [
    "the stream of another table, elsewhere",
    {
      "allowlist/table": {
        existing: { ...EXISTING_TABLE, name: "other", streamArn: STREAM.replace("central", "west") },
      },
    },
    [
      "allowlist.table.existing.streamArn",
      "not a stream of the table other",
      "of that table",
      JSON.stringify(STREAM.replace("central", "west")),
    ],
    [
      "allowlist.table.existing.streamArn",
      "another account or Region",
      "this account",
      JSON.stringify(STREAM.replace("central", "west")),
    ],
  ],
];

/** Rules across fields say nothing of what was refused already, and everything of the rest. */
const NO_CASCADE: readonly Row[] = [
  [
    "quota refused, and many sets",
    { "allowlist/capacity": { ipv4Sets: 100, quota: "200" } },
    ["allowlist.capacity.quota", "whole number", "without quotes", '"200"'],
  ],
  [
    "number of sets refused, and more addresses than one set holds",
    { "allowlist/capacity/ipv4Sets": "2", "allowlist/clusters": { big: range(10_001) } },
    ["allowlist.capacity.ipv4Sets", "whole number", "without quotes", '"2"'],
  ],
  [
    "key schema refused, and a large item",
    {
      "allowlist/table/keySchema": "ids",
      "allowlist/clusters": { big: longRange(9_900) },
    },
    ["allowlist.table.keySchema", "must be", '"id+ips"', '"ids"'],
  ],
  ["the only operator refused", { "access/operators": ["x"] }, ["access.operators[0]", "is no IPv4", "192", '"x"']],
  ["all operators refused", { "access/operators": "x" }, ["access.operators", "must be the list", '["', '"x"']],
  [
    "a zone refused, another twice",
    { "aws/network/zones": ["a", "A", "a"] },
    ["aws.network.zones[1]", "the letter", '"a"', '"A"'],
    ["aws.network.zones[2]", "a second time", "once", '"a"'],
  ],
  [
    "a range refused, and enforce without operators",
    { "access/operators": [], "allowlist/clusters/otc-billing/0": "x" },
    ["allowlist.mode", "would lock you out", "access.operators", '"enforce"'],
    ['allowlist.clusters["otc-billing"][0]', "is no IPv4", "192", '"x"'],
  ],
];

const TABLES: Readonly<Record<string, readonly Row[]>> = {
  fields: FIELDS,
  sections: SECTIONS,
  "address ranges": RANGES,
  "misspelt names": SPELLING,
  "made or existing": EXISTING,
  "rules across fields": ACROSS,
  "one mistake, one message": NO_CASCADE,
  "fields of an edge": EDGE_FIELDS,
  "rules across fields of edges": EDGE_ACROSS,
  "one mistake in an edge, one message": EDGE_NO_CASCADE,
};

testRows(TABLES);

test("many faults come in the order of the file, with what is missing at the end of its section", () => {
  const paths = violationsAfter({
    name: "My-Prod",
    protect: "yes",
    "tags/a": 1,
    state: { kind: "s3" },
    "access/operators": [],
    "aws/accountId": 1,
    "aws/regoin": "x",
    "aws/region": GONE,
    "aws/network/cidr": "10.0.0.1/16",
    "aws/network/zones": ["a", "a"],
    "rancher/url": "${aws_lb.x.dns_name}",
    "allowlist/clusters/otc-billing": ["x", "203.0.113.1"],
    kubernetes: {},
  }).map(({ path }) => path);
  expect(paths).toEqual([
    "name",
    "protect",
    "tags.a",
    "state.bucket",
    "state.region",
    "aws.accountId",
    "aws.network.cidr",
    "aws.network.zones[1]",
    "aws.regoin",
    "aws.regoin",
    "rancher.url",
    "allowlist.mode",
    'allowlist.clusters["otc-billing"][0]',
    'allowlist.clusters["otc-billing"][1]',
    "kubernetes",
  ]);
});
