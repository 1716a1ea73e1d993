import fc from "fast-check";

import type { ReasonedStatement } from "../../../../lib/aws/bootstrap/contract";
import { lengthOf, LONGEST_POLICY, packed, POLICIES_OF_ROLE } from "../../../../lib/aws/bootstrap/pack";
import { awsPermissions } from "../../../../lib/aws/bootstrap/permissions";
import { policyDocument } from "../../../../lib/aws/iam";
import { isAllowed } from "../../../support/iam/evaluate";
import { block, documents, EVERYTHING, PROD } from "./run";

const everything = awsPermissions(EVERYTHING, PROD);
const all = [...everything.plan, ...everything.apply];
const statements = all.flatMap((policy) => policy.statements);

test("every type at once fits into the policies of one role", () => {
  expect(all.length).toBeLessThanOrEqual(POLICIES_OF_ROLE);
  for (const document of documents(all)) expect(document.replaceAll(/\s/g, "").length).toBeLessThanOrEqual(6144);
});

test("no action is a pattern, and every pattern of a resource says why", () => {
  const allowing = statements.filter(({ effect }) => effect !== "Deny");
  expect(allowing.flatMap(({ actions }) => actions.filter((action) => !/^[a-z0-9-]+:\w+$/.test(action)))).toEqual([]);
  const unreasoned = allowing.filter(
    ({ resources = [], wildcards }) =>
      resources.some((resource) => /[*?]/.test(resource)) && !/\w{3,} .*\w{3,}/.test(wildcards?.Resource ?? ""),
  );
  expect(unreasoned.map(({ sid }) => sid)).toEqual([]);
  const needless = allowing.filter(
    ({ resources = [], wildcards }) => wildcards !== undefined && !resources.some((resource) => /[*?]/.test(resource)),
  );
  expect(needless.map(({ sid }) => sid)).toEqual([]);
});

test("nothing stands without a condition on all resources", () => {
  const open = statements.filter(
    ({ effect, resources = [], conditions }) =>
      effect !== "Deny" && resources.includes("*") && conditions === undefined,
  );
  expect(open.map(({ sid }) => sid)).toEqual([]);
});

test("braces of scopes are filled, and Sids are those that IAM takes, each once in a policy", () => {
  for (const document of documents(all)) expect(document).not.toMatch(/\{\w+\}|\$&/);
  for (const policy of all) {
    const sids = policy.statements.map(({ sid }) => sid);
    expect(new Set(sids).size).toBe(sids.length);
    expect(sids.filter((sid) => !/^[A-Za-z0-9]+$/.test(sid))).toEqual([]);
  }
});

test("what plans only reads", () => {
  const actions = everything.plan.flatMap((policy) => policy.statements.flatMap((statement) => statement.actions));
  const reads = /:(Describe|Get|List|Search|GET$|Decrypt$)/;
  expect(actions.filter((action) => !reads.test(action))).toEqual([]);
  expect(actions.length).toBeGreaterThan(100);
});

test("the order in which a set is read changes nothing", () => {
  const set = [
    ...EVERYTHING,
    block("aws_dynamodb_table_item", { table_name: "a" }),
    block("aws_dynamodb_table_item", { table_name: "b" }),
  ];
  const expected = awsPermissions(set, PROD);
  fc.assert(
    fc.property(fc.shuffledSubarray(set, { minLength: set.length }), (shuffled) => {
      expect(awsPermissions(shuffled, PROD)).toEqual(expected);
    }),
    { numRuns: 4 },
  );
});

test("a set holds what it needs and no more", () => {
  const small = awsPermissions([block("aws_dynamodb_table", { name: "prod-clusters" })], PROD);
  const services = new Set(
    [...small.plan, ...small.apply]
      .flatMap((policy) => policy.statements)
      .filter(({ effect }) => effect !== "Deny")
      .flatMap(({ actions }) => actions.map((action) => action.split(":")[0])),
  );
  expect([...services].sort()).toEqual(["dynamodb", "kms"]);
});

