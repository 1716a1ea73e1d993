import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DataAwsIamPolicyDocument } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { VpclatticeAuthPolicy } from "@cdktf/provider-aws/lib/vpclattice-auth-policy";
import type { IResolvable } from "cdktf";
import { Token } from "cdktf";
import { iamWildcard } from "../../../../lib/policy/rules/iam-wildcard";
import { judge } from "../support";

const TABLE_ARN = "arn:aws:dynamodb:eu-central-1:111122223333:table/clusters";
const exact = { Sid: "Read", Effect: "Allow", Action: ["dynamodb:Scan"], Resource: TABLE_ARN };

/** What the rule says of these statements in a customer managed policy. */
function judgePolicy(...statements: readonly object[]): readonly string[] {
  return judge(iamWildcard, (stack) => new IamPolicy(stack, "x", { policy: document(...statements) }));
}

/** A token that resolves to an expression as it is, as those of resources and functions do. */
function rawExpression(expression: string): IResolvable {
  return { creationStack: [], resolve: () => `\${${expression}}`, toString: () => expression };
}

function document(...statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

it("accepts what is allowed by name", () => {
  expect(judgePolicy(exact)).toEqual([]);
});

it("accepts any denial", () => {
  expect(judgePolicy({ Effect: "Deny", Principal: "*", NotAction: "s3:*", Resource: "*" })).toEqual([]);
});

it.each([
  ["every action", { Action: "*" }, "Read.Action", "*"],
  ["a service's actions", { Action: ["dynamodb:Scan", "dynamodb:*"] }, "Read.Action", "dynamodb:*"],
  ["actions by pattern", { Action: "dynamodb:Batch?etItem" }, "Read.Action", "dynamodb:Batch?etItem"],
  ["every resource", { Resource: "*" }, "Read.Resource", "*"],
  ["resources by pattern", { Resource: [`${TABLE_ARN}/index/*`] }, "Read.Resource", `${TABLE_ARN}/index/*`],
  [
    "all but some actions",
    { Action: undefined, NotAction: "iam:CreateUser" },
    "Read.NotAction",
    "all but iam:CreateUser",
  ],
  [
    "all but some resources",
    { Resource: undefined, NotResource: TABLE_ARN },
    "Read.NotResource",
    `all but ${TABLE_ARN}`,
  ],
])("reports a statement that allows %s and names it", (_name, change, detail, allowed) => {
  const [violation, ...others] = judgePolicy(exact, { ...exact, ...change });
  expect(others).toEqual([]);
  expect(violation).toContain(`iam-wildcard dev-example/x: statement Read allows ${allowed} (`);
  expect(violation).toContain(`; name what is meant, or record an exception for "${detail}"`);
});

it("reports each element apart", () => {
  expect(judgePolicy({ ...exact, Action: "s3:*", Resource: "*" })).toHaveLength(2);
});

it("takes a misspelt effect for Allow", () => {
  expect(judgePolicy({ ...exact, Effect: "deny", Resource: "*" })).toHaveLength(1);
});

it("asks a statement without Sid for one", () => {
  expect(judgePolicy(exact, { ...exact, Sid: undefined, Resource: "*" })).toEqual([
    expect.stringMatching(/statement #1 allows \* .*; name what is meant, or give the statement a Sid/),
  ]);
});

it("reads a single statement that is not in a list", () => {
  const policy = JSON.stringify({ Statement: { ...exact, Resource: "*" } });
  expect(judge(iamWildcard, (stack) => new IamPolicy(stack, "x", { policy }))).toHaveLength(1);
});

describe("references", () => {
  it("are no wildcards, but what follows them may be", () => {
    const judgeResource = (suffix: string) =>
      judge(iamWildcard, (stack) => {
        const group = new CloudwatchLogGroup(stack, "group");
        const policy = document({ ...exact, Resource: `${group.arn}${suffix}` });
        new IamRolePolicy(stack, "x", { role: "role", policy });
      });
    expect(judgeResource("")).toEqual([]);
    expect(judgeResource(":*")).toEqual([expect.stringContaining("${aws_cloudwatch_log_group.group.arn}:*")]);
  });

  it("are read with the quotes and splats they hold", () => {
    const judgeExpression = (expression: string) =>
      judge(iamWildcard, (stack) => {
        new IamPolicy(stack, "x", {
          policy: document({ ...exact, Resource: Token.asString(rawExpression(expression)) }),
        });
      });
    expect(judgeExpression('aws_subnet.all["a"].arn')).toEqual([]);
    expect(judgeExpression("one(aws_subnet.all[*].arn)")).toEqual([]);
    expect(judgeExpression('format("%s/*", aws_subnet.all["a"].arn)')).toEqual([
      expect.stringContaining('"Read.Resource"'),
    ]);
  });

  it("to a document made elsewhere cannot be judged and are reported", () => {
    const judged = judge(iamWildcard, (stack) => {
      const made = new DataAwsIamPolicyDocument(stack, "made", { statement: [{ actions: ["*"], resources: ["*"] }] });
      new IamPolicy(stack, "x", { policy: made.json });
    });
    expect(judged).toEqual([
      expect.stringMatching(/^iam-wildcard dev-example\/x: policy is an expression .*; write the document with/),
    ]);
  });
});

describe("trust and resource policies", () => {
  const trust = (principal: unknown, condition?: object) =>
    judge(iamWildcard, (stack) => {
      const statement = { Sid: "Trust", Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" };
      new IamRole(stack, "x", { assumeRolePolicy: document({ ...statement, Condition: condition }) });
    });

  it("may name a service or an account", () => {
    expect(trust({ Service: "lambda.amazonaws.com" })).toEqual([]);
    expect(trust({ AWS: ["111122223333"] })).toEqual([]);
  });

  it.each([["*"], [{ AWS: "*" }], [{ AWS: ["111122223333", "*"] }]])("may not admit everyone: %j", (principal) => {
    expect(trust(principal)).toEqual([expect.stringContaining("statement Trust allows everyone under no condition")]);
    expect(trust(principal, {})).toHaveLength(1);
    expect(trust(principal, { StringEquals: { "aws:PrincipalOrgID": "o-example" } })).toEqual([]);
  });

  it("may not admit all principals but some", () => {
    const statement = {
      Sid: "Get",
      Effect: "Allow",
      NotPrincipal: { AWS: "1" },
      Action: "s3:GetObject",
      Resource: "a",
    };
    const judged = judge(iamWildcard, (stack) => {
      new S3BucketPolicy(stack, "x", { bucket: "b", policy: document(statement) });
    });
    expect(judged).toEqual([expect.stringContaining("statement Get allows all but 1 (NotPrincipal)")]);
  });

  it("of a role are read in its inline policies too", () => {
    const judged = judge(iamWildcard, (stack) => {
      new IamRole(stack, "x", {
        assumeRolePolicy: document(),
        inlinePolicy: [
          { name: "a", policy: document(exact) },
          { name: "b", policy: document({ ...exact, Resource: "*" }) },
        ],
      });
    });
    expect(judged).toEqual([expect.stringContaining("statement Read allows *")]);
  });
});

describe("key policies", () => {
  const key = (statement: object) =>
    judge(iamWildcard, (stack) => new KmsKey(stack, "x", { policy: document({ ...exact, ...statement }) }));

  it("mean their key by the resource *", () => {
    expect(key({ Action: "kms:Decrypt", Resource: "*" })).toEqual([]);
    expect(key({ Action: "kms:Decrypt", Resource: ["*"] })).toEqual([]);
  });

  it("are held to named actions and resources otherwise", () => {
    expect(key({ Action: "kms:*", Resource: "*" })).toEqual([expect.stringContaining('"Read.Action"')]);
    expect(key({ Action: "*", Resource: "*" })).toEqual([expect.stringContaining('"Read.Action"')]);
    expect(key({ Action: "kms:Decrypt", Resource: "arn:aws:kms:*" })).toEqual([
      expect.stringContaining('"Read.Resource"'),
    ]);
  });

  it("may be left to AWS's default", () => {
    expect(judge(iamWildcard, (stack) => new KmsKey(stack, "x"))).toEqual([]);
  });
});

describe("auth policies of VPC Lattice", () => {
  const authPolicy = (statement: object) =>
    judge(
      iamWildcard,
      (stack) =>
        new VpclatticeAuthPolicy(stack, "x", {
          resourceIdentifier: "svc-0",
          policy: document({ ...exact, ...statement }),
        }),
    );
  const invoke = { Action: "vpc-lattice-svcs:Invoke", Principal: { AWS: "arn:aws:iam::111122223333:root" } };

  it("mean what they are attached to by the resource *", () => {
    expect(authPolicy({ ...invoke, Resource: "*" })).toEqual([]);
  });

  it("are held to named callers, actions and services otherwise", () => {
    expect(authPolicy({ ...invoke, Resource: "*", Principal: "*" })).toEqual([
      expect.stringContaining('"Read.Principal"'),
    ]);
    expect(authPolicy({ ...invoke, Resource: "*", Action: "*" })).toEqual([expect.stringContaining('"Read.Action"')]);
    expect(authPolicy({ ...invoke, Resource: "*/rates" })).toEqual([expect.stringContaining('"Read.Resource"')]);
  });
});

it("looks at nothing else", () => {
  expect(judge(iamWildcard, (stack) => new Subnet(stack, "x", { vpcId: "*" }))).toEqual([]);
});
