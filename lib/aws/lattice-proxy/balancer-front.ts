import { Construct } from "constructs";

import type { Widget } from "../dashboard";
import type { ApplicationLoadBalancer } from "../load-balancer/application-load-balancer";
import { FunctionBalancerAlarms } from "../load-balancer/balancer-alarms";
import { balancerMetric, targetMetric, type WatchedBalancer } from "../load-balancer/balancer-metrics";
import { FunctionTargets } from "../load-balancer/function-targets";
import { addHostBalancer, type HostBalancerProps } from "../load-balancer/host-balancer";
import type { ProxyFront, ProxyFrontProps } from "./front";

/** Properties of {@link BalancerFront}. */
export type BalancerFrontProps = ProxyFrontProps & HostBalancerProps;

/** An Application Load Balancer that calls the function for what is asked of its hosts, and answers all else 421. */
export class BalancerFront extends Construct implements ProxyFront {
  readonly balancer: ApplicationLoadBalancer;
  readonly accessLogBucket: string;
  readonly widgets: readonly Widget[];

  constructor(scope: Construct, id: string, props: BalancerFrontProps) {
    super(scope, id);
    const { name, hosts, proxy, topicArns } = props;
    const targetGroup = new FunctionTargets(this, "targets", {
      name,
      functionArn: proxy.aliasArn,
      admit: (principal, sourceArn) => proxy.admit(principal, sourceArn),
    });
    const isWildcard = (host: string): boolean => host.startsWith("*");
    const { balancer, accessLogs } = addHostBalancer(this, {
      ...props,
      forwardings: [
        { id: "hosts", hosts: hosts.filter((host) => !isWildcard(host)), targetGroup },
        { id: "wildcards", hosts: hosts.filter(isWildcard), targetGroup },
      ],
    });
    const watched = { balancer, targetGroup };
    new FunctionBalancerAlarms(this, "alarms", { ...watched, name, topicArns });
    this.balancer = balancer;
    this.accessLogBucket = accessLogs.name;
    this.widgets = widgets(watched);
  }
}

function widgets(watched: WatchedBalancer): readonly Widget[] {
  return [
    {
      title: "Requests, and how the function answered",
      metrics: [
        { ...targetMetric(watched, "RequestCount"), label: "requests" },
        { ...targetMetric(watched, "HTTPCode_Target_2XX_Count"), label: "2xx" },
        { ...targetMetric(watched, "HTTPCode_Target_3XX_Count"), label: "3xx" },
        { ...targetMetric(watched, "HTTPCode_Target_4XX_Count"), label: "4xx" },
        { ...targetMetric(watched, "HTTPCode_Target_5XX_Count"), label: "5xx" },
      ],
      statistic: "Sum",
    },
    {
      title: "What the load balancer answered or turned away itself",
      metrics: [
        { ...balancerMetric(watched, "HTTPCode_ELB_5XX_Count"), label: "5xx" },
        { ...balancerMetric(watched, "HTTPCode_ELB_4XX_Count"), label: "4xx" },
        { ...balancerMetric(watched, "RejectedConnectionCount"), label: "rejected connections" },
      ],
      statistic: "Sum",
    },
  ];
}
