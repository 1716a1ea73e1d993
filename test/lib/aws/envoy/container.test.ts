import { Token } from "cdktf";

import { envoyContainer, type EnvoyContainerProps } from "../../../../lib/aws/envoy/container";
import { hostTo, PROPS } from "./hosts";

function container(changed: Partial<EnvoyContainerProps> = {}) {
  return envoyContainer({ ...PROPS, ...changed });
}

it("writes nothing, and is nobody in particular", () => {
  expect(container()).toMatchObject({ readonlyRootFilesystem: true, user: "envoy" });
});

it("can be written to only where people run commands in it", () => {
  expect(container({ exec: true }).readonlyRootFilesystem).toBe(false);
});

it("has a port for each protocol that a host speaks", () => {
  expect(container().ports).toEqual([8080, 8081]);
  expect(container({ hosts: [hostTo("shop")] }).ports).toEqual([8080]);
  expect(container({ hosts: [hostTo("calls", { protocol: "grpc" })] }).ports).toEqual([8081]);
});

it("starts by a script that has nothing for Terraform to fill in", () => {
  const { entryPoint, command, healthCheck } = container();
  expect(entryPoint).toEqual(["/bin/bash", "-c"]);
  expect(command).toHaveLength(1);
  for (const script of [command?.[0], healthCheck?.command.at(-1)]) expect(script).not.toMatch(/[$%]\{/);
});

it("has its configuration packed by Terraform, and no secret in plain sight", () => {
  const { environment = {}, secrets } = container();
  expect(Token.isUnresolved(environment.ENVOY_CONFIGURATION)).toBe(true);
  expect(secrets).toBeUndefined();
  expect(environment).toMatchObject({ ENVOY_ADMIN_PORT: "9901", ENVOY_HEALTH_PORT: "8090", ENVOY_DRAIN_SECONDS: "30" });
});

it.each([
  [256, "1"],
  [1024, "1"],
  [2048, "2"],
  [4096, "4"],
])("has a thread for each processor: %d units", (cpu, threads) => {
  expect(container({ cpu }).environment).toMatchObject({ ENVOY_CONCURRENCY: threads });
});

it("is left alone by Fargate for as long as it drains", () => {
  expect(container({ drainSeconds: 30 }).stopTimeoutSeconds).toBe(40);
  expect(container({ drainSeconds: 110 }).stopTimeoutSeconds).toBe(120);
  for (const drainSeconds of [-1, 111, 1.5]) {
    expect(() => container({ drainSeconds })).toThrow(/drainSeconds must be a whole number from 0 to 110/);
  }
});

it("has room for fifty hosts of ten paths, and says when a task definition has none", () => {
  const paths = (host: number) => Array.from({ length: 10 }, (_, path) => `/part-${host}/resource-${path}`);
  const hosts = (count: number) => Array.from({ length: count }, (_, i) => hostTo(`shop-${i}`, { paths: paths(i) }));
  expect(() => container({ hosts: hosts(50) })).not.toThrow();
  expect(() => container({ hosts: hosts(900) })).toThrow(/900 hosts has \d+ bytes .* serve some of them from another/);
});
