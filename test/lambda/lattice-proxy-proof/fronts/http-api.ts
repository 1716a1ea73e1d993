import { byName, splitTarget, type Header } from "../message";
import {
  bodyOf,
  checkEvent,
  fieldBytes,
  fieldsOf,
  fieldText,
  finished,
  forwarded,
  type Front,
  grouped,
  isText,
  LAMBDA_PAYLOAD_BYTES,
  Refused,
  statusOf,
  textOf,
  textsOf,
  typed,
} from "./front";

/*
 * An HTTP API, whose events are of version 2.0. Sources: API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP
 * APIs"; events captured by hotsock/voker in July 2026: the path is decoded, cut at a question mark, and decoded once more; repeated
 * headers are one with commas; cookies stand apart.
 */

const FIELDS = ["statusCode", "headers", "cookies", "body", "isBase64Encoded"];
const API_BYTES = 10 * 1024 * 1024;

/** What it calls an answer that does not say what it is: fujiwara/ridge#9, quarkusio/quarkus#15909. */
const TYPE = "text/plain; charset=utf-8";

export function httpApi(): Front {
  return {
    form: "httpApi",
    kind: "httpApi",

    enter: (request, client) => {
      if (request.body.length > API_BYTES) throw new Refused(413, "the body is too large");
      const { path, query = "" } = splitTarget(request.target);
      const rawPath = decodedTwice(path);
      const fields = grouped(
        forwarded(request.headers, client).map(([name, value]) => [name.toLowerCase(), fieldText(value)]),
      );
      const cookies = (fields.cookie ?? []).flatMap((value) => value.split(/; */)).filter((cookie) => cookie !== "");
      const headers = Object.entries(fields)
        .filter(([name]) => name !== "cookie")
        .map(([name, values]): Header => [name, values.join()]);
      const isEmpty = request.body.length === 0;
      const asText = isText(request.headers) || isEmpty;
      const body = asText ? textOf(request.body) : request.body.toString("base64");
      const host = fields.host?.[0] ?? "";
      const event = {
        version: "2.0",
        routeKey: "$default",
        rawPath,
        rawQueryString: query,
        ...(cookies.length === 0 ? {} : { cookies }),
        headers: Object.fromEntries(headers),
        requestContext: {
          accountId: "111122223333",
          apiId: "sjzepsqsu5",
          domainName: host,
          domainPrefix: host.split(".")[0],
          http: {
            method: request.method,
            path: rawPath,
            protocol: "HTTP/1.1",
            sourceIp: client.address,
            userAgent: fields["user-agent"]?.[0] ?? "",
          },
          requestId: "ATfSmjLgPHcESJw=",
          routeKey: "$default",
          stage: "$default",
          time: "10/Jul/2026:19:19:05 +0000",
          timeEpoch: 1783711145766,
        },
        ...(isEmpty ? {} : { body }),
        isBase64Encoded: !asText,
      };
      checkEvent(event);
      const cookie: readonly Header[] = cookies.length === 0 ? [] : [["cookie", cookies.join("; ")]];
      const known = {
        method: request.method,
        path: rawPath,
        query,
        headers: [...headers, ...cookie],
        body: asText ? Buffer.from(body) : request.body,
      };
      return { event, known };
    },

    read: ({ target }) => {
      const { path, query = "" } = splitTarget(target);
      return { path: decode(path), query };
    },

    leave: (result) => {
      const fields = fieldsOf(result, FIELDS);
      if (Buffer.byteLength(JSON.stringify(result)) > LAMBDA_PAYLOAD_BYTES) throw new Refused(502, "too large");
      const { cookies = [] } = fields;
      if (!Array.isArray(cookies)) throw new Refused(502, "cookies is no list");
      const setCookies = cookies.map((cookie: unknown): Header => ["set-cookie", fieldBytes(cookie, "cookies")]);
      const headers = [...textsOf(fields.headers, "headers"), ...setCookies];
      return finished(statusOf(fields), "", typed(headers, TYPE), bodyOf(fields));
    },

    headersBack: (headers) =>
      new Map(
        [...byName(typed(headers, TYPE))].map(([name, values]) => [
          name,
          name === "set-cookie" ? values : [values.join()],
        ]),
      ),
  };
}

/** @throws Refused when the second decoding fails, with which API Gateway answers 400 */
function decodedTwice(path: string): string {
  const [once = ""] = decode(path).split("?");
  return decode(once);
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new Refused(400, "the path cannot be decoded");
  }
}
