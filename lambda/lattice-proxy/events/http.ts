import type { APIGatewayProxyEventV2 } from "aws-lambda";

import { hasLostBytes, type Header, type ProxyRequest } from "../message";
import { bodyOf, bytesOf, lossOf } from "./body";
import type { EventForm } from "./event-form";
import { grouped, pairsOf, textOf } from "./fields";

/**
 * HTTP API, payload format 2.0 (API Gateway Developer Guide, "AWS Lambda integrations for HTTP APIs"). The query comes as it was sent.
 *
 * `rawPath` does not: API Gateway decodes it, twice, and cuts it at a question mark that appears. Here it is encoded again, so that the
 * service reads the characters that API Gateway saw. That an encoded slash, percent sign or question mark was one cannot be known, and
 * hosts whose paths have them belong behind another front. Bytes that were no UTF-8 are lost, and such a request is refused.
 *
 * Lines of one header come joined by commas, cookies apart; the answer's likewise.
 */
export const httpEvents: EventForm = {
  read(event) {
    if (!isHttpEvent(event)) throw new Error("the event is none of an HTTP API in payload format 2.0");
    const { http, requestId, stage } = event.requestContext;
    // Any other begins the path, or does not, by the way that the request came.
    if (stage !== "$default") throw new Error(`the HTTP API's stage is ${stage}, and must be $default`);
    const [path, query] = [textOf(event.rawPath), textOf(event.rawQueryString)];
    const isLost = hasLostBytes(path);
    const headers = headersOf(event);
    return {
      method: textOf(http.method),
      path: isLost ? "/" : encodePath(path),
      query: query === "" ? undefined : query,
      headers,
      body: bytesOf(event.body, event.isBase64Encoded),
      lost: isLost ? "the path holds bytes that are no UTF-8" : lossOf(event, headers),
      client: http.sourceIp,
      protocol: http.protocol,
      id: requestId,
    };
  },

  write(response) {
    const groups = grouped(response.headers);
    const cookies = groups.find(([name]) => name.toLowerCase() === "set-cookie")?.[1];
    const others = groups.filter(([name]) => name.toLowerCase() !== "set-cookie");
    return {
      statusCode: response.status,
      headers: Object.fromEntries(others.map(([name, values]) => [name, values.join(", ")])),
      ...(cookies && { cookies }),
      ...bodyOf(response),
    };
  },
};

function isHttpEvent(event: unknown): event is APIGatewayProxyEventV2 {
  return typeof event === "object" && event !== null && "version" in event && event.version === "2.0";
}

function headersOf({ headers, cookies }: APIGatewayProxyEventV2): ProxyRequest["headers"] {
  if (cookies === undefined || cookies.length === 0) return pairsOf(undefined, headers);
  const cookie: Header = ["cookie", cookies.join("; ")];
  return [...pairsOf(undefined, headers).filter(([name]) => name.toLowerCase() !== "cookie"), cookie];
}

/** All but slashes and what else a segment may hold (RFC 3986, section 3.3). */
function encodePath(path: string): string {
  return path.replace(/[^A-Za-z0-9._~!$&'()*+,;=:@/-]+/gu, encodeURIComponent);
}
