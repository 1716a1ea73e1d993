import type { ALBEvent, APIGatewayProxyEvent, APIGatewayProxyEventV2 } from "aws-lambda";

/** An event of a load balancer that hands over every value. */
export function albEvent(changes: Partial<ALBEvent> = {}): ALBEvent {
  return {
    requestContext: {
      elb: { targetGroupArn: "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/t/1" },
    },
    httpMethod: "GET",
    path: "/",
    multiValueQueryStringParameters: {},
    multiValueHeaders: { host: ["shop.example.com"], "x-forwarded-for": ["192.0.2.1, 198.51.100.7"] },
    body: "",
    isBase64Encoded: false,
    ...changes,
  };
}

/** What a REST API tells besides, that nobody reads here. */
const REST_CONTEXT = {
  accountId: "111122223333",
  apiId: "a1b2c3",
  authorizer: undefined,
  httpMethod: "GET",
  path: "/",
  protocol: "HTTP/1.1",
  requestId: "rest-request",
  requestTimeEpoch: 0,
  resourceId: "r",
  resourcePath: "/{proxy+}",
  stage: "live",
} as const;

export function restEvent(changes: Partial<APIGatewayProxyEvent> = {}): APIGatewayProxyEvent {
  return {
    resource: "/{proxy+}",
    httpMethod: "GET",
    path: "/",
    headers: {},
    multiValueHeaders: { Host: ["shop.example.com"], "X-Forwarded-For": ["198.51.100.7"] },
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    requestContext: { ...REST_CONTEXT, identity: { ...NOBODY, sourceIp: "198.51.100.7" } },
    body: null,
    isBase64Encoded: false,
    ...changes,
  };
}

const NOBODY = {
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  user: null,
  userAgent: null,
  userArn: null,
} as const;

export function httpEvent(
  changes: Partial<APIGatewayProxyEventV2> = {},
  method = "GET",
  stage = "$default",
): APIGatewayProxyEventV2 {
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: "/",
    rawQueryString: "",
    headers: { host: "shop.example.com", "x-forwarded-for": "198.51.100.7" },
    requestContext: {
      accountId: "111122223333",
      apiId: "a1b2c3",
      domainName: "shop.example.com",
      domainPrefix: "shop",
      http: { method, path: "/", protocol: "HTTP/1.1", sourceIp: "198.51.100.7", userAgent: "" },
      requestId: "http-request",
      routeKey: "$default",
      stage,
      time: "",
      timeEpoch: 0,
    },
    isBase64Encoded: false,
    ...changes,
  };
}
