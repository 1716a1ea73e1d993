import { accountId, admittedCidr, cidr, oneOf, profile, region, roleArn, says, secretArn, text } from "../fields";
import { listOf, madeOrExisting, section } from "../shapes";

const SUBNETS = '["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]';

const subnetIds = (what: string) =>
  listOf(
    text({ pattern: /^subnet-[0-9a-f]{8,17}$/, what: "the id of a subnet", example: '"subnet-0123456789abcdef0"' }),
    what,
    SUBNETS,
    { min: 2, fault: says(`must be ${what}, in two zones or more`, `write for example ${SUBNETS}`) },
  );

const ZONES = '["a", "b", "c"]';

const made = section(
  '{ cidr: "10.20.0.0/16", zones: ["a", "b", "c"] } or { existing: { … } }',
  {
    /** IPv4 range of the VPC, /16 to /22: smaller ones leave no room for four tiers in four zones. */
    cidr,
    /**
     * Availability zones by letter, two to four. Append only: a zone's place in the list decides its subnets, so that
     * reordering or removing one would replace those of the zones behind it.
     */
    zones: listOf(
      text({ pattern: /^[a-z]$/, what: "the letter of an availability zone", example: '"a"' }),
      "a list of zone letters",
      ZONES,
      { min: 2, max: 4, fault: says("must name two to four zones", `write for example ${ZONES}`) },
    ),
    /**
     * How private subnets reach the internet: through NAT gateways in this VPC, or through a transit gateway and the stack
     * `inspection`. Either way each zone keeps its fixed address.
     * @default "nat"
     */
    egress: oneOf(["nat", "inspection"]).default("nat"),
    /**
     * NAT gateways with `egress: "nat"`: one in each zone, or a single one in the first. A single one costs a fraction, but when
     * its zone fails, nothing leaves any zone, and what the other zones send is charged for crossing zones. Changing to `single`
     * releases the addresses of all zones but the first for good.
     * @default "zone"
     */
    nat: oneOf(["zone", "single"]).default("zone"),
    /** Transit gateway of this account and Region that `egress: "inspection"` uses. @default - one is made */
    transitGatewayId: text({
      pattern: /^tgw-[0-9a-f]{8,17}$/,
      what: "the id of a transit gateway",
      example: '"tgw-0123456789abcdef0"',
    }).optional(),
    /**
     * Services that private subnets reach by a route of their own, free of charge and of NAT's price by the gigabyte. Through it
     * only this account's buckets and tables can be written; buckets of others can be read. Requests no longer come from the
     * network's fixed addresses, which is why none is on unasked: a bucket that admits by address would refuse them.
     * @default []
     */
    gatewayEndpoints: listOf(oneOf(["s3", "dynamodb"]), "a list of services", '["s3", "dynamodb"]').default([]),
    /**
     * Services that private subnets reach at addresses of the VPC, each at a price by the hour and zone. `needed`: those that the
     * stacks of this environment use, so that their images, logs and secrets come neither through NAT nor over the internet. `none`:
     * all of it leaves by the way out.
     * @default "needed"
     */
    interfaceEndpoints: oneOf(["needed", "none"]).default("needed"),
  },
  ["existing"],
);

const EGRESS = '["203.0.113.7/32"]';

const existing = section("{ vpcId, cidr, publicSubnetIds, privateSubnetIds, egress }", {
  /** The VPC's id. Its name server is Amazon's, which security groups do not hold back: nodes of edges reach no other. */
  vpcId: text({ pattern: /^vpc-[0-9a-f]{8,17}$/, what: "the id of a VPC", example: '"vpc-0123456789abcdef0"' }),
  /** IPv4 range of the VPC; of several, the one that holds the subnets of load balancers: nodes of edges answer these alone. */
  cidr,
  /** Subnets with a route to the internet gateway, in two zones or more. */
  publicSubnetIds: subnetIds("a list of public subnet ids"),
  /** Subnets that leave through the addresses under `egress`, in two zones or more. */
  privateSubnetIds: subnetIds("a list of private subnet ids"),
  /** The fixed public addresses its private subnets leave from; a single address is a /32. */
  egress: listOf(admittedCidr, "the list of addresses that the network leaves from", EGRESS, {
    min: 1,
    fault: says("must name at least one address", `write for example ${EGRESS}`),
  }),
});

const CREDENTIAL = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf";

/** One AWS account and Region. */
export const aws = section('{ accountId: "111122223333", region: "eu-central-1" }', {
  /** The only account the provider will touch. */
  accountId,
  /** The Region of everything that is made in AWS. */
  region,
  /** Profile of the AWS configuration. @default - the provider's usual chain of credentials */
  profile: profile.optional(),
  /** Role that the provider assumes. @default - none */
  assumeRole: section('{ roleArn: "arn:aws:iam::111122223333:role/terraform" }', {
    /** A role of the same account. */
    roleArn,
    /** What the role's trust policy asks for. @default - none */
    externalId: text({
      pattern: /^[\w+=,.@:/-]{2,1224}$/,
      what: "an external id: 2 to 1,224 letters, digits and + = , . @ : / - _",
      example: '"ringfence"',
    }).optional(),
  }).optional(),
  /** The VPC: made here, or an existing one by its ids. @default - no network stack */
  network: madeOrExisting("a network", made, existing).optional(),
  /**
   * A pull-through cache of Docker Hub in Amazon ECR, made together with a network that is made here: images are then pulled from
   * this account, scanned and encrypted, and there when Docker Hub is not. @default - images come from Docker Hub itself
   */
  dockerHub: section(`{ credentialSecretArn: "${CREDENTIAL}" }`, {
    /**
     * Secret of this account and Region with `username` and `accessToken` of a Docker Hub account. Amazon ECR wants its name to begin
     * with `ecr-pullthroughcache/`, and the key `aws/secretsmanager` (Amazon ECR User Guide, "Creating a pull through cache rule").
     */
    credentialSecretArn: secretArn(
      /ecr-pullthroughcache\/[\w/+=.@-]+/,
      "the ARN of a Secrets Manager secret whose name begins with ecr-pullthroughcache/,",
      CREDENTIAL,
    ),
  }).optional(),
});
