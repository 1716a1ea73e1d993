import fc from "fast-check";

import {
  arnOf,
  availabilityZone,
  ENVIRONMENT_NAME,
  fitName,
  iamArn,
  localStateFile,
  NAME_RULES,
  type NameRule,
  stackId,
  stateKey,
  workspaceName,
} from "../../../lib/names";

/** What each service's API reference allows. */
const ACCEPTED: Readonly<Record<keyof typeof NAME_RULES, RegExp>> = {
  s3Bucket: /^[a-z0-9-]{1,63}$/,
  iamRole: /^[A-Za-z0-9_+=,.@-]{1,64}$/,
  iamPolicy: /^[A-Za-z0-9_+=,.@-]{1,128}$/,
  roleSession: /^[A-Za-z0-9_+=,.@-]{1,64}$/,
  lambdaFunction: /^[A-Za-z0-9_-]{1,64}$/,
  waf: /^[A-Za-z0-9_-]{1,128}$/,
  kubernetesObject: /^[a-z0-9-]{1,63}$/,
  schedule: /^[A-Za-z0-9_.-]{1,64}$/,
  loadBalancer: /^(?!internal-)(?!-)[A-Za-z0-9-]{1,32}(?<!-)$/,
  targetGroup: /^(?!-)[A-Za-z0-9-]{1,32}(?<!-)$/,
  cloudFormationStack: /^[A-Za-z0-9-]{1,128}$/,
  ecs: /^[A-Za-z0-9_-]{1,255}$/,
  latticeServiceNetwork: /^(?!servicenetwork-)(?!-)(?!.*-$)(?!.*--)[a-z0-9-]{3,63}$/,
  latticeService: /^(?!svc-)(?!-)(?!.*-$)(?!.*--)[a-z0-9-]{3,40}$/,
  latticeTargetGroup: /^(?!tg-)(?!-)(?!.*-$)(?!.*--)[a-z0-9-]{3,128}$/,
  secretPrefix: /^[A-Za-z0-9/_+=.@-]{1,485}$/,
  azureNetwork: /^[A-Za-z0-9_.-]{1,64}$/,
  azureFirewall: /^[A-Za-z0-9_.-]{1,56}$/,
  azureWorkspace: /^[A-Za-z0-9-]{1,63}$/,
  azureMonitor: /^[A-Za-z0-9_-]{1,90}$/,
};

const kinds = Object.keys(NAME_RULES) as (keyof typeof NAME_RULES)[];

/** Names as the project makes them, and some that nobody should. */
const names = fc.oneof(
  fc.string({ minLength: 1, maxLength: 200, unit: "grapheme" }),
  fc.array(fc.stringMatching(/^[A-Za-z0-9._]{1,40}$/), { minLength: 1, maxLength: 6 }).map((parts) => parts.join("-")),
);

describe.each(kinds)("a name of %s", (kind) => {
  const rule: NameRule = NAME_RULES[kind];

  it("holds only what the cloud accepts", () => {
    fc.assert(fc.property(names, (name) => ACCEPTED[kind].test(fitName(name, rule))));
  });

  it("is kept when it fits", () => {
    const fitting = fc
      .stringMatching(new RegExp(`^[a-z0-9-]{1,${rule.maxLength}}$`))
      .filter((name) => ACCEPTED[kind].test(name));
    fc.assert(fc.property(fitting, (name) => fitName(name, rule) === name));
  });

  it("differs from every other, before as after", () => {
    fc.assert(
      fc.property(names, names, (one, other) => (fitName(one, rule) === fitName(other, rule)) === (one === other)),
    );
  });

  it("differs where only what was cut off or replaced does", () => {
    const long = "x".repeat(rule.maxLength);
    const variants = [`${long}a`, `${long}b`, `${long}ab`, "a:b", "a b", "a-b", "a::b", "é", "è", "-", ":", "::"];
    expect(new Set(variants.map((name) => fitName(name, rule))).size).toBe(variants.length);
  });
});

test("a shortened name begins as the full one, ends with its hash, and is the same every time", () => {
  const rule = { maxLength: 32, refused: /[^a-z0-9-]/gu };
  const name = "prod-allowlist-failures-111122223333-eu-central-1";
  expect(fitName(name, rule)).toMatch(/^prod-allowlist-failures-[0-9a-f]{8}$/);
  expect(fitName(name, rule)).toBe(fitName(name, rule));
  expect(fitName(name, rule)).not.toBe(fitName(`${name}a`, rule));
});

