import { resolve } from "node:path";

import { Fn } from "cdktf";
import type { Construct } from "constructs";

import * as contract from "../../lambda/lattice-proxy/contract";
import { Dashboard } from "../../lib/aws/dashboard";
import { ProxyLogMetrics, type ProxyLogPatterns } from "../../lib/aws/lattice/proxy-log-metrics";
import { BalancerFront } from "../../lib/aws/lattice-proxy/balancer-front";
import type { ProxyFront, ProxyFrontProps } from "../../lib/aws/lattice-proxy/front";
import { FunctionAlarms, functionWidgets } from "../../lib/aws/lattice-proxy/function-watch";
import { HttpApiFront } from "../../lib/aws/lattice-proxy/http-api-front";
import { ProxyFunction } from "../../lib/aws/lattice-proxy/proxy-function";
import { RestApiFront } from "../../lib/aws/lattice-proxy/rest-api-front";
import { API_TIMEOUT_SECONDS, type LatticeFunctionEnvironment } from "../../lib/environment";
import { hostMap, type ProxiedHost } from "../../lib/lattice";
import {
  addCertificates,
  addLogin,
  addProxyGroup,
  type IngressParts,
  type MadeIngress,
  proxiedHosts,
  signedServiceArns,
} from "./ingress";

const ENTRY = resolve(__dirname, "..", "..", "lambda", "lattice-proxy", "handler.ts");

/** No host waits longer, and a function that hangs is paid for. */
const LONGEST_SECONDS = contract.MAX_TIMEOUT_SECONDS + 5;

/** Makes the way in by a function that runs for each request. */
export function addFunction(scope: Construct, ingress: LatticeFunctionEnvironment, parts: IngressParts): MadeIngress {
  const { name, environment, aws, network, key } = parts;
  const hosts = proxiedHosts(parts);
  const securityGroup = addProxyGroup(scope, parts, hosts);
  const proxy = new ProxyFunction(scope, "proxy", {
    ...ingress,
    name: `${name}-proxy`,
    place: aws,
    entry: ENTRY,
    handler: contract.HANDLER,
    environment: variablesOf(ingress, hosts),
    subnetIds: network.privateSubnetIds,
    securityGroup,
    signedServiceArns: signedServiceArns(parts),
    timeoutSeconds: timeoutOf(ingress),
    kmsKeyArn: key.arn,
  });
  const topicArns = environment.notify.alarmTopicArns;
  const front = addFront(scope, ingress, parts, {
    name,
    place: aws,
    proxy,
    hosts: hosts.map(({ host }) => host),
    certificates: addCertificates(scope, ingress, parts),
    zoneId: ingress.zoneId,
    topicArns,
  });
  new FunctionAlarms(scope, "proxy-alarms", { name, proxy, topicArns });
  const { widget } = new ProxyLogMetrics(scope, "proxy-log-metrics", {
    name,
    logGroupName: proxy.logGroupName,
    patterns: PATTERNS,
    unsignedMeans:
      "The function had no credentials to sign with, and answered 503 for it: nothing leaves unsigned. See whether its role still exists " +
      "and Lambda may assume it.",
    topicArns,
  });
  new Dashboard(scope, "dashboard", {
    name,
    place: aws,
    widgets: [...front.widgets, ...functionWidgets(proxy), widget],
  });
  return {
    ...front.outputs,
    proxyRoleArn: proxy.roleArn,
    proxySecurityGroupId: securityGroup.id,
    published: [
      ...front.published,
      { id: "function-name", value: proxy.name, description: "The function; fronts call its alias live" },
    ],
  };
}

/** The front that the environment names. */
function addFront(
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

const POINT_RECORDS = "Point your records of the hosts here, unless they were made here";

interface Front extends ProxyFront, Pick<MadeIngress, "published"> {
  readonly outputs: Pick<MadeIngress, "loadBalancerArn" | "dnsName">;
}

/** Until the front gives up, for the function answers before that. */
function timeoutOf(ingress: LatticeFunctionEnvironment): number {
  return ingress.front === "alb"
    ? Math.min(ingress.idleTimeoutSeconds, LONGEST_SECONDS)
    : API_TIMEOUT_SECONDS[ingress.front];
}

function variablesOf(
  { front, bearerHeader, login }: LatticeFunctionEnvironment,
  hosts: readonly ProxiedHost[],
): Record<string, string> {
  const { VARIABLES } = contract;
  const map: contract.HostMap = hostMap(hosts);
  return {
    // By Terraform, which alone knows the names that VPC Lattice generates.
    [VARIABLES.hosts]: Fn.base64gzip(Fn.jsonencode(map)),
    [VARIABLES.bearerHeader]: bearerHeader,
    [VARIABLES.front]: front satisfies contract.Front,
    [VARIABLES.identityHeaders]: String(login !== undefined && "oidc" in login),
  };
}

/** Why the function itself answered, by what that means for whoever watches. */
const COUNTED = {
  unsigned: ["no_credentials"],
  unreached: [
    "dns_error",
    "connection_refused",
    "connection_terminated",
    "connection_timeout",
    "connection_read_timeout",
    "tls_certificate_error",
    "tls_protocol_error",
    "http_protocol_error",
    "http_response_incomplete",
    "http_response_timeout",
  ],
  unknownHosts: ["unknown_host"],
} as const satisfies Record<keyof ProxyLogPatterns, readonly contract.Reason[]>;

const patternOf = (reasons: readonly contract.Reason[]): string =>
  `{ ${reasons.map((reason) => `($.reason = "${reason}")`).join(" || ")} }`;

const PATTERNS: ProxyLogPatterns = {
  unsigned: patternOf(COUNTED.unsigned),
  unreached: patternOf(COUNTED.unreached),
  unknownHosts: patternOf(COUNTED.unknownHosts),
};
