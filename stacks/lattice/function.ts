import { resolve } from "node:path";

import { Fn } from "cdktf";
import type { Construct } from "constructs";

import * as contract from "../../lambda/lattice-proxy/contract";
import { Dashboard } from "../../lib/aws/dashboard";
import { ProxyLogMetrics } from "../../lib/aws/lattice/proxy-log-metrics";
import { FunctionAlarms, functionWidgets } from "../../lib/aws/lattice-proxy/function-watch";
import { ProxyFunction } from "../../lib/aws/lattice-proxy/proxy-function";
import { API_TIMEOUT_SECONDS, type LatticeFunctionEnvironment } from "../../lib/environment";
import { hostMap, type ProxiedHost } from "../../lib/lattice";
import { addFront } from "./front";
import {
  addCertificates,
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
  const { COUNTED } = contract;
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
    unsigned: COUNTED.unsigned,
    further: {
      unreached: { ...COUNTED.unreached, label: "service not reached" },
      "unknown-hosts": { ...COUNTED.unknownHosts, label: "unknown host" },
      "too-large": { ...COUNTED.tooLarge, label: "too large for the front" },
      failed: { ...COUNTED.failed, label: "fault of the function" },
    },
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
