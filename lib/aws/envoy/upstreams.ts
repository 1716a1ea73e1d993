import type { EnvoyHost } from "./hosts";
import { extension, type Message, typed } from "./message";

/** The authorities that the image trusts: Debian's and Ubuntu's `ca-certificates`. */
const SYSTEM_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

/** Of a VPC Lattice service, which closes connections that are idle for 60 s (VPC Lattice API Reference, "CreateService"). */
const IDLE_SECONDS = 50;

/** Below the 10 minutes after which VPC Lattice ends a connection with all that is on it (User Guide, "Quotas"). */
const CONNECTION_SECONDS = 9 * 60;

/** Of an upstream, for each task. Its file descriptors are 65,535. */
const CONNECTIONS = 4096;

/** Memory that one direction of a connection takes before the other side is slowed down. */
const BUFFER_BYTES = 64 * 1024;

/** The upstream of one host. */
export function cluster(host: EnvoyHost): Message {
  const { protocol, sign, upstream } = host;
  return {
    name: host.host,
    cluster_type: extension("envoy.clusters.dns", "envoy.extensions.clusters.dns.v3.DnsCluster", {
      // Every address is one to connect to. However long a record lives, another address is used within this time.
      dns_refresh_rate: "10s",
      dns_jitter: "1s",
      dns_failure_refresh_rate: { base_interval: "0.5s", max_interval: "5s" },
      dns_lookup_family: "V4_PREFERRED",
    }),
    load_assignment: {
      cluster_name: host.host,
      endpoints: [
        {
          lb_endpoints: [
            { endpoint: { address: { socket_address: { address: upstream.domain, port_value: upstream.port } } } },
          ],
        },
      ],
    },
    connect_timeout: "2s",
    per_connection_buffer_limit_bytes: BUFFER_BYTES,
    lb_policy: "ROUND_ROBIN",
    upstream_connection_options: { tcp_keepalive: { keepalive_time: 30, keepalive_interval: 5, keepalive_probes: 3 } },
    circuit_breakers: {
      thresholds: [
        {
          max_connections: CONNECTIONS,
          max_requests: CONNECTIONS,
          max_pending_requests: CONNECTIONS,
          retry_budget: { budget_percent: { value: 20 }, min_retry_concurrency: 3 },
        },
      ],
    },
    outlier_detection: OUTLIERS,
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": typed(
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        {
          common_http_protocol_options: {
            idle_timeout: `${IDLE_SECONDS}s`,
            max_connection_duration: `${CONNECTION_SECONDS}s`,
          },
          explicit_http_config: protocol === "grpc" ? { http2_protocol_options: {} } : { http_protocol_options: {} },
          // The listener's router signs; an upstream's own filters take the place of the router's.
          ...(sign ? {} : { http_filters: [UPSTREAM_CODEC] }),
        },
      ),
    },
    ...(upstream.tls ? { transport_socket: tls(host) } : {}),
  };
}

/** What ends the filters between router and upstream. */
export const UPSTREAM_CODEC = extension(
  "envoy.filters.http.upstream_codec",
  "envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec",
);

/**
 * An address that takes no connections is left out for a while, as long as others remain. An answer's status tells of the service, not
 * of the way to it, and leaves nobody out.
 */
const OUTLIERS = {
  split_external_local_origin_errors: true,
  consecutive_local_origin_failure: 3,
  enforcing_consecutive_5xx: 0,
  enforcing_consecutive_gateway_failure: 0,
  enforcing_success_rate: 0,
  enforcing_local_origin_success_rate: 0,
  interval: "5s",
  base_ejection_time: "10s",
  max_ejection_percent: 50,
} as const;

function tls({ protocol, upstream }: EnvoyHost): Message {
  return extension("envoy.transport_sockets.tls", "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext", {
    sni: upstream.domain,
    common_tls_context: {
      alpn_protocols: [protocol === "grpc" ? "h2" : "http/1.1"],
      tls_params: { tls_minimum_protocol_version: "TLSv1_2" },
      validation_context: {
        trusted_ca: { filename: SYSTEM_CERTIFICATES },
        match_typed_subject_alt_names: [{ san_type: "DNS", matcher: { exact: upstream.domain } }],
      },
    },
  });
}
