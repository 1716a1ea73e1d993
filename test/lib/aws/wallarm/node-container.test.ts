import { spawnSync } from "node:child_process";
import { rootCertificates } from "node:tls";

import { containerDefinitions } from "../../../../lib/aws/ecs/container";
import { nodeContainer, type NodeProps, NODE_PORT, nodeSidecar } from "../../../../lib/aws/wallarm/node-container";
import { missingFrom } from "./directives";

const TOKEN = {
  valueFrom: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:token-AbCdEf:::v1",
  secretArn: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:token-AbCdEf",
};

const PROPS: NodeProps = {
  image: { uri: "docker.io/wallarm/node:7.1.0" },
  cloud: "eu",
  mode: "block",
  applicationId: 7,
  group: "dev-api",
  token: TOKEN,
  upstream: { protocol: "https", host: "kong.internal.example.com", port: 443 },
  hostHeader: "client",
  maxBodyMb: 20,
  idleTimeoutSeconds: 60,
  trustedProxies: [],
  vpcCidr: "10.20.0.0/16",
  arenaGb: 1.5,
};

const CONTEXT = { region: "eu-central-1", logGroupName: "/ringfence/dev-wallarm-api", exec: false };

describe("a node", () => {
  it("does not serve when it cannot register or has no configuration", () => {
    const { environment, entryPoint, command } = nodeContainer(PROPS);
    expect(environment).toMatchObject({
      WALLARM_FALLBACK: "false",
      WALLARM_IGNORE_REGISTER_ERROR: "false",
      NGINX_EXTERNAL_CONFIG: "1",
    });
    expect(missingFrom(environment?.NODE_NGINX_CONF ?? "")).toEqual([]);
    expect(entryPoint).toEqual(["/bin/sh", "-c"]);
    expect(command).toHaveLength(1);
    expect(command?.[0]?.trim()).toMatch(/\nexec \/usr\/local\/bin\/init$/);
  });

  it("gets its token from the secret alone", () => {
    const container = nodeContainer(PROPS);
    expect(container.secrets).toEqual({ WALLARM_API_TOKEN: TOKEN });
    expect(container.environment).not.toHaveProperty("WALLARM_API_TOKEN");
  });

  it.each([
    ["eu", "api.wallarm.com"],
    ["us", "us1.api.wallarm.com"],
  ] as const)("belongs to the account's cloud: %s", (cloud, host) => {
    expect(nodeContainer({ ...PROPS, cloud }).environment).toMatchObject({ WALLARM_API_HOST: host });
  });

  it("belongs to its group, and keeps as many requests as it is given memory for", () => {
    expect(nodeContainer(PROPS).environment).toMatchObject({
      WALLARM_LABELS: "group=dev-api",
      SLAB_ALLOC_ARENA: "1.5",
    });
  });

  it.each(["a,group=b", "a=b", "a b", "", "a\n"])("belongs to no more than its group: %j", (group) => {
    expect(() => nodeContainer({ ...PROPS, group })).toThrow(/^group must consist of/);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses an arena of %p GB", (arenaGb) => {
    expect(() => nodeContainer({ ...PROPS, arenaGb })).toThrow(/^arenaGb must be positive/);
  });

  it("carries the authority of its upstream only where there is one", () => {
    expect(nodeContainer(PROPS).environment).not.toHaveProperty("NODE_UPSTREAM_CA");
    const [upstreamCaPem = ""] = rootCertificates;
    expect(nodeContainer({ ...PROPS, upstreamCaPem }).environment).toMatchObject({ NODE_UPSTREAM_CA: upstreamCaPem });
  });

  it("is nobody in particular, and needs no port below 1024", () => {
    const container = nodeContainer(PROPS);
    expect(container).toMatchObject({ user: "wallarm", ports: [NODE_PORT] });
    expect(container.environment).toMatchObject({ NGINX_PORT: String(NODE_PORT) });
    expect(NODE_PORT).toBeGreaterThan(1024);
  });

  it("is not given up while it may still register, which takes up to 300 s", () => {
    const { healthCheck } = nodeContainer(PROPS);
    expect(healthCheck?.command[0]).toBe("CMD-SHELL");
    const { startPeriodSeconds = 0, intervalSeconds = 0, retries = 0 } = healthCheck ?? {};
    expect(startPeriodSeconds).toBeLessThanOrEqual(300);
    expect(startPeriodSeconds + retries * intervalSeconds).toBeGreaterThan(300 + 60);
  });

  it("fits into a task definition with the largest settings, beside the collector of its metrics", () => {
    // A VPC's worth of proxies (Amazon CloudFront has some 50 ranges), the longest host and a bundle of authorities.
    const trustedProxies = Array.from({ length: 100 }, (_, index) => `198.51.${index}.128/25`);
    const upstream = { protocol: "https", host: `${"a.".repeat(125)}com`, port: 65535 } as const;
    const bundle = rootCertificates.reduce(
      (all, pem) => (all.length + pem.length < 32_000 ? `${all}${pem}\n` : all),
      "",
    );
    const node = nodeContainer({ ...PROPS, trustedProxies, upstream, hostHeader: "upstream", upstreamCaPem: bundle });
    const { container } = nodeSidecar({ edge: "api", region: "eu-central-1", logGroup: { name: "/x", arn: "arn" } });
    // Amazon ECS Developer Guide, "Amazon ECS service quotas": 64 KiB; what else a task definition says takes less than 4.
    expect(Buffer.byteLength(containerDefinitions([node, container], CONTEXT))).toBeLessThan(60 * 1024);
  });

  it("holds nothing that Terraform would take for an expression", () => {
    expect(containerDefinitions([nodeContainer(PROPS)], CONTEXT)).not.toMatch(/[$%]\{/);
  });

  it("has a health check that any shell reads", () => {
    const [, script = ""] = nodeContainer(PROPS).healthCheck?.command ?? [];
    expect(spawnSync("sh", ["-n", "-c", script], { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
  });
});
