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

const HOST_KEY = "ringfence.host";

/** Remembers the host that was asked for, whose place the service's domain takes. */
export function hostRemembered(): Message {
  return extension("asked-host", "envoy.extensions.filters.http.set_filter_state.v3.Config", {
    on_request_headers: [
      {
        object_key: HOST_KEY,
        factory_key: "envoy.string",
        format_string: { text_format_source: { inline_string: "%REQ(:AUTHORITY)%" } },
      },
    ],
  });
}

const FIELDS = {
  time: "%START_TIME%",
  client: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
  method: "%REQ(:METHOD)%",
  // As it was asked for; none when the request was refused before anybody looked.
  host: `%FILTER_STATE(${HOST_KEY}:PLAIN)%`,
  path: "%PATH(NQ:PATH)%",
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
