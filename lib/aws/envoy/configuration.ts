import { checkHosts, type EnvoyHost } from "./hosts";
import { healthListener, requestListener } from "./listeners";
import { extension, type Message } from "./message";
import { cluster } from "./upstreams";

/** What a fleet's Envoy must know. */
export interface EnvoyProps {
  /** Region of the services, for which requests are signed. */
  readonly region: string;
  readonly hosts: readonly EnvoyHost[];
  /** Where the service finds a client's own `Authorization` on requests that are signed. */
  readonly bearerHeader: string;
  /** Whether the load balancer has people log in, and says in headers who they are. @default false */
  readonly identityHeaders?: boolean;
  /** @default {@link ENVOY_PORTS} */
  readonly ports?: EnvoyPorts;
  /** Proxies in front that each add an address to X-Forwarded-For; the load balancer is one. @default 1 */
  readonly trustedHops?: number;
  /** Idle timeout of the load balancer: 10 to 4000. */
  readonly idleTimeoutSeconds: number;
  /** Memory that the task has for Envoy. */
  readonly memoryMb: number;
}

/** TCP ports of a task. */
export interface EnvoyPorts {
  /** HTTP/1.1, from the load balancer. */
  readonly http: number;
  /** gRPC: HTTP/2 without TLS, from the load balancer. */
  readonly grpc: number;
  /** The load balancer's health checks. */
  readonly health: number;
  /** Inside the task only. */
  readonly admin: number;
}

/** TCP ports of a task where nothing else is said. */
export const ENVOY_PORTS: EnvoyPorts = { http: 8080, grpc: 8081, health: 8090, admin: 9901 };

/** Of a task, over all listeners: half of what its file descriptors carry. */
const CONNECTIONS = 30_000;

/** What `start.sh` and a collector of metrics ask; nobody gets the configuration, and nobody changes it. */
const ADMIN_PATHS = ["/healthcheck/fail", "/drain_listeners", "/stats", "/stats/prometheus"] as const;

const HEADER_NAME = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;

/**
 * The configuration of an Envoy that passes requests for the listed hosts on to VPC Lattice, signed where that is asked for, and
 * refuses all others.
 *
 * @returns JSON
 * @throws Error naming the value that cannot be used
 */
export function envoyConfiguration(props: EnvoyProps): string {
  return JSON.stringify(envoyBootstrap(props));
}

/** {@link envoyConfiguration} before it is a text: its values may be known only when Terraform runs. */
export function envoyBootstrap(props: EnvoyProps): Message {
  check(props);
  const { hosts, ports = ENVOY_PORTS, trustedHops = 1, identityHeaders = false } = props;
  const listeners = (["http", "grpc"] as const)
    .map((protocol) => ({ protocol, served: hosts.filter((host) => host.protocol === protocol) }))
    .filter(({ served }) => served.length > 0)
    .map(({ protocol, served }) =>
      requestListener(protocol, ports[protocol], served, { ...props, trustedHops, identityHeaders }),
    );
  return {
    node: { id: "envoy", cluster: "lattice" },
    admin: {
      address: { socket_address: { address: "127.0.0.1", port_value: ports.admin } },
      allow_paths: ADMIN_PATHS.map((path) => ({ safe_regex: { regex: `${path}([?].*)?` } })),
    },
    overload_manager: overloadManager(props.memoryMb),
    static_resources: { listeners: [...listeners, healthListener(ports.health)], clusters: hosts.map(cluster) },
  };
}

/** Refuses new requests before the kernel ends a task that has no memory left, and with it those that are under way. */
function overloadManager(memoryMb: number): Message {
  const heap = "envoy.resource_monitors.fixed_heap";
  const trigger = (value: number): readonly Message[] => [{ name: heap, threshold: { value } }];
  return {
    refresh_interval: "0.25s",
    resource_monitors: [
      extension(heap, "envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig", {
        max_heap_size_bytes: Math.floor(memoryMb * 0.85) * 1024 * 1024,
      }),
      extension(
        "envoy.resource_monitors.global_downstream_max_connections",
        "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
        { max_active_downstream_connections: CONNECTIONS },
      ),
    ],
    actions: [
      { name: "envoy.overload_actions.shrink_heap", triggers: trigger(0.9) },
      { name: "envoy.overload_actions.stop_accepting_requests", triggers: trigger(0.95) },
    ],
  };
}

function check({ hosts, bearerHeader, trustedHops = 1, idleTimeoutSeconds, memoryMb }: EnvoyProps): void {
  whole("idleTimeoutSeconds", idleTimeoutSeconds, 10, 4000);
  whole("trustedHops", trustedHops, 1, 10);
  whole("memoryMb", memoryMb, 128, 122_880);
  if (!HEADER_NAME.test(bearerHeader) || TAKEN_HEADERS.test(bearerHeader)) {
    throw new Error(
      `bearerHeader must be a header's name in lower case that nothing else on the way uses (got ${JSON.stringify(bearerHeader)})`,
    );
  }
  checkHosts(hosts, idleTimeoutSeconds);
}

/** Written by Envoy, the load balancer, VPC Lattice or the protocol itself. */
const TAKEN_HEADERS =
  /^(x-amz-.*|x-amzn-.*|x-envoy-.*|x-forwarded-(for|proto|port|host)|authorization|host|te|trailer|upgrade|connection|keep-alive|content-length|content-type|transfer-encoding|proxy-.*|cookie|expect)$/;

function whole(name: string, value: number, lowest: number, highest: number): void {
  if (!Number.isSafeInteger(value) || value < lowest || value > highest) {
    throw new Error(`${name} must be a whole number from ${lowest} to ${highest} (got ${value})`);
  }
}
