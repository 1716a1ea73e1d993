import { ApiGatewayDeployment } from "@cdktf/provider-aws/lib/api-gateway-deployment";
import { ApiGatewayIntegration } from "@cdktf/provider-aws/lib/api-gateway-integration";
import { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method";
import { ApiGatewayMethodSettings } from "@cdktf/provider-aws/lib/api-gateway-method-settings";
import { ApiGatewayResource } from "@cdktf/provider-aws/lib/api-gateway-resource";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import { Wafv2WebAclAssociation } from "@cdktf/provider-aws/lib/wafv2-web-acl-association";
import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import type { Widget } from "../dashboard";
import { LogGroup } from "../log-group";
import { accessLogFormat } from "./api-access-log";
import { ApiAccountLogs } from "./api-account-logs";
import { ApiDomains } from "./api-domains";
import { ApiAlarms, type ApiMetrics, apiWidgets } from "./api-watch";
import type { ProxyFront } from "./front";
import type { ApiFrontProps } from "./http-api-front";
import type { ProxyFunction } from "./proxy-function";

/** Properties of {@link RestApiFront}. */
export interface RestApiFrontProps extends ApiFrontProps {
  /** Of this account and Region. @default - no web ACL */
  readonly webAclArn?: string;
  /** Whether the role by which API Gateway writes logs is made here, for the whole account and Region, or there already. */
  readonly accountLogRole: "made" | "existing";
}

const STAGE = "live";

/** A REST API that calls the function for each request to one of its hosts, with AWS WAF in front where that is asked for. */
export class RestApiFront extends Construct implements ProxyFront {
  readonly id: string;
  /** Where each host's record must lead, by host. */
  readonly targets: Readonly<Record<string, string>>;
  readonly widgets: readonly Widget[];

  constructor(scope: Construct, id: string, props: RestApiFrontProps) {
    super(scope, id);
    const { name, proxy, topicArns } = props;
    const api = new ApiGatewayRestApi(this, "Resource", {
      name,
      description: "Public hosts that lead to services of VPC Lattice",
      endpointConfiguration: { types: ["REGIONAL"] },
      // Its own name would be a way around the hosts.
      disableExecuteApiEndpoint: true,
      // Bodies reach the function as they were sent, and leave as it gives them, whatever they are.
      binaryMediaTypes: ["*/*"],
      tags: { Name: name },
      lifecycle: { createBeforeDestroy: true },
    });
    const integrations = this.#integrate(api, proxy);
    const stage = this.#stage(api, integrations, props);
    const admitted = proxy.admit("apigateway.amazonaws.com", `${api.executionArn}/${STAGE}/*/*`);
    if (props.webAclArn !== undefined) {
      new Wafv2WebAclAssociation(this, "web-acl", { resourceArn: stage.arn, webAclArn: props.webAclArn });
    }
    const throttled = this.#throttle(stage, props);
    const domains = new ApiDomains(this, "domains", {
      ...props,
      apiId: api.id,
      stage: stage.stageName,
      after: [admitted, throttled],
    });
    const metrics = metricsOf(api.name);
    new ApiAlarms(this, "alarms", { name, metrics, topicArns });
    this.id = api.id;
    this.targets = domains.targets;
    this.widgets = apiWidgets(metrics);
  }

  /** Every method of every path: the root is not among those below it. */
  #integrate(api: ApiGatewayRestApi, proxy: ProxyFunction): readonly ApiGatewayIntegration[] {
    const below = new ApiGatewayResource(this, "paths", {
      restApiId: api.id,
      parentId: api.rootResourceId,
      pathPart: "{proxy+}",
    });
    return [
      { part: "root", resourceId: api.rootResourceId },
      { part: "paths", resourceId: below.id },
    ].map(({ part, resourceId }) => {
      const method = new ApiGatewayMethod(this, `${part}-method`, {
        restApiId: api.id,
        resourceId,
        httpMethod: "ANY",
        // Who may call is for the services to say, and for their auth policies.
        authorization: "NONE",
      });
      return new ApiGatewayIntegration(this, `${part}-integration`, {
        restApiId: api.id,
        resourceId,
        httpMethod: method.httpMethod,
        type: "AWS_PROXY",
        integrationHttpMethod: "POST",
        uri: proxy.invokeArn,
        timeoutMilliseconds: proxy.timeoutSeconds * 1000,
      });
    });
  }

  #stage(
    api: ApiGatewayRestApi,
    integrations: readonly ApiGatewayIntegration[],
    { name, place, kmsKeyArn, accountLogRole }: RestApiFrontProps,
  ): ApiGatewayStage {
    const logGroup = new LogGroup(this, "access-log", { name: `/ringfence/${name}/front`, kmsKeyArn });
    const mayLog: readonly ITerraformDependable[] =
      accountLogRole === "made" ? [new ApiAccountLogs(this, "account-logs", { name, place }).resource] : [];
    const deployment = new ApiGatewayDeployment(this, "deployment", {
      restApiId: api.id,
      // What a stage answers with is what was deployed last: anew whenever some of it changes.
      triggers: {
        content: Fn.sha256(Fn.jsonencode([api.binaryMediaTypes, ...integrations.flatMap(({ id, uri }) => [id, uri])])),
      },
      // The stage moves to the new one before the old one goes.
      lifecycle: { createBeforeDestroy: true },
      dependsOn: [...integrations],
    });
    return new ApiGatewayStage(this, "stage", {
      restApiId: api.id,
      deploymentId: deployment.id,
      stageName: STAGE,
      accessLogSettings: {
        destinationArn: logGroup.arn,
        format: accessLogFormat({ web_acl: "$context.waf.status" }),
      },
      tags: { Name: name },
      dependsOn: [...mayLog],
    });
  }

  #throttle({ restApiId, stageName }: ApiGatewayStage, { throttle }: RestApiFrontProps): ApiGatewayMethodSettings {
    return new ApiGatewayMethodSettings(this, "settings", {
      restApiId,
      stageName,
      methodPath: "*/*",
      settings: {
        throttlingRateLimit: throttle.ratePerSecond,
        throttlingBurstLimit: throttle.burst,
        // Execution logs lie in a group that API Gateway makes, which never forgets and has no key.
        loggingLevel: "OFF",
        dataTraceEnabled: false,
        metricsEnabled: false,
      },
    });
  }
}

/** Amazon API Gateway Developer Guide, "Amazon API Gateway dimensions and metrics". */
function metricsOf(apiName: string): ApiMetrics {
  const of = (name: string) => ({ namespace: "AWS/ApiGateway", name, dimensions: { ApiName: apiName, Stage: STAGE } });
  return { requests: of("Count"), clientErrors: of("4XXError"), serverErrors: of("5XXError"), latency: of("Latency") };
}
