import type { EnvoyContainerProps, EnvoyHost } from "../../../../lib/aws/envoy/container";

export function hostTo(service: string, changed: Partial<EnvoyHost> = {}): EnvoyHost {
  return {
    host: `${service}.example.com`,
    protocol: "http",
    paths: ["/"],
    sign: true,
    timeoutSeconds: 15,
    retries: 1,
    upstream: { domain: `${service}.internal.example.com`, port: 443, tls: true },
    ...changed,
  };
}

export const PROPS: EnvoyContainerProps = {
  image: { uri: "docker.io/envoyproxy/envoy:v1.39.3" },
  region: "eu-central-1",
  hosts: [hostTo("shop"), hostTo("calls", { protocol: "grpc" }), hostTo("open", { sign: false, methods: ["GET"] })],
  bearerHeader: "x-forwarded-authorization",
  idleTimeoutSeconds: 60,
  cpu: 512,
  memoryMb: 1024,
  drainSeconds: 30,
};
