import { byName, splitTarget, type Header } from "../message";
import {
  bodyOf,
  checkEvent,
  fieldsOf,
  fieldText,
  finished,
  forwarded,
  type Front,
  grouped,
  LAMBDA_PAYLOAD_BYTES,
  lastOf,
  listsOf,
  pairsOf,
  Refused,
  statusOf,
  textsOf,
  typed,
} from "./front";

/*
 * A REST API with the proxy integration, which hands out events of version 1.0. Sources: API Gateway Developer Guide, "Lambda proxy
 * integrations", "Important notes", "Quotas for REST APIs"; events captured by hotsock/voker in July 2026: the path as it was sent, the
 * query decoded in a map, no length.
 */

const FIELDS = ["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"];
const API_BYTES = 10 * 1024 * 1024;

/** What it calls an answer that does not say what it is: aws/aws-sam-cli#1218. */
const TYPE = "application/json";

/** "Important notes": what comes back under another name. */
const REMAPPED = ["www-authenticate", "date", "server"];
const REMAPPED_PREFIX = "x-amzn-remapped-";

/** With the binary media type of everything, without which only text would pass unharmed. */
export function restApi(): Front {
  return {
    form: "restApi",
    kind: "restApi",

    enter: (request, client) => {
      if (request.body.length > API_BYTES) throw new Refused(413, "the body is too large");
      const { path, query } = splitTarget(request.target);
      if (/[|{}]/.test(query ?? "")) throw new Refused(400, "the query has a character that must be encoded");
      const headers = grouped(
        forwarded(request.headers, client)
          .filter(([name]) => name.toLowerCase() !== "content-length")
          .map(([name, value]) => [name, fieldText(value)]),
      );
      const parameters = decoded(query);
      const isEmpty = request.body.length === 0;
      const hasParameters = Object.keys(parameters).length > 0;
      const host = headers.Host?.[0] ?? headers.host?.[0] ?? "";
      const event = {
        resource: "/{proxy+}",
        path,
        httpMethod: request.method,
        headers: lastOf(headers),
        multiValueHeaders: headers,
        queryStringParameters: hasParameters ? lastOf(parameters) : null,
        multiValueQueryStringParameters: hasParameters ? parameters : null,
        pathParameters: { proxy: path.slice(1) },
        stageVariables: null,
        requestContext: {
          accountId: "111122223333",
          apiId: "5h7pqvr9u4",
          domainName: host,
          domainPrefix: host.split(".")[0],
          extendedRequestId: "ATfSdF7nPHcErRA=",
          httpMethod: request.method,
          identity: { sourceIp: client.address, userAgent: null },
          path: `/live${path}`,
          protocol: "HTTP/1.1",
          requestId: "7c2af7db-31f3-42b5-8a6d-9ffc74e3b9e0",
          requestTimeEpoch: 1783711144836,
          resourceId: "al6gqb",
          resourcePath: "/{proxy+}",
          stage: "live",
        },
        body: isEmpty ? null : request.body.toString("base64"),
        isBase64Encoded: !isEmpty,
      };
      checkEvent(event);
      const known = {
        method: request.method,
        path,
        query: parameters,
        headers: Object.entries(headers).flatMap(([name, values]) => values.map((value): Header => [name, value])),
        body: request.body,
      };
      return { event, known };
    },

    read: ({ target }) => {
      const { path, query } = splitTarget(target);
      return { path, query: decoded(query) };
    },

    leave: (result) => {
      const fields = fieldsOf(result, FIELDS);
      if (Buffer.byteLength(JSON.stringify(result)) > LAMBDA_PAYLOAD_BYTES) throw new Refused(502, "too large");
      const lists = listsOf(fields.multiValueHeaders, "multiValueHeaders");
      // Of a name that stands in both only the lists count.
      const names = byName(lists);
      const texts = textsOf(fields.headers, "headers").filter(([name]) => !names.has(name.toLowerCase()));
      const headers = [...texts, ...lists].map(([name, value]): Header => [
        REMAPPED.includes(name.toLowerCase()) ? REMAPPED_PREFIX + name : name,
        value,
      ]);
      return finished(statusOf(fields), "", typed(headers, TYPE), bodyOf(fields));
    },

    headersBack: (headers) =>
      new Map(
        [...byName(typed(headers, TYPE))].map(([name, values]) => [
          REMAPPED.includes(name) ? REMAPPED_PREFIX + name : name,
          values,
        ]),
      ),
  };
}

/** As REST APIs decode parameters: `+` is a space, and a semicolon separates too. */
function decoded(query: string | undefined): Readonly<Record<string, readonly string[]>> {
  return grouped(pairsOf(query, /[&;]/).map(([name, value]) => [decode(name), decode(value)]));
}

function decode(text: string): string {
  const bytes = text.replace(/\+/g, " ").replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => {
    return String.fromCharCode(Number.parseInt(hex, 16));
  });
  return fieldText(bytes);
}
