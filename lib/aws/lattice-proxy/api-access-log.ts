/** A field of an access log, and what API Gateway writes there. */
type Format = Readonly<Record<string, string>>;

/**
 * A line of JSON for each request to an API, in the words of the proxies' own log (Amazon API Gateway Developer Guide, "Variables for
 * access logging for API Gateway"). Nothing stands in it that a client can write quotation marks into, for nobody promises that they are
 * escaped: paths and user agents are in the function's log, under the same `request_id`.
 *
 * @param further what only one kind of API knows
 */
export function accessLogFormat(further: Format): string {
  return JSON.stringify({
    time: "$context.requestTimeEpoch",
    client: "$context.identity.sourceIp",
    method: "$context.httpMethod",
    host: "$context.domainName",
    protocol: "$context.protocol",
    status: "$context.status",
    error: "$context.error.responseType",
    details: "$context.error.message",
    milliseconds: "$context.responseLatency",
    bytes_sent: "$context.responseLength",
    function_status: "$context.integration.status",
    function_milliseconds: "$context.integration.latency",
    function_request_id: "$context.integration.requestId",
    request_id: "$context.requestId",
    ...further,
  });
}
