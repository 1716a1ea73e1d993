import * as contract from "../../lambda/allowlist-sync/contract";
import { ADDRESSES_PER_SET } from "../../lib/environment/rules/allowlist";
import { SURGE_PERCENT } from "../../lib/environment/rules/aks-pools";
import { defineEnvironment } from "../../lib/environment";
import { buildAks } from "../support/aks";

/** The environment model may not import the function's contract; what both state must be the same. */
describe("what the environment promises and the function keeps", () => {
  it("is one number of addresses for a set", () => {
    expect(ADDRESSES_PER_SET).toBe(contract.MAX_ADDRESSES_PER_SET);
  });

  it("is one number of slots for a family", () => {
    const of = (ipv4Sets: number) => () =>
      defineEnvironment({
        name: "test",
        state: { kind: "local" },
        aws: { accountId: "111122223333", region: "eu-central-1" },
        allowlist: { capacity: { ipv4Sets, quota: 1000 } },
      });
    expect(of(contract.MAX_SLOTS)).not.toThrow();
    expect(of(contract.MAX_SLOTS + 1)).toThrow("ipv4Sets");
  });
});

test("the environment leaves room for as many nodes as an upgrade of AKS adds", () => {
  const pool = buildAks().resource("azurerm_kubernetes_cluster_node_pool").attributes;
  expect(pool.upgrade_settings).toMatchObject({ max_surge: `${SURGE_PERCENT}%` });
});
