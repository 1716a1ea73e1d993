import { Fn } from "cdktf";
import fc from "fast-check";

import { contentVersion } from "../../../../lib/aws/inspection/content-version";

/** EC2 Image Builder API Reference, "CreateComponent": each of three numbers is at most 2^30-1. */
const MOST = 2 ** 30 - 1;

it("is three numbers that Image Builder takes, the same for the same content and another for another", () => {
  const versions = new Map<string, string>();
  fc.assert(
    fc.property(fc.jsonValue(), (content) => {
      const version = contentVersion(content);
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(version.split(".").every((number) => Number(number) <= MOST)).toBe(true);
      const text = JSON.stringify(content);
      expect(contentVersion(JSON.parse(text))).toBe(version);
      expect(versions.get(version) ?? text).toBe(text);
      versions.set(version, text);
    }),
  );
});

it("refuses what only apply knows, whose stand-in changes with each synthesis", () => {
  expect(() => contentVersion({ bucket: Fn.lower("x") })).toThrow("known before apply");
});
