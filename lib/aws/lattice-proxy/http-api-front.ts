import { Apigatewayv2Api } from "@cdktf/provider-aws/lib/apigatewayv2-api";
import { Apigatewayv2Integration } from "@cdktf/provider-aws/lib/apigatewayv2-integration";
import { Apigatewayv2Route } from "@cdktf/provider-aws/lib/apigatewayv2-route";
import { Apigatewayv2Stage } from "@cdktf/provider-aws/lib/apigatewayv2-stage";
import { Construct } from "constructs";

import type { Widget } from "../dashboard";
import { LogGroup } from "../log-group";
import { letDeliver, VENDED_LOGS } from "../vended-logs";
import { accessLogFormat } from "./api-access-log";
import { ApiDomains } from "./api-domains";
import { ApiAlarms, type ApiMetrics, apiWidgets } from "./api-watch";
import type { ProxyFront, ProxyFrontProps } from "./front";

/** Properties of {@link HttpApiFront} and {@link RestApiFront}. */
export interface ApiFrontProps extends ProxyFrontProps {
  /** Over all hosts; what exceeds it is answered 429. */
  readonly throttle: { readonly ratePerSecond: number; readonly burst: number };
  /** Of the access log. */
  readonly kmsKeyArn: string;
}

/** The one stage of which no path knows. */
const STAGE = "$default";

/** What is asked for and no other route is there for: everything. */
const EVERYTHING = "$default";

/**
 * An HTTP API that calls the function for each request to one of its hosts. It hands paths over decoded, so that an encoded slash is a
 * slash behind it; AWS WAF protects none of its kind.
 */
export class HttpApiFront extends Construct implements ProxyFront {
  readonly id: string;
  /** Where each host's record must lead, by host. */
  readonly targets: Readonly<Record<string, string>>;
  readonly widgets: readonly Widget[];

  constructor(scope: Construct, id: string, props: ApiFrontProps) {
    super(scope, id);
    const { name, proxy, topicArns } = props;
    const api = new Apigatewayv2Api(this, "Resource", {
      name,
      description: "Public hosts that lead to services of VPC Lattice",
      protocolType: "HTTP",
      // Its own name would be a way around the hosts.
      disableExecuteApiEndpoint: true,
      tags: { Name: name },
    });
    const integration = new Apigatewayv2Integration(this, "integration", {
      apiId: api.id,
      integrationType: "AWS_PROXY",
      integrationUri: proxy.invokeArn,
      payloadFormatVersion: "2.0",
      timeoutMilliseconds: proxy.timeoutSeconds * 1000,
    });
    const route = new Apigatewayv2Route(this, "route", {
      apiId: api.id,
      routeKey: EVERYTHING,
      // Who may call is for the services to say, and for their auth policies.
      authorizationType: "NONE",
      target: `integrations/${integration.id}`,
    });
    const stage = this.#stage(api.id, props);
    // Of the route by name, in the one stage that there is.
    const admitted = proxy.admit("apigateway.amazonaws.com", `${api.executionArn}/*/${EVERYTHING}`);
    const domains = new ApiDomains(this, "domains", {
      ...props,
      apiId: api.id,
      stage: stage.id,
      after: [route, admitted],
    });
    const metrics = metricsOf(api.id);
    new ApiAlarms(this, "alarms", { name, metrics, topicArns });
    this.id = api.id;
    this.targets = domains.targets;
    this.widgets = apiWidgets(metrics);
  }

  #stage(apiId: string, { name, place, throttle, kmsKeyArn }: ApiFrontProps): Apigatewayv2Stage {
    const logGroup = new LogGroup(this, "access-log", { name: `${VENDED_LOGS}${name}/front`, kmsKeyArn });
    const delivery = letDeliver(this, "delivery", { policyName: `${name}-front`, place, logGroup });
    return new Apigatewayv2Stage(this, "stage", {
      apiId,
      name: STAGE,
      autoDeploy: true,
      accessLogSettings: {
        destinationArn: logGroup.arn,
        format: accessLogFormat({ function_error: "$context.integration.error" }),
      },
      defaultRouteSettings: { throttlingRateLimit: throttle.ratePerSecond, throttlingBurstLimit: throttle.burst },
      tags: { Name: name },
      dependsOn: [delivery],
    });
  }
}

/** Amazon API Gateway Developer Guide, "Monitor CloudWatch metrics for HTTP APIs in API Gateway". */
function metricsOf(apiId: string): ApiMetrics {
  const of = (name: string) => ({ namespace: "AWS/ApiGateway", name, dimensions: { ApiId: apiId, Stage: STAGE } });
  return { requests: of("Count"), clientErrors: of("4xx"), serverErrors: of("5xx"), latency: of("Latency") };
}
