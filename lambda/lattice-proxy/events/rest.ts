import type { APIGatewayProxyEvent } from "aws-lambda";

import { hasLostBytes, type Header } from "../message";
import { bodyOf, bytesOf } from "./body";
import type { EventForm } from "./event-form";
import { grouped, pairsOf, queryOf, textOf } from "./fields";

/**
 * REST API, Lambda proxy integration (API Gateway Developer Guide, "Lambda proxy integrations in API Gateway"). The path comes as it was
 * sent; parameters come decoded, with a plus as a space, and are encoded again: the same for whoever decodes them, and not always the
 * same bytes. Not known: the order of parameters of different names, and bytes that were no UTF-8, whose requests are refused.
 *
 * API Gateway itself renames some headers of an answer, `WWW-Authenticate` and `Date` among them ("Important notes").
 */
export const restEvents: EventForm = {
  read(event) {
    if (!isRestEvent(event)) throw new Error("the event is none of a REST API");
    const parameters = pairsOf(event.multiValueQueryStringParameters, event.queryStringParameters);
    const isLost = parameters.some((parameter) => parameter.some(hasLostBytes));
    const { identity, protocol, requestId } = event.requestContext;
    return {
      method: textOf(event.httpMethod),
      path: textOf(event.path),
      query: isLost ? undefined : queryOf(parameters.map(encoded)),
      headers: pairsOf(event.multiValueHeaders, event.headers),
      body: bytesOf(event.body, event.isBase64Encoded),
      lost: isLost ? "the query holds bytes that are no UTF-8" : undefined,
      client: identity.sourceIp,
      protocol,
      id: requestId,
    };
  },

  write(response) {
    // API Gateway counts for itself, and would send this one under another name.
    const headers = response.headers.filter(([name]) => name.toLowerCase() !== "content-length");
    return {
      statusCode: response.status,
      multiValueHeaders: Object.fromEntries(grouped(headers)),
      ...bodyOf(response),
    };
  },
};

function isRestEvent(event: unknown): event is APIGatewayProxyEvent {
  if (typeof event !== "object" || event === null || !("requestContext" in event) || !("httpMethod" in event)) {
    return false;
  }
  const { requestContext } = event;
  return typeof requestContext === "object" && requestContext !== null && "identity" in requestContext;
}

function encoded([name, value]: Header): Header {
  return [encodeURIComponent(name), encodeURIComponent(value)];
}
