import type { Construct } from "constructs";

import { AliasRecord } from "../../../../lib/aws/dns/alias-record";
import { LatticeAccessLogs } from "../../../../lib/aws/lattice/access-logs";
import { LatticeService, type LatticeServiceProps } from "../../../../lib/aws/lattice/lattice-service";
import { LatticeShare } from "../../../../lib/aws/lattice/lattice-share";
import { NetworkAssociation } from "../../../../lib/aws/lattice/network-association";
import { NetworkEndpoint } from "../../../../lib/aws/lattice/network-endpoint";
import type { LatticeReach } from "../../../../lib/aws/lattice/reach";
import { existingServiceNetwork, ServiceNetwork } from "../../../../lib/aws/lattice/service-network";
import { SecurityGroup } from "../../../../lib/aws/network/security-group";
import { authPolicy } from "../../../../lib/lattice";
import type { Template } from "../../../support/template";
import { build, PLACE } from "../load-balancer/edge";

/** What is to differ from a network made here, reached by association, with one service of its own domain. */
export interface LatticeChanges {
  readonly networkArn?: string;
  readonly reach?: "association" | "endpoint";
  readonly dualStack?: boolean;
  readonly protect?: boolean;
  readonly service?: Partial<LatticeServiceProps>;
  readonly s3BucketArn?: string;
  readonly principals?: readonly string[];
}

export const VPC = "vpc-0a1b2c3d";
export const PROXY_ROLE = "arn:aws:iam::111122223333:role/prod-lattice-task";
export const DOMAIN = "shop.internal.example.com";

/** What tests ask further. */
export interface BuiltLattice {
  readonly service: LatticeService;
  readonly reach: LatticeReach;
}

/** A network, its way in, a service of every kind of target, logs and a share, as a stack would put them together. */
export function addLattice(scope: Construct, changes: LatticeChanges = {}): BuiltLattice {
  const { reach: kind = "association", dualStack = false, networkArn } = changes;
  const network =
    networkArn === undefined
      ? new ServiceNetwork(scope, "network", {
          name: "prod-lattice",
          authPolicy: authPolicy([{ callers: "account" }], { place: PLACE }),
          protect: changes.protect ?? false,
        })
      : existingServiceNetwork(networkArn);
  const reach =
    kind === "endpoint"
      ? new NetworkEndpoint(scope, "reach", {
          name: "prod-lattice",
          network,
          vpcId: VPC,
          subnetIds: ["subnet-0a", "subnet-0b"],
        })
      : new NetworkAssociation(scope, "reach", { name: "prod-lattice", place: PLACE, network, vpcId: VPC, dualStack });
  const service = new LatticeService(scope, "shop", {
    name: "prod-shop",
    network,
    domain: DOMAIN,
    certificateArn: "arn:aws:acm:eu-central-1:111122223333:certificate/0a1b2c3d",
    auth: "iam",
    authPolicy: authPolicy([{ callers: "proxy", methods: ["GET"], paths: ["/v1/*"] }], {
      place: PLACE,
      proxyRoleArn: PROXY_ROLE,
    }),
    listener: { protocol: "https", port: 443 },
    targets: {
      web: { kind: "ip", port: 8080, protocol: "http", protocolVersion: "http1", ids: ["10.20.0.7", "10.20.1.7"] },
      fleet: {
        kind: "instance",
        protocol: "https",
        protocolVersion: "http2",
        ids: ["i-0123456789abcdef0"],
        healthCheck: { path: "/health", matcher: "200-299", port: 9000 },
      },
      balancer: {
        kind: "alb",
        protocol: "https",
        protocolVersion: "http1",
        ids: ["arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/shop/50dc6c495c0c9188"],
      },
      function: { kind: "lambda", ids: ["arn:aws:lambda:eu-central-1:111122223333:function:shop:live"] },
    },
    vpcId: VPC,
    routes: [
      { path: { prefix: "/v2" }, method: "GET", to: { web: 90, fleet: 10 } },
      { path: { exact: "/legacy" }, to: { balancer: 1 } },
      { headers: [{ name: "x-function", exact: "yes" }], to: { function: 1 } },
    ],
    defaultTo: { web: 1 },
    ...changes.service,
  });
  new AliasRecord(scope, "record", { zoneId: "Z0PRIVATE", name: DOMAIN, target: reach.dnsEntryOf(service), dualStack });
  const proxies = new SecurityGroup(scope, "proxies", { name: "prod-proxies", description: "Proxies", vpcId: VPC });
  reach.admit(proxies, [443, 443]);
  new LatticeAccessLogs(scope, "access-logs", {
    name: "prod-lattice",
    place: PLACE,
    sources: { network: network.arn },
    kmsKeyArn: "arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d",
    s3BucketArn: changes.s3BucketArn,
  });
  if (changes.principals !== undefined) {
    new LatticeShare(scope, "share", {
      name: "prod-lattice",
      resources: { network: network.arn, "service-shop": service.arn },
      principals: changes.principals,
    });
  }
  return { service, reach };
}

/** A stack with all of it. */
export function buildLattice(changes: LatticeChanges = {}): Template {
  return build((stack) => {
    addLattice(stack, changes);
  });
}
