import { readTrigger } from "../../../lambda/allowlist-sync/trigger";

const record = (id: string, seconds: number): object => ({
  dynamodb: { Keys: { id: { S: id } }, ApproximateCreationDateTime: seconds },
});

test("a batch is told by all its records: every cluster once, and its oldest change wherever it stands", () => {
  const event = { Records: [record("shop", 30), record("billing", 10), record("shop", 20)] };
  expect(readTrigger(event)).toEqual({ cause: "stream", clusters: ["billing", "shop"], oldestChange: 10_000 });
});
