import { readConfig } from "../../../lambda/allowlist-sync/config";

const required = { ENVIRONMENT: "prod", TABLE_NAME: "clusters", IP_SET_PREFIX: "prod-clusters" };

test("the required variables are enough", () => {
  expect(readConfig(required)).toEqual({
    environment: "prod",
    tableName: "clusters",
    ipSetPrefix: "prod-clusters",
    wafScope: "REGIONAL",
    guard: { maxShare: 0.2, maxAddresses: 50 },
    metricNamespace: "Ringfence/Allowlist",
  });
});

test("every variable counts", () => {
  const config = readConfig({
    ...required,
    WAF_SCOPE: "CLOUDFRONT",
    GUARD_MAX_SHARE: "0.5",
    GUARD_MAX_ADDRESSES: "1000",
    METRIC_NAMESPACE: "Mine",
  });
  expect(config).toMatchObject({
    wafScope: "CLOUDFRONT",
    guard: { maxShare: 0.5, maxAddresses: 1000 },
    metricNamespace: "Mine",
  });
});

test.each(["ENVIRONMENT", "TABLE_NAME", "IP_SET_PREFIX"])("%s must be set, and not to nothing", (name) => {
  expect(() => readConfig({ ...required, [name]: undefined })).toThrow(`${name} is not set`);
  expect(() => readConfig({ ...required, [name]: "" })).toThrow(`${name} is not set`);
});

test.each([
  ["WAF_SCOPE", "global"],
  ["GUARD_MAX_SHARE", "20%"],
  ["GUARD_MAX_SHARE", "20"],
  ["GUARD_MAX_SHARE", "-0.1"],
  ["GUARD_MAX_ADDRESSES", "many"],
  ["GUARD_MAX_ADDRESSES", "1.5"],
  ["GUARD_MAX_ADDRESSES", "-1"],
])("%s may not be %s", (name, value) => {
  expect(() => readConfig({ ...required, [name]: value })).toThrow(`${name} is "${value}"; expected`);
});

test("all faults are named at once", () => {
  expect(() => readConfig({ WAF_SCOPE: "x", GUARD_MAX_SHARE: "y" })).toThrow(
    /ENVIRONMENT.*TABLE_NAME|WAF_SCOPE.*GUARD_MAX_SHARE/,
  );
});