test("types of other clouds are left aside, and one of AWS that no table knows is named with its place", () => {
  expect(() => awsPermissions([block("azurerm_subnet"), block("data.terraform_remote_state")], PROD)).not.toThrow();
  expect(() => awsPermissions([block("aws_eks_cluster"), block("data.aws_ami"), block("aws_vpc")], PROD)).toThrow(
    /aws_eks_cluster, data\.aws_ami; add each to the file of its service in lib\/aws\/bootstrap\/actions/,
  );
});

test("more policies than a role takes are refused with both numbers", () => {
  const tables = Array.from({ length: 2000 }, (_, index) =>
    block("aws_dynamodb_table_item", { table_name: `clusters-of-somebody-else-${index}` }),
  );
  expect(() => awsPermissions(tables, PROD)).toThrow(/needs \d+ managed policies .* takes 10/);
});

test("statements are spread without loss, however long they are", () => {
  const statement = fc.record({
    sid: fc.stringMatching(/^[A-Z][a-z]{3,12}$/),
    actions: fc.uniqueArray(fc.stringMatching(/^s3:[A-Z][a-z]{20,60}$/), { minLength: 1, maxLength: 150 }),
    resources: fc.uniqueArray(fc.stringMatching(/^arn:aws:s3:::[a-z]{20,40}$/), { minLength: 1, maxLength: 150 }),
  });
  fc.assert(
    fc.property(fc.uniqueArray(statement, { selector: ({ sid }) => sid, maxLength: 6 }), (given) => {
      const policies = packed("read", given);
      for (const policy of policies) expect(lengthOf(policy.statements)).toBeLessThanOrEqual(LONGEST_POLICY);
      expect(policies.map(({ id }) => id)).toEqual(policies.map((_, index) => `read-${index + 1}`));
      const pairs = (list: readonly ReasonedStatement[]): readonly string[] =>
        list.flatMap(({ actions, resources = [] }) => actions.flatMap((a) => resources.map((r) => `${a} ${r}`))).sort();
      expect(pairs(policies.flatMap((policy) => policy.statements))).toEqual(pairs(given));
    }),
    { numRuns: 25 },
  );
});

