import { parseAllDocuments } from "yaml";

import { crossplaneManifests } from "../../cli/crossplane-manifest";
import example from "../../environments/example";
import { defineEnvironment, type EnvironmentInput } from "../../lib/environment";

const environment = (allowlist: EnvironmentInput["allowlist"] = {}, sections: Partial<EnvironmentInput> = {}) =>
  defineEnvironment({
    name: "dev",
    state: { kind: "local" },
    aws: { accountId: "111122223333", region: "eu-west-1" },
    allowlist,
    ...sections,
  });

const render = (...args: Parameters<typeof crossplaneManifests>): unknown[] =>
  parseAllDocuments(crossplaneManifests(...args)).map((document) => document.toJS() as unknown);

const cluster = { cluster: "gke-search", cidrs: ["192.0.2.0/28", "2001:db8::/48"] };

describe("the manifests for Crossplane", () => {
  it("write the cluster's item into the environment's table with the cluster-scoped API", () => {
    expect(render(environment(), cluster)).toEqual([
      {
        apiVersion: "dynamodb.aws.upbound.io/v1beta1",
        kind: "TableItem",
        metadata: { name: "dev-gke-search" },
        spec: {
          forProvider: {
            region: "eu-west-1",
            tableName: "dev-cluster-bootstrapping",
            hashKey: "id",
            item: JSON.stringify({
              id: { S: "gke-search" },
              ips: { L: [{ S: "192.0.2.0/28" }, { S: "2001:db8::/48" }] },
            }),
          },
          providerConfigRef: { name: "default" },
        },
      },
    ]);
  });

  it("name a namespace and the kind of provider configuration with the namespaced API", () => {
    const [manifest] = render(environment(), { ...cluster, namespace: "fleet", providerConfig: "aws-prod" });
    expect(manifest).toMatchObject({
      apiVersion: "dynamodb.aws.m.upbound.io/v1beta1",
      metadata: { name: "dev-gke-search", namespace: "fleet" },
      spec: { providerConfigRef: { name: "aws-prod", kind: "ClusterProviderConfig" } },
    });
  });

  it("spread a long list over several objects with the composite key, and lose no address", () => {
    const cidrs = Array.from({ length: 120 }, (_, index) => `203.0.113.${index}/32`);
    const manifests = render(environment({ table: { name: "clusters", keySchema: "id+ips" } }), {
      cluster: "big",
      cidrs,
    });
    expect(manifests.length).toBeGreaterThan(1);
    const names = new Set<unknown>();
    const written = manifests.flatMap((manifest) => {
      expect(manifest).toMatchObject({
        spec: { forProvider: { tableName: "clusters", hashKey: "id", rangeKey: "ips" } },
      });
      const { metadata, spec } = manifest as { metadata: { name: string }; spec: { forProvider: { item: string } } };
      names.add(metadata.name);
      const { ips } = JSON.parse(spec.forProvider.item) as { ips: { S: string } };
      expect(Buffer.byteLength(ips.S)).toBeLessThanOrEqual(1024);
      return JSON.parse(ips.S) as string[];
    });
    expect(written).toEqual(cidrs);
    expect(names.size).toBe(manifests.length);
  });

  it("never share an object between clusters, and have names that Kubernetes accepts", () => {
    const names = ["Prod.A", "prod.a", "prod-a", "a_b", "a-b", "a.b"].map((name) => {
      const [manifest] = render(environment(), { cluster: name, cidrs: ["192.0.2.0/28"] });
      return (manifest as { metadata: { name: string } }).metadata.name;
    });
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
  });

  it("get another object when the addresses change and are part of the key", () => {
    const composite = environment({ table: { keySchema: "id+ips" } });
    const name = (cidr: string): unknown => render(composite, { cluster: "a", cidrs: [cidr] })[0];
    expect(name("192.0.2.0/28")).not.toMatchObject({
      metadata: (name("192.0.2.16/28") as { metadata: object }).metadata,
    });
  });

  it("use an existing table by its own name and key", () => {
    const existing = {
      name: "theirs",
      streamArn: "arn:aws:dynamodb:eu-west-1:111122223333:table/theirs/stream/2026-01-01T00:00:00.000",
      keySchema: "id+ips",
    } as const;
    expect(render(environment({ table: { existing } }), cluster)).toMatchObject([
      { spec: { forProvider: { tableName: "theirs", rangeKey: "ips" } } },
    ]);
  });

  it.each([
    ["a cluster that Terraform writes", "otc-billing", /written by Terraform already/],
    ["the environment's own addresses", "dev-aws-egress", /written by Terraform already/],
    ["an item that Ringfence keeps for itself", "ringfence:approval", /no cluster name/],
  ])("are refused for %s", (_, name, message) => {
    const written = environment({ clusters: { "otc-billing": ["192.0.2.1/32"] } });
    expect(() => crossplaneManifests(written, { cluster: name, cidrs: ["192.0.2.1/32"] })).toThrow(message);
  });

  it("are refused for a cluster of AKS, and for one that is registered with its addresses, not for one without", () => {
    for (const written of ["otc-billing", "example-aks-payments"]) {
      expect(() => crossplaneManifests(example, { ...cluster, cluster: written })).toThrow(
        /written by Terraform already/,
      );
    }
    const rancher = { url: "https://rancher.example.com", clusters: { "gke-search": {} } };
    expect(render(environment({}, { rancher }), cluster)).toHaveLength(1);
  });

  it("are refused for ranges that cannot be admitted, all at once", () => {
    const cidrs = ["192.0.2.0/28", "192.0.2.1/28", "0.0.0.0/1"];
    expect(() => crossplaneManifests(environment(), { cluster: "a", cidrs })).toThrow(
      /192\.0\.2\.1\/28 .*\n0\.0\.0\.0\/1 is wider/,
    );
  });

  it("name a range once, however often it is given", () => {
    const [manifest] = render(environment(), { cluster: "a", cidrs: ["192.0.2.0/28", "192.0.2.0/28"] });
    expect(JSON.stringify(manifest).match(/192\.0\.2\.0/g)).toHaveLength(1);
  });

  it("are refused for an environment without an allowlist", () => {
    const bare = defineEnvironment({ name: "dev", state: { kind: "local" } });
    expect(() => crossplaneManifests(bare, cluster)).toThrow(/no allowlist/);
  });
});
