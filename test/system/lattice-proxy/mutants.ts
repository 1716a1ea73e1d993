import type { Change } from "../../lambda/lattice-proxy-proof/bundle";
import type { CheckName } from "../../lambda/lattice-proxy-proof/checks";
import type { PhaseName } from "./phases";

/** One way to get the function wrong, and the check that must notice it. */
export interface Mutant extends Change {
  /** What the mutated function does. */
  readonly name: string;
  readonly breaks: CheckName | PhaseName;
}

const FAITHFUL = "what a front lets through arrives and returns byte for byte";

/** What the proxy that this one follows got wrong, and what is easily got wrong. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: "encodes queries anew",
    file: "serve.ts",
    find: "const target = query === undefined ? path : `${path}?${query}`;",
    replace: "const target = query === undefined ? path : `${path}?${new URLSearchParams(query)}`;",
    breaks: "a query is the same text, where its text is known",
  },
  {
    name: "keeps one of several values",
    file: "events/fields.ts",
    find: "(values ?? []).map(",
    replace: "(values ?? []).slice(-1).map(",
    breaks: "every value of a header arrives and returns",
  },
  {
    name: "joins cookies",
    file: "events/http.ts",
    find: "...(cookies && { cookies }),",
    replace: '...(cookies && { cookies: [cookies.join(", ")] }),',
    breaks: "each cookie of an answer is a header of its own",
  },
  {
    name: "answers everything in base64",
    file: "events/body.ts",
    find: "return isText(headers, body)",
    replace: "return false",
    breaks: "a body is base64 when it is no text, and only then",
  },
  {
    name: "answers nothing in base64",
    file: "events/body.ts",
    find: "return isText(headers, body)",
    replace: "return true",
    breaks: "a body is base64 when it is no text, and only then",
  },
  {
    name: "drops the bodies of errors",
    file: "serve.ts",
    find: "hasBody(status, method)), body };",
    replace: "hasBody(status, method)), body: status < 400 ? body : Buffer.alloc(0) };",
    breaks: "a service's answer stays what it is, also when it is an error",
  },
  {
    name: "answers 200 to everything",
    file: "serve.ts",
    find: "return { status, statusText, headers: headersFromService",
    replace: "return { status: 200, statusText, headers: headersFromService",
    breaks: "a service's answer stays what it is, also when it is an error",
  },
  {
    name: "passes a client's Authorization on as it is",
    file: "headers.ts",
    find: '[[key === "authorization" && sign ? bearerHeader : name, value]]',
    replace: "[[name, value]]",
    breaks: "a client's own proof arrives beside the signature",
  },
  {
    name: "believes in a proof that only it may bring",
    file: "headers.ts",
    find: "key === bearerHeader || ",
    replace: "",
    breaks: "a client's own proof arrives beside the signature",
  },
  {
    name: "forwards what concerns one connection",
    file: "headers.ts",
    find: "if (HOP_BY_HOP.has(key) || WRITTEN_ANEW",
    replace: "if (WRITTEN_ANEW",
    breaks: "what a connection says of itself ends with it",
  },
  {
    name: "forgets what Connection names",
    file: "headers.ts",
    find: "(named.has(key) && !FROM_FRONT.test(key))",
    replace: "false",
    breaks: "what a connection says of itself ends with it",
  },
  {
    name: "lets Connection name the client's address away",
    file: "headers.ts",
    find: "(named.has(key) && !FROM_FRONT.test(key))",
    replace: "named.has(key)",
    breaks: FAITHFUL,
  },
  {
    name: "lets a client forward for other hosts",
    file: "headers.ts",
    find: "x-forwarded-(?!(for|proto|port)$)|",
    replace: "",
    breaks: FAITHFUL,
  },
  {
    name: "asks the service for the client's host",
    file: "headers.ts",
    find: '[["host", domain], ',
    replace: '[["host", host], ',
    breaks: "the destination never changes",
  },
  {
    name: "passes unknown hosts on to the first service",
    file: "route.ts",
    find: "    return undefined;\n  };",
    replace: "    return [...routes.values()][0];\n  };",
    breaks: "what is not listed is refused",
  },
  {
    name: "takes every beginning of a path for the path",
    file: "route.ts",
    find: 'return beginning.endsWith("/") || path.length === beginning.length || path[beginning.length] === "/";',
    replace: "return true;",
    breaks: "what is not listed is refused",
  },
  {
    name: "lets dots out of a host's paths",
    file: "target.ts",
    find: "if (DOT_SEGMENT.test(path))",
    replace: "if (/\\/\\.\\.(\\/|$)/.test(path))",
    breaks: "nobody leaves the paths of a host",
  },
  {
    name: "takes the path of an HTTP API for one that is encoded",
    file: "events/http.ts",
    find: "encodePath(path)",
    replace: "path",
    breaks: FAITHFUL,
  },
  {
    name: "takes the parameters of a REST API for encoded ones",
    file: "events/rest.ts",
    find: "return [encodeURIComponent(name), encodeURIComponent(value)];",
    replace: "return [name, value];",
    breaks: FAITHFUL,
  },
  {
    name: "passes a body on of which the front lost bytes",
    file: "check.ts",
    find: " ?? bodyFault(request)",
    replace: "",
    breaks: "a body of which the front lost bytes goes nowhere",
  },
  {
    name: "passes a body on of which the front lost bytes, and no length tells",
    file: "events/body.ts",
    find: 'hasLostBytes(body ?? "") ? "the body holds bytes that are no UTF-8" : undefined',
    replace: "undefined",
    breaks: "a body of which the front lost bytes goes nowhere",
  },
  {
    name: "takes a character of a header for a byte",
    file: "exchange.ts",
    find: 'return Buffer.from(value, "utf8").toString("latin1");',
    replace: "return value;",
    breaks: FAITHFUL,
  },
  {
    name: "signs paths as they are",
    file: "sign.ts",
    find: "segments.map((segment) => segment.replace(RESERVED, encode))",
    replace: "segments",
    breaks: FAITHFUL,
  },
  {
    name: "signs for another service of AWS",
    file: "sign.ts",
    find: '"vpc-lattice-svcs"',
    replace: '"vpc-lattice"',
    breaks: "a client's own proof arrives beside the signature",
  },
  {
    name: "keeps the credentials that it started with",
    file: "handler.ts",
    find: "export const handler",
    replace:
      "const process = { env: { ...globalThis.process.env }, stdout: globalThis.process.stdout };\nexport const handler",
    breaks: "each request is signed with the credentials of its time",
  },
  {
    name: "repeats POST",
    file: "forward.ts",
    find: " && IDEMPOTENT.has(outgoing.method)",
    replace: "",
    breaks: "what must not be done twice is not",
  },
  {
    name: "gives up with a connection that the service had closed",
    file: "forward.ts",
    find: "if (done.isReused && !isRenewed)",
    replace: "if (attempts < 0)",
    breaks: "what must not be done twice is not",
  },
  {
    name: "repeats what ran out of time",
    file: "forward.ts",
    find: '"connection_timeout"]',
    replace: '"connection_timeout", "http_response_timeout"]',
    breaks: "only what may be repeated is, and only so often",
  },
  {
    name: "connects anew for each request",
    file: "connections.ts",
    find: "keepAlive: true",
    replace: "keepAlive: false",
    breaks: "connections are kept and used again",
  },
  {
    name: "believes any certificate",
    file: "connections.ts",
    find: "rejectUnauthorized: true",
    replace: "rejectUnauthorized: false",
    breaks: "services are who they say",
  },
  {
    name: "answers more than its front takes",
    file: "create-handler.ts",
    find: "return isLonger(answer, answerBytes) ?",
    replace: "return answerBytes < 0 ?",
    breaks: "what is too large is refused in words",
  },
  {
    name: "reads an answer to its end, whatever its size",
    file: "exchange.ts",
    find: "if (length <= limits.bytes) return;",
    replace: "return;",
    breaks: "an answer without an end is not read to it",
  },
  {
    name: "waits longer than it should",
    file: "exchange.ts",
    find: 'phases.enter("waiting", limits.silence);',
    replace: 'phases.enter("waiting", 4 * limits.silence);',
    breaks: "silence instead of an answer",
  },
  {
    name: "cuts off what comes slowly",
    file: "exchange.ts",
    find: 'phases.enter("reading", limits.silence);',
    replace: 'if (length === 0) phases.enter("reading", limits.silence);',
    breaks: "an answer that comes slowly is not cut off",
  },
  {
    name: "takes a part of an answer for the answer",
    file: "exchange.ts",
    find: '      response.on("error", fail);',
    replace: '      response.on("error", () => settle(incoming(response, Buffer.concat(chunks))));',
    breaks: "an end in the middle of the body",
  },
  {
    name: "logs queries",
    file: "log.ts",
    find: "    path,\n    protocol,",
    replace: "    path: `${path}?${request.query}`,\n    protocol,",
    breaks: "no secret stands in any log",
  },
];
