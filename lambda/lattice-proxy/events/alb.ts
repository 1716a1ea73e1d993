import type { ALBEvent } from "aws-lambda";

import type { Header, ProxyResponse } from "../message";
import { bodyOf, bytesOf, lossOf } from "./body";
import type { Answer, EventForm } from "./event-form";
import { grouped, pairsOf, queryOf, textOf } from "./fields";

/**
 * Application Load Balancer (User Guide for Application Load Balancers, "Use Lambda functions as targets"). Path and parameters come as
 * they were sent, still encoded. Not known: the order of parameters of different names, and `?` without anything behind it. A target group
 * that hands over one value of each header and parameter has lost the others.
 */
export const albEvents: EventForm = {
  read(event) {
    if (!isAlbEvent(event)) throw new Error("the event is none of an Application Load Balancer");
    const headers = pairsOf(event.multiValueHeaders, event.headers);
    return {
      method: textOf(event.httpMethod),
      path: textOf(event.path),
      query: queryOf(pairsOf(event.multiValueQueryStringParameters, event.queryStringParameters)),
      headers,
      body: bytesOf(event.body, event.isBase64Encoded),
      lost: lossOf(event, headers),
      client: lastForwarded(headers),
    };
  },

  write(response, event) {
    const { status, statusText = "", headers } = response;
    const isSeveral =
      typeof event === "object" && event !== null && "multiValueHeaders" in event && event.multiValueHeaders;
    return {
      statusCode: status,
      ...(/^[ -~]+$/.test(statusText) && { statusDescription: `${status} ${statusText}` }),
      ...(isSeveral ? { multiValueHeaders: Object.fromEntries(grouped(headers)) } : { headers: inOtherCases(headers) }),
      ...bodyOf(response),
    };
  },
};

function isAlbEvent(event: unknown): event is ALBEvent {
  if (typeof event !== "object" || event === null || !("requestContext" in event) || !("httpMethod" in event)) {
    return false;
  }
  const { requestContext } = event;
  return typeof requestContext === "object" && requestContext !== null && "elb" in requestContext;
}

/** The load balancer adds the address that connected to it at the end. */
function lastForwarded(headers: readonly Header[]): string | undefined {
  const values = headers.filter(([name]) => name.toLowerCase() === "x-forwarded-for").map(([, value]) => value);
  return values.at(-1)?.split(",").at(-1)?.trim();
}

/**
 * With one value for each name, a second value is told by the same name in other letters: the load balancer takes it for another header,
 * and clients for the same. So each `Set-Cookie` stays by itself.
 */
function inOtherCases(headers: ProxyResponse["headers"]): Answer["headers"] {
  const entries = grouped(headers).flatMap(([name, values]) => {
    const spellings = spellingsOf(name, values.length);
    const apart = values.slice(0, spellings.length - 1);
    const together = values.slice(spellings.length - 1).join(", ");
    return [...apart, together].map((value, index) => [spellings[index] ?? name, value] as const);
  });
  return Object.fromEntries(entries);
}

/** A name in up to so many spellings, its own first: the n-th has the letters in the other case whose bits are set in n. */
function spellingsOf(name: string, count: number): readonly string[] {
  const letters = Array.from(name.matchAll(/[a-z]/gi), ({ index }) => index);
  const most = Math.min(count, 2 ** Math.min(letters.length, 30));
  return Array.from({ length: most }, (_, n) => {
    const changed = new Set(letters.filter((_letter, bit) => (n >> bit) & 1));
    return Array.from(name, (letter, at) => (changed.has(at) ? otherCase(letter) : letter)).join("");
  });
}

function otherCase(letter: string): string {
  const lower = letter.toLowerCase();
  return letter === lower ? letter.toUpperCase() : lower;
}
