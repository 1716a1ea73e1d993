import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { Fn } from "cdktf";

import type { ContainerProps } from "../ecs/container";
import type { ContainerImage } from "../ecs/image";
import { envoyBootstrap, ENVOY_PORTS, type EnvoyProps } from "./configuration";

export { ENVOY_PORTS, envoyConfiguration, type EnvoyPorts, type EnvoyProps } from "./configuration";
export type { EnvoyHost, EnvoyUpstream } from "./hosts";
export { GRPC_HEALTH_PATH, GRPC_HEALTHY, HEALTH_PATH } from "./listeners";

/** Properties of {@link envoyContainer}. */
export interface EnvoyContainerProps extends EnvoyProps {
  /** `envoyproxy/envoy` of an exact version, not one of its distroless images: they have no shell to drain with. */
  readonly image: ContainerImage;
  /** CPU units that the task has for Envoy; 1024 are one processor. */
  readonly cpu: number;
  /** Longest time that the requests of a task that stops get: 0 to 110. */
  readonly drainSeconds: number;
  /** Whether people may run commands in the container, for which ECS Exec writes to its root file system. @default false */
  readonly exec?: boolean;
}

/** Amazon ECS takes 64 KiB for a whole task definition; scripts, settings and other containers have 16 of them. */
const MAX_CONFIGURATION_BYTES = 48 * 1024;

/** Open files of a process; Fargate's own limit. */
const OPEN_FILES = 65_535;

/** SIGTERM to Envoy and its end, after the drain. */
const STOP_MARGIN_SECONDS = 10;

/**
 * How an Envoy of the fleet runs: the stock image, whose start is replaced by one that brings the configuration and drains. Nothing is
 * written, so the root file system is read-only.
 *
 * @throws Error naming the property that cannot be used
 */
export function envoyContainer(props: EnvoyContainerProps): ContainerProps & { readonly ports: readonly number[] } {
  const { hosts, ports = ENVOY_PORTS, cpu, drainSeconds, exec = false } = props;
  if (!Number.isSafeInteger(drainSeconds) || drainSeconds < 0 || drainSeconds > 120 - STOP_MARGIN_SECONDS) {
    throw new Error(
      `drainSeconds must be a whole number from 0 to ${120 - STOP_MARGIN_SECONDS}: Fargate ends a container 120 s after it was told to stop (got ${drainSeconds})`,
    );
  }
  const bootstrap = envoyBootstrap(props);
  checkSize(JSON.stringify(bootstrap), hosts.length);
  return {
    name: "envoy",
    image: props.image,
    entryPoint: ["/bin/bash", "-c"],
    command: [script("start.sh")],
    environment: {
      // By Terraform, which alone knows the names that VPC Lattice generates.
      ENVOY_CONFIGURATION: Fn.base64gzip(Fn.jsonencode(bootstrap)),
      ENVOY_ADMIN_PORT: String(ports.admin),
      ENVOY_HEALTH_PORT: String(ports.health),
      ENVOY_DRAIN_SECONDS: String(drainSeconds),
      ENVOY_CONCURRENCY: String(Math.max(1, Math.round(cpu / 1024))),
    },
    ports: (["http", "grpc"] as const)
      .filter((protocol) => hosts.some((host) => host.protocol === protocol))
      .map((protocol) => ports[protocol]),
    healthCheck: {
      command: ["CMD", "/bin/bash", "-c", script("health-check.sh")],
      intervalSeconds: 10,
      timeoutSeconds: 5,
      retries: 3,
      startPeriodSeconds: 30,
    },
    stopTimeoutSeconds: drainSeconds + STOP_MARGIN_SECONDS,
    user: "envoy",
    openFiles: OPEN_FILES,
    readonlyRootFilesystem: !exec,
  };
}

function script(name: string): string {
  return readFileSync(join(__dirname, name), "utf8");
}

/** As Terraform will pack it, or a little more. */
function checkSize(configuration: string, hosts: number): void {
  const bytes = Math.ceil(gzipSync(configuration).length / 3) * 4;
  if (bytes > MAX_CONFIGURATION_BYTES) {
    throw new Error(
      `hosts: the configuration of ${hosts} hosts has ${bytes} bytes when packed, and ${MAX_CONFIGURATION_BYTES} fit into a task definition of Amazon ECS; serve some of them from another environment`,
    );
  }
}
