import { allow, made, named, owned, type Scope } from "../scope";
import { DELIVERED_LOGS } from "./log-delivery";
import { type ActionTable, serviceLinkedRole, type TypeActions } from "./table";

const arns = (paths: readonly string[]): readonly string[] => paths.map((path) => `apigateway:{region}::/${path}`);

// What lies below an API carries its API's tags (Service Authorization Reference, "Amazon API Gateway Management V2").
const HTTP_APIS = owned("ApiGateway", "apigateway", ...arns(["apis/*"]));
const REST_APIS = owned("ApiGateway", "apigateway", ...arns(["restapis/*"]));
const NEW_APIS = made("ApiGateway", "apigateway", ...arns(["apis", "restapis"]));
const NEW_DOMAINS = made("ApiGateway", "apigateway", ...arns(["domainnames"]));
const DOMAINS = named("ApiDomains", "apigateway", ...arns(["domainnames/{name}", "domainnames/{name}/*"]));

// A certificate is taken for a domain while that is made.
const CERTIFIED = named("ApiCertificates", "apigateway", ...arns(["domainnames", "domainnames/{name}"]));

const TAGS: Scope = {
  sid: "ApiTags",
  service: "apigateway",
  resources: arns(["tags/*"]),
  because: "the path ends with the encoded ARN of what is tagged, and API Gateway gives its id",
};

const OF_ACCOUNT: Scope = {
  sid: "ApiAccount",
  service: "apigateway",
  resources: arns(["account"]),
  because: "",
};

const TAGGING = [allow(TAGS, "GET", "POST", "PUT", "DELETE")];

const WRITES = ["POST", "PUT", "PATCH", "DELETE"];

const below = (api: Scope): TypeActions => ({ reads: [allow(api, "GET")], writes: [allow(api, ...WRITES)] });

const apis = (api: Scope): TypeActions => ({
  reads: [allow(api, "GET")],
  writes: [allow(NEW_APIS, "POST"), allow(api, ...WRITES), ...TAGGING],
});

const stages = (api: Scope): TypeActions => ({
  reads: [allow(api, "GET")],
  writes: [allow(api, ...WRITES), ...TAGGING, ...DELIVERED_LOGS],
});

const domainNames: TypeActions = {
  nameArgument: "domain_name",
  reads: [allow(DOMAINS, "GET")],
  writes: [
    allow(NEW_DOMAINS, "POST"),
    allow(DOMAINS, ...WRITES),
    allow(CERTIFIED, "AddCertificateToDomain", "RemoveCertificateFromDomain"),
    ...TAGGING,
    allow(serviceLinkedRole("ApiGatewayRole", "ops.apigateway.amazonaws.com"), "CreateServiceLinkedRole"),
  ],
};

const mappings: TypeActions = {
  nameArgument: "domain_name",
  reads: [allow(DOMAINS, "GET")],
  writes: [allow(DOMAINS, ...WRITES)],
};

/** Amazon API Gateway: HTTP APIs and REST APIs. Its actions are the methods of its own API. */
export const API_GATEWAY: ActionTable = {
  aws_apigatewayv2_api: apis(HTTP_APIS),
  aws_apigatewayv2_stage: stages(HTTP_APIS),
  aws_apigatewayv2_integration: below(HTTP_APIS),
  aws_apigatewayv2_route: below(HTTP_APIS),
  aws_apigatewayv2_deployment: below(HTTP_APIS),
  aws_apigatewayv2_domain_name: domainNames,
  aws_apigatewayv2_api_mapping: mappings,
  aws_api_gateway_rest_api: apis(REST_APIS),
  aws_api_gateway_rest_api_policy: {
    reads: [allow(REST_APIS, "GET")],
    writes: [allow(REST_APIS, ...WRITES, "UpdateRestApiPolicy")],
  },
  aws_api_gateway_stage: stages(REST_APIS),
  aws_api_gateway_resource: below(REST_APIS),
  aws_api_gateway_method: below(REST_APIS),
  aws_api_gateway_method_response: below(REST_APIS),
  aws_api_gateway_method_settings: below(REST_APIS),
  aws_api_gateway_integration: below(REST_APIS),
  aws_api_gateway_integration_response: below(REST_APIS),
  aws_api_gateway_gateway_response: below(REST_APIS),
  aws_api_gateway_deployment: below(REST_APIS),
  aws_api_gateway_domain_name: domainNames,
  aws_api_gateway_base_path_mapping: mappings,
  aws_api_gateway_account: {
    reads: [allow(OF_ACCOUNT, "GET")],
    writes: [allow(OF_ACCOUNT, "PATCH")],
    passesRoleTo: "apigateway.amazonaws.com",
  },
};
