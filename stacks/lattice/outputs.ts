/** What other stacks may know of VPC Lattice and the way in. */
export interface LatticeOutputs {
  readonly serviceNetworkArn: string;
  /** All services of the environment, by name. */
  readonly services: Readonly<Record<string, LatticeServiceOutputs>>;
  /** The way in. @default - the environment has none */
  readonly ingress?: LatticeIngressOutputs;
}

/** A service, made here or existing. */
export interface LatticeServiceOutputs {
  readonly arn: string;
  /** Name that those call it by who reach it as the proxies do. */
  readonly domain: string;
}

/** The proxies, and the load balancer in front of them. */
export interface LatticeIngressOutputs {
  /** As whom the proxies sign. */
  readonly proxyRoleArn: string;
  readonly proxySecurityGroupId: string;
  /** @default - an API stands in front */
  readonly loadBalancerArn?: string;
  /** Its name in AWS's own zone. @default - an API stands in front, which has a name for each host */
  readonly dnsName?: string;
}
