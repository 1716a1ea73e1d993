import { WAF_SCOPE } from "../../../lambda/allowlist-sync/contract";
import { ipSets } from "../../../lambda/allowlist-sync/waf";
import { FakeWaf, VirtualClock } from "../../support/aws";

test("a hundred sets are one call, and the next one is a second", async () => {
  const waf = new FakeWaf({ clock: new VirtualClock() });
  const sets = ipSets(waf, WAF_SCOPE, (_action, _what, call) => call());
  for (let n = 0; n < 100; n += 1) waf.createSet(`prod-clusters-${n}`, "IPV4");
  expect(await sets.list("prod-clusters-")).toHaveLength(100);
  expect(waf.calls.count("ListIPSets")).toBe(1);
  waf.createSet("prod-clusters-100", "IPV4");
  expect(await sets.list("prod-clusters-")).toHaveLength(101);
  expect(waf.calls.count("ListIPSets")).toBe(3);
});