test.each([
  "internal-api",
  "-internal-api",
  "internal-internal-api",
  "internal",
  "-internal",
  ".internal-.api",
  "internal.api",
])("a load balancer that would be called %j is called something that does not begin as AWS's own do", (name) => {
  expect(fitName(name, NAME_RULES.loadBalancer)).toMatch(/^(?!internal-)(?!-)[a-z0-9-]{1,32}(?<!-)$/);
});

test.each([
  "svc-shop",
  "svc-svc-shop",
  "-svc_shop",
  "SVC",
  "svc",
  "prod--shop",
  "prod-_-shop",
  "prod-shop-",
  "-",
  "ab",
  "a b",
])("a Lattice service that would be called %j is called something that Lattice takes", (name) => {
  expect(fitName(name, NAME_RULES.latticeService)).toMatch(/^(?!svc-)(?!.*--)[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$/);
});

test("load balancers of long names that differ only at their ends have names of their own", () => {
  const names = ["payments", "payouts"].map((edge) =>
    fitName(`production-wallarm-partners-${edge}`, NAME_RULES.loadBalancer),
  );
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(name).toMatch(/^production-wallarm-part-[0-9a-f]{8}$/);
});

test("upper case goes only where the cloud refuses it", () => {
  expect(fitName("Prod", { maxLength: 10, refused: /[^A-Za-z]/gu })).toBe("Prod");
  expect(fitName("Prod-Logs", NAME_RULES.s3Bucket)).toMatch(/^prod-logs-[0-9a-f]{8}$/);
  expect(fitName("Prod-Logs", NAME_RULES.s3Bucket)).not.toBe(fitName("prod-logs", NAME_RULES.s3Bucket));
});

test("a bucket begins and ends with a letter or digit, whatever it is made of", () => {
  const unclean = names.filter((name) => !/^[a-z0-9-]+$/.test(name));
  fc.assert(fc.property(unclean, (name) => /^[a-z0-9].*[a-z0-9]$/.test(fitName(name, NAME_RULES.s3Bucket))));
});

test.each([
  ["prod", true],
  ["p", true],
  ["p2", true],
  ["a".repeat(16), true],
  ["a".repeat(17), false],
  ["my-prod", false],
  ["2prod", false],
  ["Prod", false],
  ["prod\n", false],
  ["", false],
])("%j as the name of an environment: %s", (name, isOne) => {
  expect(ENVIRONMENT_NAME.test(name)).toBe(isOne);
});

test("a stack's id names its environment, itself and its instance, and so does where its state lies", () => {
  expect(stackId("prod", "allowlist")).toBe("prod-allowlist");
  expect(stackId("prod", "wallarm", "api")).toBe("prod-wallarm-api");
  expect(stateKey("prod-allowlist")).toBe("ringfence/prod-allowlist.tfstate");
  expect(stateKey("prod-allowlist", "team/fences")).toBe("team/fences/prod-allowlist.tfstate");
  expect(localStateFile("prod-allowlist")).toBe("state/prod-allowlist.tfstate");
  expect(workspaceName("prod-allowlist")).toBe("prod-allowlist");
});

test("stacks of two environments never share an id", () => {
  const environment = fc.stringMatching(/^[a-z][a-z0-9]{0,15}$/);
  const stack = fc.stringMatching(/^[a-z]+(-[a-z0-9]+){0,2}$/);
  fc.assert(
    fc.property(environment, stack, environment, stack, (one, first, other, second) => {
      fc.pre(one !== other);
      return stackId(one, first) !== stackId(other, second);
    }),
  );
});

test.each([
  ["eu-central-1", "aws"],
  ["us-gov-west-1", "aws-us-gov"],
])("ARNs in %s begin with %s", (region, partition) => {
  const place = { accountId: "111122223333", region };
  expect(arnOf(place, "dynamodb", "table/clusters")).toBe(
    `arn:${partition}:dynamodb:${region}:111122223333:table/clusters`,
  );
  expect(iamArn(place, "role/sync")).toBe(`arn:${partition}:iam::111122223333:role/sync`);
  expect(availabilityZone(region, "b")).toBe(`${region}b`);
});
