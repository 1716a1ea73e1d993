import type { Construct } from "constructs";

import { BalancerFront } from "../../lib/aws/lattice-proxy/balancer-front";
import type { ProxyFront, ProxyFrontProps } from "../../lib/aws/lattice-proxy/front";
import { HttpApiFront } from "../../lib/aws/lattice-proxy/http-api-front";
import { RestApiFront } from "../../lib/aws/lattice-proxy/rest-api-front";
import type { LatticeFunctionEnvironment } from "../../lib/environment";
import { addLogin, type IngressParts, type MadeIngress } from "./ingress";

/** A front that was made. */
interface Front extends ProxyFront, Pick<MadeIngress, "published"> {
  readonly outputs: Pick<MadeIngress, "loadBalancerArn" | "dnsName">;
}

const POINT_RECORDS = "Point your records of the hosts here, unless they were made here";

/** Makes the front that the environment names. */
export function addFront(
  scope: Construct,
  ingress: LatticeFunctionEnvironment,
  parts: IngressParts,
  props: ProxyFrontProps,
): Front {
  const kmsKeyArn = parts.key.arn;
  if (ingress.front === "alb") {
    const { balancer, widgets, accessLogBucket } = new BalancerFront(scope, "front", {
      ...ingress,
      ...props,
      network: parts.network,
      login: addLogin(scope, ingress, parts),
      protect: parts.environment.protect,
    });
    return {
      widgets,
      outputs: { loadBalancerArn: balancer.arn, dnsName: balancer.dnsName },
      published: [
        { id: "dns-name", value: balancer.dnsName, description: POINT_RECORDS },
        { id: "load-balancer-arn", value: balancer.arn, description: "Associate a web ACL with it, unless it has one" },
        { id: "access-log-bucket", value: accessLogBucket, description: "Bucket of the access and connection logs" },
      ],
    };
  }
  const front =
    ingress.front === "httpApi"
      ? new HttpApiFront(scope, "front", { ...ingress, ...props, kmsKeyArn })
      : new RestApiFront(scope, "front", { ...ingress, ...props, kmsKeyArn });
  return {
    widgets: front.widgets,
    outputs: {},
    published: [
      { id: "api-id", value: front.id, description: "The API of all hosts" },
      {
        id: "dns-names",
        value: Object.entries(front.targets).map(([host, target]) => `${host} ${target}`),
        description: `${POINT_RECORDS}: each host, and its own name in AWS's zone`,
      },
    ],
  };
}
