import { encodeCluster } from "../../../lambda/allowlist-sync/contract";

test("no sort key is longer than DynamoDB takes, however long the ranges are, and no more items are made than it takes", () => {
  for (let length = "1.1.1.1/8".length; length <= 43; length += 1) {
    const cidrs = Array.from({ length: 200 }, (_, n) => String(n).padStart(length, "x"));
    const parts = encodeCluster("id+ips", "billing", cidrs).map((item) => {
      const { ips } = JSON.parse(item) as { readonly ips: { readonly S: string } };
      return ips.S;
    });
    expect(parts.flatMap((part) => JSON.parse(part) as unknown[])).toEqual(cidrs);
    for (const part of parts) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(1024);
    // Another range would not have fitted into any but the last.
    for (const part of parts.slice(0, -1))
      expect(Buffer.byteLength(part) + length + '"",'.length).toBeGreaterThan(1023);
  }
});
