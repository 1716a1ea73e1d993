import { readConfig } from "../../../lambda/allowlist-sync/config";

const variables = {
  ENVIRONMENT: "prod",
  TABLE_NAME: "clusters",
  IP_SET_PREFIX: "prod-clusters",
  KNOWLEDGE_BUCKET: "prod-knowledge",
  IPV4_SETS: "70",
  IPV6_SETS: "26",
  GUARD_MAX_SHARE: "0.5",
  GUARD_MAX_ADDRESSES: "1000",
};

test("every variable counts", () => {
  expect(readConfig(variables)).toEqual({
    environment: "prod",
    tableName: "clusters",
    ipSetPrefix: "prod-clusters",
    knowledgeBucket: "prod-knowledge",
    sets: { ipv4: 70, ipv6: 26 },
    guard: { maxShare: 0.5, maxAddresses: 1000 },
  });
});

test.each(Object.keys(variables))("%s must be set, and not to nothing", (name) => {
  expect(() => readConfig({ ...variables, [name]: undefined })).toThrow(new RegExp(`: ${name} is not set$`));
  expect(() => readConfig({ ...variables, [name]: "" })).toThrow(new RegExp(`: ${name} is not set$`));
});

test.each([
  ["IPV4_SETS", "0"],
  ["IPV6_SETS", "101"],
  ["IPV6_SETS", "1.5"],
  ["GUARD_MAX_SHARE", "20%"],
  ["GUARD_MAX_SHARE", "20"],
  ["GUARD_MAX_SHARE", "-0.1"],
  ["GUARD_MAX_ADDRESSES", "many"],
  ["GUARD_MAX_ADDRESSES", "1.5"],
  ["GUARD_MAX_ADDRESSES", "-1"],
])("%s may not be %s", (name, value) => {
  expect(() => readConfig({ ...variables, [name]: value })).toThrow(`${name} is "${value}"; expected`);
});

test("all faults are named at once", () => {
  expect(() => readConfig({ GUARD_MAX_SHARE: "y" })).toThrow(
    /ENVIRONMENT.*TABLE_NAME.*GUARD_MAX_SHARE is "y".*GUARD_MAX_ADDRESSES/,
  );
});
