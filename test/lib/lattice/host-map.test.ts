import { gunzipSync, gzipSync } from "node:zlib";

import * as contract from "../../../lambda/lattice-proxy/contract";
import { HOST_MAP_LIMIT_BYTES, hostMap, packedHostMapBytes, type ProxiedHost } from "../../../lib/lattice";

const SHOP: ProxiedHost = {
  host: "shop.example.com",
  paths: ["/v1"],
  methods: ["GET"],
  sign: true,
  timeoutSeconds: 15,
  retries: 1,
  upstream: { domain: "shop.internal.example.com", port: 443, tls: true },
};

test("the map is what the function reads, and says nothing of methods where all are meant", () => {
  const map: contract.HostMap = hostMap([SHOP, { ...SHOP, host: "*.example.com", methods: undefined }]);
  expect(map["shop.example.com"]).toEqual({
    upstream: { domain: "shop.internal.example.com", port: 443, tls: true },
    paths: ["/v1"],
    methods: ["GET"],
    sign: true,
    timeoutSeconds: 15,
    retries: 1,
  });
  expect(Object.keys(map["*.example.com"] ?? {})).not.toContain("methods");
});

test("a map is judged by its packed text, and never too small", () => {
  for (const count of [1, 5, 50]) {
    const hosts = Array.from({ length: count }, (_, n) => ({ ...SHOP, host: `h${n}.example.com` }));
    const packed = gzipSync(JSON.stringify(hostMap(hosts)));
    expect(JSON.parse(gunzipSync(packed).toString())).toEqual(hostMap(hosts));
    expect(packedHostMapBytes(hosts)).toBeGreaterThan(packed.toString("base64").length);
    expect(packedHostMapBytes(hosts)).toBeLessThan(packed.toString("base64").length + 100);
  }
});

test("a map that fits is one that the function takes, beside its other variables", () => {
  const others = { bearerHeader: "x".repeat(64), front: "restApi", identityHeaders: "false", hosts: "" };
  const bytes = Object.entries(contract.VARIABLES).reduce(
    // With the quotes, colon and comma by which Lambda may count.
    (sum, [meaning, name]) => sum + name.length + others[meaning as keyof typeof others].length + 6,
    HOST_MAP_LIMIT_BYTES,
  );
  expect(bytes).toBeLessThanOrEqual(4096);
});
