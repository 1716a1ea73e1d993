import { extension, type Message } from "./message";

/**
 * One line of JSON for each request, on standard output. No header that proves who somebody is stands in it, no cookie, and no query,
 * in which people put both.
 */
export function accessLog(): Message {
  return extension("stdout", "envoy.extensions.access_loggers.stream.v3.StdoutAccessLog", {
    log_format: { json_format: FIELDS },
  });
}

const FIELDS = {
  time: "%START_TIME%",
  client: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
  method: "%REQ(:METHOD)%",
  // Before the host of the service takes its place.
  host: "%REQ(X-FORWARDED-HOST?:AUTHORITY)%",
  path: "%PATH(NQ:ORIG)%",
  protocol: "%PROTOCOL%",
  status: "%RESPONSE_CODE%",
  grpc_status: "%GRPC_STATUS%",
  // What Envoy itself had to do with the answer.
  flags: "%RESPONSE_FLAGS%",
  details: "%RESPONSE_CODE_DETAILS%",
  milliseconds: "%DURATION%",
  first_byte_milliseconds: "%RESPONSE_DURATION%",
  bytes_received: "%BYTES_RECEIVED%",
  bytes_sent: "%BYTES_SENT%",
  upstream: "%UPSTREAM_CLUSTER%",
  upstream_address: "%UPSTREAM_HOST%",
  upstream_attempts: "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
  upstream_failure: "%UPSTREAM_TRANSPORT_FAILURE_REASON%",
  user_agent: "%REQ(USER-AGENT)%",
  trace: "%REQ(X-AMZN-TRACE-ID)%",
  request_id: "%REQ(X-REQUEST-ID)%",
} as const;
