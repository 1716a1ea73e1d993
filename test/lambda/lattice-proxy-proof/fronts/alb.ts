import { byName, splitTarget, type Header, type RequestMessage, writeAnswer } from "../message";
import {
  bodyOf,
  type Client,
  fieldsOf,
  fieldText,
  finished,
  forwarded,
  type Front,
  grouped,
  isText,
  lastOf,
  listsOf,
  pairsOf,
  Refused,
  statusOf,
  textOf,
  textsOf,
  typed,
} from "./front";

/*
 * An Application Load Balancer. Sources: Elastic Load Balancing, Application Load Balancers, "Use Lambda functions as targets"; events
 * captured by hotsock/voker in July 2026. Names of headers come in lower case; paths and queries as they were sent, the query in a map.
 */

/** Body of a request, and JSON of an answer. Source: "Use Lambda functions as targets". */
export const ALB_BYTES = 1024 * 1024;

/** Source: "Quotas for your Application Load Balancers", entire response header. */
const HEAD_BYTES = 32 * 1024;

/** What it calls an answer that does not say what it is: fujiwara/ridge#9, aws/serverless-java-container#347. */
const TYPE = "application/octet-stream";

const FIELDS = ["statusCode", "statusDescription", "headers", "multiValueHeaders", "body", "isBase64Encoded"];

/** @param multiValue attribute `lambda.multi_value_headers.enabled`; without it the last of several values is all that is left */
export function applicationLoadBalancer(multiValue: boolean): Front {
  const lossOf = (groups: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, readonly string[]>> =>
    multiValue ? groups : grouped(Object.entries(lastOf(groups)));

  return {
    form: multiValue ? "albMultiValue" : "alb",
    kind: "alb",

    enter: (request, client) => {
      if (request.body.length > ALB_BYTES) throw new Refused(413, "the body is too large");
      if (request.headers.some(([name]) => name.toLowerCase() === "upgrade")) throw new Refused(400, "no upgrades");
      const { path, query } = splitTarget(request.target);
      const headers = lossOf(headersOf(request, client));
      const parameters = lossOf(grouped(pairsOf(query)));
      const asText = isText(request.headers) || request.body.length === 0;
      const body = asText ? textOf(request.body) : request.body.toString("base64");
      const event = {
        requestContext: {
          elb: {
            targetGroupArn: "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/proxy/4efa1ab384b3474d",
          },
        },
        httpMethod: request.method,
        path,
        ...(multiValue
          ? { multiValueQueryStringParameters: parameters, multiValueHeaders: headers }
          : { queryStringParameters: lastOf(parameters), headers: lastOf(headers) }),
        body,
        isBase64Encoded: !asText,
      };
      const known = {
        method: request.method,
        path,
        query: parameters,
        headers: Object.entries(headers).flatMap(([name, values]) => values.map((value): Header => [name, value])),
        body: asText ? Buffer.from(body) : request.body,
      };
      return { event, known };
    },

    read: ({ target }) => {
      const { path, query } = splitTarget(target);
      return { path, query: grouped(pairsOf(query)) };
    },

    leave: (result) => {
      const fields = fieldsOf(result, FIELDS);
      if (Buffer.byteLength(JSON.stringify(result)) > ALB_BYTES) throw new Refused(502, "the answer is too large");
      const unused = multiValue ? "headers" : "multiValueHeaders";
      if (fields[unused] !== undefined) throw new Refused(502, `${unused} are not read`);
      const headers = multiValue
        ? listsOf(fields.multiValueHeaders, "multiValueHeaders")
        : textsOf(fields.headers, "headers");
      const status = statusOf(fields);
      const { statusDescription = `${status} ` } = fields;
      if (typeof statusDescription !== "string" || !/^\d{3} [\t\x20-\x7e]*$/.test(statusDescription)) {
        throw new Refused(502, `statusDescription is ${JSON.stringify(statusDescription)}`);
      }
      if (!statusDescription.startsWith(`${status} `)) throw new Refused(502, "two statuses");
      const answer = finished(status, statusDescription.slice(4), typed(headers, TYPE), bodyOf(fields));
      if (writeAnswer(answer).length - answer.body.length > HEAD_BYTES) throw new Refused(502, "the head is too large");
      return answer;
    },

    // Without lists a name can come again in other letters; of so short a name that they do not suffice, values share one header.
    headersBack: (headers) =>
      new Map([...byName(typed(headers, TYPE))].map(([name, values]) => [name, multiValue ? values : [values.join()]])),
  };
}

function headersOf({ headers }: RequestMessage, client: Client): Readonly<Record<string, readonly string[]>> {
  return grouped(forwarded(headers, client).map(([name, value]) => [name.toLowerCase(), fieldText(value)]));
}
