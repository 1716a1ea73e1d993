import fc from "fast-check";

import {
  AUTH_POLICY_LIMIT_BYTES,
  authPolicy,
  authPolicyBytes,
  type AuthPolicyContext,
  type AuthStatement,
} from "../../../lib/lattice";
import { isList, isObject, type JsonObject, type JsonValue, parseJson } from "../../../lib/policy/terraform-json";
import { covers } from "../../support/policy-documents";

const PLACE = { accountId: "111122223333", region: "eu-central-1" };
const PROXY = "arn:aws:iam::111122223333:role/prod-lattice-task";
const NETWORK = "arn:aws:vpc-lattice:eu-central-1:111122223333:servicenetwork/sn-0123456789abcdef0";
const CONTEXT: AuthPolicyContext = { place: PLACE, proxyRoleArn: PROXY };

/** A request as Lattice sees it; without a caller nobody signed it. */
interface Request {
  readonly caller?: { readonly arn: string; readonly organization?: string };
  readonly method?: string;
  readonly path?: string;
  readonly network?: string;
}

const listed = (value: JsonValue | undefined): readonly string[] =>
  (isList(value) ? value : [value]).filter((text) => typeof text === "string");

/** Written from the IAM User Guide, "Policy evaluation logic", for the elements that auth policies here are made of. */
function allows(policy: string | undefined, request: Request): boolean {
  if (policy === undefined) return false;
  const document = parseJson(policy) as JsonObject;
  const statements = isList(document.Statement) ? document.Statement.filter(isObject) : [];
  return statements.some(
    ({ Effect, Action, Resource, Principal, Condition }) =>
      Effect === "Allow" &&
      listed(Action).includes("vpc-lattice-svcs:Invoke") &&
      listed(Resource).includes("*") &&
      names(Principal, request) &&
      holds(Condition, request),
  );
}

function names(principal: JsonValue | undefined, { caller }: Request): boolean {
  if (principal === "*") return true;
  const account = caller?.arn.split(":")[4] ?? "";
  return (
    caller !== undefined &&
    isObject(principal) &&
    listed(principal.AWS).some((arn) => arn === caller.arn || arn === `arn:aws:iam::${account}:root`)
  );
}

function holds(conditions: JsonValue | undefined, { caller, method = "GET", path = "/", network }: Request): boolean {
  const values: Readonly<Record<string, string | undefined>> = {
    "aws:PrincipalOrgID": caller?.organization,
    "vpc-lattice-svcs:RequestMethod": method,
    "vpc-lattice-svcs:RequestPath": path,
    "vpc-lattice-svcs:ServiceNetworkArn": network,
  };
  return Object.entries(isObject(conditions) ? conditions : {}).every(([operator, keys]) =>
    Object.entries(isObject(keys) ? keys : {}).every(([key, patterns]) => {
      if (!(key in values)) throw new Error(`unknown condition key ${key}`);
      const value = values[key];
      return (
        value !== undefined &&
        listed(patterns).some((pattern) => (operator === "StringLike" ? covers(pattern, value) : pattern === value))
      );
    }),
  );
}

const proxy = { arn: PROXY };
const colleague = { arn: "arn:aws:iam::111122223333:role/batch", organization: "o-a1b2c3d4e5" };
const stranger = { arn: "arn:aws:iam::444455556666:role/batch", organization: "o-zzzzzzzzzz" };
const sister = { arn: "arn:aws:iam::444455556666:role/batch", organization: "o-a1b2c3d4e5" };

