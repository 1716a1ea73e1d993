import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

import type { Reason } from "./contract";
import { Refusal } from "./errors";
import type { Phase } from "./phases";

/** What became of a connection or request that failed. */
export function failureOf(error: Error, phase: Phase, socket: Socket | undefined): Refusal {
  const failure = "code" in error && typeof error.code === "string" ? error.code : error.name;
  const refusal = (reason: Reason): Refusal => new Refusal(reason, `${phase} failed`, { failure });
  if (failure === "HPE_HEADER_OVERFLOW") {
    return new Refusal("response_too_large", "the answer's head is longer than the front's may be", { failure });
  }
  // Node.js's parser of HTTP.
  if (failure.startsWith("HPE_")) return refusal("http_protocol_error");
  if (phase === "reading") return refusal("http_response_incomplete");
  if (phase === "waiting") return refusal("connection_terminated");
  if ("syscall" in error && error.syscall === "getaddrinfo") return refusal("dns_error");
  if (failure === "ECONNREFUSED") return refusal("connection_refused");
  if (failure === "ETIMEDOUT") return refusal("connection_timeout");
  if (isUntrusted(socket)) return refusal("tls_certificate_error");
  if (failure === "EPROTO" || failure.startsWith("ERR_SSL_")) return refusal("tls_protocol_error");
  return refusal("connection_terminated");
}

function isUntrusted(socket: Socket | undefined): boolean {
  return socket instanceof TLSSocket && Boolean(socket.authorizationError);
}
