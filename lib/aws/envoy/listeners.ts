import { accessLog, hostRemembered } from "./access-log";
import { bearerMoved, withoutForgedHeaders } from "./headers";
import { ANSWER_MARGIN_SECONDS, type EnvoyHost } from "./hosts";
import { extension, type Message, seconds } from "./message";
import { routeConfiguration } from "./routes";
import { UPSTREAM_CODEC } from "./upstreams";

/** How much longer than the load balancer a task keeps an idle connection, in seconds. */
const KEEP_ALIVE_MARGIN_SECONDS = 15;

const BUFFER_BYTES = 64 * 1024;

/** Asked for by the load balancer's health checks of HTTP targets. */
export const HEALTH_PATH = "/healthz";

/** Asked for by its health checks of gRPC targets, whose paths name a service and a method. */
export const GRPC_HEALTH_PATH = "/grpc.health.v1.Health/Check";

/** What they are answered: gRPC's OK. A task that drains answers 14, UNAVAILABLE. */
export const GRPC_HEALTHY = 0;

/** What listeners for requests have in common. */
export interface ListenerProps {
  readonly region: string;
  readonly bearerHeader: string;
  readonly identityHeaders: boolean;
  readonly trustedHops: number;
  readonly idleTimeoutSeconds: number;
}

/** Takes the requests for hosts of one protocol from the load balancer. */
export function requestListener(
  protocol: EnvoyHost["protocol"],
  port: number,
  hosts: readonly EnvoyHost[],
  props: ListenerProps,
): Message {
  return listener(protocol, port, {
    codec_type: protocol === "grpc" ? "HTTP2" : "HTTP1",
    // The client is who the load balancer says it was: with the last of X-Forwarded-For, to which its own address is added.
    use_remote_address: true,
    xff_num_trusted_hops: props.trustedHops,
    // Nobody's word counts more because of where it comes from.
    internal_address_config: { cidr_ranges: [] },
    // What stands in a request is what the service understands by it, or the request is refused.
    normalize_path: true,
    merge_slashes: true,
    path_with_escaped_slashes_action: "REJECT_REQUEST",
    strip_any_host_port: true,
    strip_trailing_host_dot: true,
    common_http_protocol_options: {
      idle_timeout: seconds(props.idleTimeoutSeconds + KEEP_ALIVE_MARGIN_SECONDS),
      headers_with_underscores_action: "REJECT_REQUEST",
    },
    http2_protocol_options: {
      max_concurrent_streams: 128,
      initial_stream_window_size: BUFFER_BYTES,
      initial_connection_window_size: 1024 * 1024,
    },
    request_headers_timeout: "10s",
    stream_idle_timeout: seconds(props.idleTimeoutSeconds - ANSWER_MARGIN_SECONDS),
    server_header_transformation: "PASS_THROUGH",
    local_reply_config: { mappers: [NO_UPGRADE, NO_ANSWER] },
    access_log: [accessLog()],
    http_filters: [
      hostRemembered(),
      withoutForgedHeaders(props.bearerHeader, props.identityHeaders),
      bearerMoved(props.bearerHeader),
      extension("envoy.filters.http.router", "envoy.extensions.filters.http.router.v3.Router", {
        suppress_envoy_headers: true,
        // After everything else that changes a request, and again for each repetition: what is signed is what is sent.
        upstream_http_filters: [signing(props.region), ONLY_SIGNED, UPSTREAM_CODEC],
      }),
    ],
    route_config: routeConfiguration(hosts),
  });
}

/**
 * Signs as the task's role. VPC Lattice verifies no body (VPC Lattice User Guide, "SIGv4 authenticated requests"), and of the headers
 * only those that the signature needs are in it: what is on the way may change any other.
 */
function signing(region: string): Message {
  return extension(
    "envoy.filters.http.aws_request_signing",
    "envoy.extensions.filters.http.aws_request_signing.v3.AwsRequestSigning",
    {
      service_name: "vpc-lattice-svcs",
      region,
      signing_algorithm: "AWS_SIGV4",
      use_unsigned_payload: true,
      match_included_headers: [{ exact: "host" }, { prefix: "x-amz-" }],
      credential_provider: { custom_credential_provider_chain: true, container_credential_provider: {} },
    },
  );
}

/**
 * Without credentials the filter above lets a request pass as it is; then it must not leave. In a script, for the filter that refuses by
 * rules (RBAC) does not see the signature here.
 */
const ONLY_SIGNED = extension("only-signed", "envoy.extensions.filters.http.lua.v3.Lua", {
  default_source_code: {
    inline_string: [
      "function envoy_on_request(request)",
      "  if request:headers():get('authorization') == nil then",
      "    request:respond({[':status'] = '503'}, 'no credentials to sign with')",
      "  end",
      "end",
    ].join("\n"),
  },
});

/** Envoy refuses upgrades with an empty 403, in which nobody would look for the reason. */
const NO_UPGRADE = {
  filter: {
    and_filter: {
      filters: [
        {
          status_code_filter: {
            comparison: { op: "EQ", value: { default_value: 403, runtime_key: "ringfence.no_upgrade" } },
          },
        },
        { header_filter: { header: { name: "upgrade", present_match: true } } },
      ],
    },
  },
  status_code: 400,
  body: { inline_string: "No upgrades here: VPC Lattice has no WebSocket\n" },
} as const;

/** Envoy's own words are about addresses and certificates behind it. They stand in the log. */
const NO_ANSWER = {
  filter: {
    status_code_filter: { comparison: { op: "GE", value: { default_value: 502, runtime_key: "ringfence.no_answer" } } },
  },
  body: { inline_string: "The service gave no answer\n" },
} as const;

/** Tells the load balancer whether this task takes requests: from when it is ready until it begins to drain. */
export function healthListener(port: number): Message {
  return {
    ...listener("health", port, {
      codec_type: "AUTO",
      http_filters: [
        extension("health-check", "envoy.extensions.filters.http.health_check.v3.HealthCheck", {
          pass_through_mode: false,
          headers: [{ name: ":path", string_match: { safe_regex: { regex: `${HEALTH_PATH}|${GRPC_HEALTH_PATH}` } } }],
        }),
        extension("envoy.filters.http.router", "envoy.extensions.filters.http.router.v3.Router"),
      ],
      route_config: { name: "health" },
      local_reply_config: { mappers: [SAY_OK_TO_GRPC] },
    }),
    // A task that has too much to do is not one that is broken: it still answers this.
    bypass_overload_manager: true,
    ignore_global_conn_limit: true,
  };
}

/** Envoy knows no status of gRPC for 200, and answers who asks by gRPC with 2, "unknown". */
const SAY_OK_TO_GRPC = {
  filter: {
    status_code_filter: { comparison: { op: "EQ", value: { default_value: 200, runtime_key: "ringfence.healthy" } } },
  },
  headers_to_add: [
    { header: { key: "grpc-status", value: String(GRPC_HEALTHY) }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" },
  ],
} as const;

function listener(name: string, port: number, connectionManager: Message): Message {
  return {
    name,
    address: { socket_address: { address: "0.0.0.0", port_value: port } },
    per_connection_buffer_limit_bytes: BUFFER_BYTES,
    filter_chains: [
      {
        filters: [
          extension(
            "envoy.filters.network.http_connection_manager",
            "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            { stat_prefix: name, ...connectionManager },
          ),
        ],
      },
    ],
  };
}
