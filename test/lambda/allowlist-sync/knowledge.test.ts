import { setTimeout as sleep } from "node:timers/promises";
import { KNOWLEDGE_KEYS } from "../../../lambda/allowlist-sync/contract";
import { createKnowledge } from "../../../lambda/allowlist-sync/knowledge";
import type { TextStore } from "../../../lambda/allowlist-sync/store";

test("of two contents of a set the later one is stored last, however long the first takes", async () => {
  const objects = new Map<string, string>();
  const milliseconds = [20, 0];
  const store: TextStore = {
    get: (key) => Promise.resolve(objects.get(key)),
    async put(key, text) {
      await sleep(milliseconds.shift());
      objects.set(key, text);
    },
  };
  const knowledge = createKnowledge(store, "test-clusters");
  const set = { name: "test-clusters-ipv4-00", id: "1", description: undefined };
  knowledge.remember({ ...set, lockToken: "first" }, "10.0.0.1/32");
  knowledge.remember({ ...set, lockToken: "second" }, "10.0.0.2/32");
  expect(await knowledge.settle()).toEqual([]);
  // A first one that was not waited for would come now.
  await sleep(40);
  expect(objects.get(KNOWLEDGE_KEYS.set(set.name))).toBe("second\n10.0.0.2/32");
});