describe("an auth policy", () => {
  it.each<[string, AuthStatement, readonly [Request, boolean][]]>([
    [
      "the proxy",
      { callers: "proxy" },
      [
        [{ caller: proxy, method: "DELETE", path: "/any" }, true],
        [{ caller: colleague }, false],
      ],
    ],
    [
      "the account",
      { callers: "account" },
      [
        [{ caller: proxy }, true],
        [{ caller: colleague }, true],
        [{ caller: stranger }, false],
      ],
    ],
    [
      "the organization",
      { callers: "organization", organization: "o-a1b2c3d4e5" },
      [
        [{ caller: sister }, true],
        [{ caller: stranger }, false],
      ],
    ],
    [
      "listed principals",
      { callers: [sister.arn] },
      [
        [{ caller: stranger }, true],
        [{ caller: colleague }, false],
      ],
    ],
    [
      "listed principals of an organization",
      { callers: [sister.arn], organization: "o-a1b2c3d4e5" },
      [
        [{ caller: sister }, true],
        [{ caller: stranger }, false],
        [{ caller: colleague }, false],
      ],
    ],
    [
      "some methods on some paths",
      { callers: "proxy", methods: ["GET", "HEAD"], paths: ["/v1/*", "/health"] },
      [
        [{ caller: proxy, method: "HEAD", path: "/v1/items/7" }, true],
        [{ caller: proxy, path: "/health" }, true],
        [{ caller: proxy, path: "/healthy" }, false],
        [{ caller: proxy, path: "/v1" }, false],
        [{ caller: proxy, path: "/V1/items" }, false],
        [{ caller: proxy, method: "POST", path: "/v1/items" }, false],
      ],
    ],
  ])("allows %s and nobody else", (_whom, statement, requests) => {
    const policy = authPolicy([statement], CONTEXT);
    for (const [request, expected] of requests) expect([request, allows(policy, request)]).toEqual([request, expected]);
  });

  it("lets nobody pass unsigned, whatever it says", () => {
    const statement = fc.record(
      {
        callers: fc.constantFrom("proxy" as const, "account" as const, "organization" as const, [PROXY]),
        organization: fc.constant("o-a1b2c3d4e5"),
        methods: fc.constantFrom(["GET"], ["GET", "POST"]),
        paths: fc.constantFrom(["/*"], ["/"]),
      },
      { requiredKeys: ["callers", "organization"] },
    );
    fc.assert(
      fc.property(fc.array(statement), (statements) => !allows(authPolicy(statements, CONTEXT), { network: NETWORK })),
    );
  });

  it("counts requests through the given network only", () => {
    const policy = authPolicy([{ callers: "proxy" }], { ...CONTEXT, networkArn: NETWORK });
    expect(allows(policy, { caller: proxy, network: NETWORK })).toBe(true);
    expect(allows(policy, { caller: proxy, network: NETWORK.replace("abc", "xyz") })).toBe(false);
  });

  it("is none with no statements: that refuses everything, and a policy without statements is no policy", () => {
    expect(authPolicy([], CONTEXT)).toBeUndefined();
    expect(authPolicyBytes([], PLACE)).toBe(0);
  });

  it("has no line break, no two statements of one name, and is the same for the same statements", () => {
    const statements: readonly AuthStatement[] = [
      { callers: "proxy", paths: ["/a"] },
      { callers: "proxy", paths: ["/b"] },
      { callers: [PROXY] },
    ];
    const policy = authPolicy(statements, CONTEXT);
    const names = (parseJson(policy ?? "") as { readonly Statement: readonly { readonly Sid: string }[] }).Statement;
    expect(policy).not.toContain("\n");
    expect(new Set(names.map(({ Sid }) => Sid)).size).toBe(3);
    for (const { Sid } of names) expect(Sid).toMatch(/^[A-Za-z0-9]+$/);
    expect(authPolicy(statements, CONTEXT)).toBe(policy);
  });

  it.each<[string, AuthStatement, AuthPolicyContext]>([
    ["a proxy that does not exist", { callers: "proxy" }, { place: PLACE }],
    ["an organization without its name", { callers: "organization" }, CONTEXT],
    ["an empty name of an organization", { callers: "organization", organization: "" }, CONTEXT],
    ["nobody", { callers: [] }, CONTEXT],
    ["everybody", { callers: ["*"] }, CONTEXT],
    ["callers by pattern", { callers: ["arn:aws:iam::111122223333:role/*"] }, CONTEXT],
    ["no methods", { callers: "proxy", methods: [] }, CONTEXT],
    ["no paths", { callers: "proxy", paths: [] }, CONTEXT],
    ["a path without its slash", { callers: "proxy", paths: ["v1/*"] }, CONTEXT],
    ["a path with a variable of IAM", { callers: "proxy", paths: ["/${aws:username}"] }, CONTEXT],
  ])("is refused when it would allow %s", (_what, statement, context) => {
    expect(() => authPolicy([{ callers: "account" }, statement], context)).toThrow(RangeError);
  });
});

describe("the size of an auth policy", () => {
  const longest = (count: number): readonly AuthStatement[] =>
    Array.from({ length: count }, (_, index) => ({ callers: "proxy", paths: [`/überall/${index}/*`] }));

  it("is never less than what Lattice gets", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 40 }).map((rest) => `/${rest.replaceAll("${", "")}`);
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), (paths) => {
        const statements: readonly AuthStatement[] = [{ callers: "proxy", paths }];
        const actual = authPolicy(statements, { ...CONTEXT, networkArn: NETWORK });
        return new TextEncoder().encode(actual).length <= authPolicyBytes(statements, PLACE);
      }),
    );
  });

  it("grows past the limit with the statements", () => {
    expect(authPolicyBytes(longest(1), PLACE)).toBeLessThan(AUTH_POLICY_LIMIT_BYTES);
    expect(authPolicyBytes(longest(60), PLACE)).toBeGreaterThan(AUTH_POLICY_LIMIT_BYTES);
  });
});
