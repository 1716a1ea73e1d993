import type { Construct } from "constructs";

import { dockerHubImage } from "../../lib/aws/ecs/image";
import { ProxyFleet } from "../../lib/aws/envoy/proxy-fleet";
import type { LatticeFleetEnvironment } from "../../lib/environment";
import {
  addCertificates,
  addLogin,
  addProxyGroup,
  type IngressParts,
  type MadeIngress,
  proxiedHosts,
  signedServiceArns,
} from "./ingress";

/** The proxies' image on Docker Hub. */
export const PROXY_REPOSITORY = "envoyproxy/envoy";

/** Makes the way in by proxies that always run. */
export function addFleet(scope: Construct, ingress: LatticeFleetEnvironment, parts: IngressParts): MadeIngress {
  const { name, environment, aws, network, key } = parts;
  const hosts = proxiedHosts(parts);
  const fleet = new ProxyFleet(scope, "fleet", {
    ...ingress,
    name,
    place: aws,
    network,
    hosts,
    certificates: addCertificates(scope, ingress, parts),
    login: addLogin(scope, ingress, parts),
    image: dockerHubImage(PROXY_REPOSITORY, ingress.image, network.dockerHub),
    securityGroup: addProxyGroup(scope, parts, hosts),
    signedServiceArns: signedServiceArns(parts),
    kmsKeyArn: key.arn,
    protect: environment.protect,
    topicArns: environment.notify.alarmTopicArns,
  });
  return {
    loadBalancerArn: fleet.balancer.arn,
    dnsName: fleet.balancer.dnsName,
    proxyRoleArn: fleet.roleArn,
    proxySecurityGroupId: fleet.securityGroupId,
    published: [
      {
        id: "dns-name",
        value: fleet.balancer.dnsName,
        description: "Point your records of the hosts here, unless they were made here",
      },
      {
        id: "load-balancer-arn",
        value: fleet.balancer.arn,
        description: "Associate a web ACL with it, unless the environment names one",
      },
      {
        id: "access-log-bucket",
        value: fleet.accessLogBucket,
        description: "Bucket of the access and connection logs",
      },
      { id: "cluster-name", value: fleet.clusterName, description: "The service in it has the same name" },
    ],
  };
}