describe("the boundary", () => {
  const policy = (...given: readonly object[]): string => JSON.stringify({ Version: "2012-10-17", Statement: given });
  const bounded = (document: string): string =>
    policyDocument(awsPermissions([block("aws_iam_role_policy", { policy: document })], PROD).boundary.statements);
  const table = (name: string): string => `arn:aws:dynamodb:eu-central-1:111122223333:table/${name}`;

  it("allows what the set's roles do, on what is the environment's", () => {
    const boundary = bounded(
      policy(
        { Effect: "Allow", Action: ["dynamodb:Scan"], Resource: ["${aws_dynamodb_table.clusters.arn}"] },
        { Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: ["*"] },
      ),
    );
    const may = (action: string, resource: string, region = "eu-central-1"): boolean =>
      isAllowed([boundary], { action, resource, context: { "aws:RequestedRegion": region } });
    expect(may("dynamodb:Scan", table("prod-clusters"))).toBe(true);
    expect(may("dynamodb:Scan", table("dev-clusters"))).toBe(false);
    expect(may("dynamodb:DeleteTable", table("prod-clusters"))).toBe(false);
    expect(may("ecr:GetAuthorizationToken", "*")).toBe(true);
    expect(may("ecr:GetAuthorizationToken", "*", "us-east-1")).toBe(false);
    expect(may("iam:CreateUser", "*")).toBe(false);
  });

  it("allows by name what the set's roles name, and reads documents with expressions in them", () => {
    const boundary = bounded(
      policy(
        { Effect: "Allow", Action: ["dynamodb:Scan"], Resource: [table("clusters")] },
        {
          Effect: "Allow",
          Action: ["s3:GetObject"],
          Resource: ['${element(split("/", aws_s3_bucket.files.arn), 0)}/a'],
        },
        { Effect: "Deny", Action: ["s3:PutObject"], Resource: ["*"] },
      ),
    );
    expect(isAllowed([boundary], { action: "dynamodb:Scan", resource: table("clusters") })).toBe(true);
    expect(isAllowed([boundary], { action: "s3:GetObject", resource: "arn:aws:s3:::prod-files/a" })).toBe(true);
    expect(isAllowed([boundary], { action: "s3:PutObject", resource: "arn:aws:s3:::prod-files/a" })).toBe(false);
  });

  it("keeps what takes no resource from widening the rest of its service", () => {
    const boundary = bounded(
      policy(
        { Effect: "Allow", Action: ["logs:DescribeLogGroups"], Resource: ["*"] },
        { Effect: "Allow", Action: ["logs:PutLogEvents"], Resource: ["${aws_cloudwatch_log_group.g.arn}:*"] },
      ),
    );
    const group = (name: string): string => `arn:aws:logs:eu-central-1:111122223333:log-group:/ringfence/${name}:*`;
    expect(isAllowed([boundary], { action: "logs:PutLogEvents", resource: group("prod-a") })).toBe(true);
    expect(isAllowed([boundary], { action: "logs:PutLogEvents", resource: group("dev-a") })).toBe(false);
    const here = { "aws:RequestedRegion": "eu-central-1" };
    expect(isAllowed([boundary], { action: "logs:DescribeLogGroups", resource: "*", context: here })).toBe(true);
  });

  it("allows what a policy of AWS allows that a role has, and refuses one that it does not know", () => {
    const of = (policy_arn: string): string =>
      policyDocument(
        awsPermissions([block("aws_iam_role_policy_attachment", { policy_arn })], PROD).boundary.statements,
      );
    const logs = of("arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs");
    const here = { "aws:RequestedRegion": "eu-central-1" };
    expect(isAllowed([logs], { action: "logs:PutLogEvents", resource: "x", context: here })).toBe(true);
    expect(() => of("arn:aws:iam::aws:policy/AdministratorAccess")).toThrow(/AdministratorAccess.*POLICIES_OF_AWS/);
  });

  it("allows nothing where the set has no roles", () => {
    const { boundary } = awsPermissions([block("aws_vpc")], PROD);
    expect(isAllowed([policyDocument(boundary.statements)], { action: "s3:GetObject", resource: "x" })).toBe(false);
    expect(boundary.statements).toHaveLength(1);
  });

  it("says which service it does not know", () => {
    const queue = policy({ Effect: "Allow", Action: ["sqs:SendMessage"], Resource: ["${aws_sqs_queue.q.arn}"] });
    expect(() => bounded(queue)).toThrow(
      /sqs on \$\{aws_sqs_queue.q.arn\}.*OWN_RESOURCES of lib\/aws\/bootstrap\/boundary\.ts/,
    );
  });

  it("is refused when it is longer than a policy", () => {
    const names = Array.from({ length: 200 }, (_, index) => table(`clusters-of-somebody-else-${index}`));
    expect(() => bounded(policy({ Effect: "Allow", Action: ["dynamodb:Scan"], Resource: names }))).toThrow(
      /boundary of prod has \d+ characters, and a managed policy takes 6144/,
    );
  });
});

test("what applies has what plans, and does not repeat it", () => {
  const { plan, apply } = awsPermissions([block("aws_nat_gateway"), block("aws_lb")], PROD);
  const actionsOf = (policies: typeof plan): readonly string[] =>
    policies.flatMap((policy) => policy.statements.flatMap(({ actions }) => actions));
  expect(actionsOf(plan)).toContain("ec2:DescribeNatGateways");
  expect(actionsOf(apply)).toContain("ec2:DescribeSubnets");
  expect(actionsOf(apply)).not.toContain("ec2:DescribeNatGateways");
});
