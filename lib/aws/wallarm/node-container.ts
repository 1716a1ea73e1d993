import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { ContainerProps } from "../ecs/container";
import type { ContainerImage } from "../ecs/image";
import type { SecretReference } from "../secret-token";
import { NODE_PORT, nginxConfiguration, type NginxProps } from "./nginx-configuration";

export { NODE_PORT, SPECIFICATION_PATH, STATUS_PATH } from "./nginx-configuration";
export { nodeSidecar, type NodeSidecar, type NodeSidecarProps } from "./node-sidecar";

/** Properties of {@link nodeContainer}. */
export interface NodeProps extends NginxProps {
  readonly image: ContainerImage;
  /** Where Wallarm keeps the account. */
  readonly cloud: "eu" | "us";
  /** Name under which Wallarm's console shows the nodes of this edge as one. */
  readonly group: string;
  /** An API token for node deployment, or a node token. */
  readonly token: SecretReference;
  /** Memory for requests that wait for their analysis, in GB (Wallarm, "Allocating Resources for the NGINX Node"). */
  readonly arenaGb: number;
}

/** Wallarm, "Running Docker NGINX-based Image". */
const API_HOSTS = { eu: "api.wallarm.com", us: "us1.api.wallarm.com" } as const;

/** Open files of a process; Fargate's own limit, and enough for two connections for each of NGINX's requests. */
const OPEN_FILES = 65535;

/**
 * How a Wallarm node runs: the stock image with this project's NGINX configuration, closed when anything about it is wrong. A
 * node that cannot register, has no rules or has no configuration does not serve.
 *
 * @throws Error naming the property that cannot be used
 */
export function nodeContainer(props: NodeProps): ContainerProps {
  return {
    name: "node",
    image: props.image,
    entryPoint: ["/bin/sh", "-c"],
    command: [script("start.sh")],
    environment: {
      NODE_NGINX_CONF: nginxConfiguration(props),
      ...(props.upstreamCaPem === undefined ? {} : { NODE_UPSTREAM_CA: props.upstreamCaPem }),
      // The image renders its own configuration otherwise, and with it go its variables for mode, application and status page.
      NGINX_EXTERNAL_CONFIG: "1",
      // Of its own status page, which the node's parts ask; 80 would take a capability.
      NGINX_PORT: String(NODE_PORT),
      WALLARM_API_HOST: API_HOSTS[props.cloud],
      WALLARM_LABELS: `group=${group(props.group)}`,
      SLAB_ALLOC_ARENA: arena(props.arenaGb),
      // The first makes the image's start end with its first failed step; by the second a failed registration is one.
      WALLARM_FALLBACK: "false",
      WALLARM_IGNORE_REGISTER_ERROR: "false",
    },
    secrets: { WALLARM_API_TOKEN: props.token },
    ports: [NODE_PORT],
    healthCheck: {
      command: ["CMD-SHELL", script("health-check.sh")],
      intervalSeconds: 15,
      timeoutSeconds: 10,
      // With the start period, longer than the 300 s that the image gives a registration.
      retries: 5,
      startPeriodSeconds: 300,
    },
    // NGINX ends at once on SIGTERM; what drains requests is the deregistration that comes before it.
    stopTimeoutSeconds: 30,
    user: "wallarm",
    openFiles: OPEN_FILES,
    // The image's start writes below /etc, /run, /var and /opt/wallarm.
    readonlyRootFilesystem: false,
  };
}

function script(name: string): string {
  return readFileSync(join(__dirname, name), "utf8");
}

/** A comma or an equals sign would begin another label. */
function group(name: string): string {
  if (!/^[A-Za-z0-9._-]+$/.test(name)) {
    throw new Error(
      `group must consist of letters, digits, dots, hyphens and underscores (got ${JSON.stringify(name)})`,
    );
  }
  return name;
}

function arena(gigabytes: number): string {
  if (!Number.isFinite(gigabytes) || gigabytes <= 0) throw new Error(`arenaGb must be positive (got ${gigabytes})`);
  return String(gigabytes);
}
