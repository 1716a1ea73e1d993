import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { strFromU8, unzipSync } from "fflate";

import { compilePolicy } from "../../lib/egress-policy";
import type { Environment, EnvironmentInput } from "../../lib/environment";
import { objectOf, objectsOf, parsedObject, textOf } from "../support/json";
import { withFolder } from "../support/folder";
import { synthesizeInto } from "../support/stacks";
import type { Template } from "../support/template";
import { addressesOf, INSPECTED, inspectedEnvironment, inspectionWith, settingsOf, SPOKED } from "./inspections";

type Section = NonNullable<EnvironmentInput["inspection"]>;
type Policy = NonNullable<Section["policy"]>;

const PAYMENTS = { attachmentId: "tgw-attach-0123456789abcdef0", cidrs: ["10.50.0.0/16", "10.51.0.0/16"] };
const SEARCH = { attachmentId: "tgw-attach-0123456789abcdef1", cidrs: ["10.52.0.0/16"] };

const POLICY: Policy = {
  default: "deny",
  allowDomains: ["registry.example.com"],
  spokes: { payments: { allowCidrs: [{ cidr: "198.51.100.0/24", protocol: "tcp", ports: [5432] }] } },
};

/** A section that decides; some of its fields differ. */
const deciding = (fields: Partial<Section> = {}): Partial<Section> => ({
  action: "ips",
  onFailure: "closed",
  spokes: { payments: PAYMENTS },
  policy: POLICY,
  ...fields,
});

/** The same with two arms, which block by their proxy and the kernel. */
const DECIDING_BY_PROXY: Partial<Section> = { mode: "two-arm", spokes: { payments: PAYMENTS }, policy: POLICY };

interface Uploaded {
  readonly files: Readonly<Record<string, string>>;
  readonly digest: string;
  readonly sourceHash: string;
}

/** What is uploaded as the policy of `test`. */
function policyOf(environment: Environment): Uploaded {
  return withFolder((outdir) => {
    synthesizeInto(outdir, [environment]);
    const stack = join(outdir, "stacks", "test-inspection");
    const { resource } = JSON.parse(readFileSync(join(stack, "cdk.tf.json"), "utf8")) as {
      resource: { aws_s3_object: Record<string, { source: string; source_hash: string }> };
    };
    const { source = "", source_hash: sourceHash = "" } = resource.aws_s3_object["policy-object"] ?? {};
    const zip = readFileSync(join(stack, source));
    const files = Object.entries(unzipSync(zip)).map(([name, content]) => [name, strFromU8(content)] as const);
    return {
      files: Object.fromEntries(files),
      digest: createHash("sha256").update(zip).digest("hex"),
      sourceHash,
    };
  });
}

describe("the policy's object", () => {
  it("holds what the environment means, for the ranges of every spoke", () => {
    const environment = inspectedEnvironment(deciding({ spokes: { payments: PAYMENTS, search: SEARCH } }));
    const { policy } = environment.inspection ?? {};
    if (policy === undefined) throw new Error("the environment has no policy");
    const networks = { own: ["10.20.0.0/16"], payments: PAYMENTS.cidrs, search: SEARCH.cidrs };
    expect(policyOf(environment).files).toEqual(
      compilePolicy(policy, { mode: "one-arm", action: "ips", networks }).files,
    );
  });

  it("holds with two arms the names for their proxies as well", () => {
    const environment = inspectedEnvironment(DECIDING_BY_PROXY);
    const { policy } = environment.inspection ?? {};
    if (policy === undefined) throw new Error("the environment has no policy");
    const { files } = policyOf(environment);
    const networks = { own: ["10.20.0.0/16"], payments: PAYMENTS.cidrs };
    expect(files).toEqual(compilePolicy(policy, { mode: "two-arm", action: "ids", networks }).files);
    expect(Object.keys(files)).toContain("squid-domains.json");
  });

  it("reports for appliances that get a copy, which are told of it as others are", () => {
    const rehearsing = { policy: { ...POLICY, discovery: true }, spokes: { payments: PAYMENTS } };
    const environment = inspectedEnvironment(rehearsing);
    const { policy } = environment.inspection ?? {};
    if (policy === undefined) throw new Error("the environment has no policy");
    const { files } = policyOf(environment);
    const networks = { own: ["10.20.0.0/16"], payments: PAYMENTS.cidrs };
    expect(files).toEqual(compilePolicy(policy, { mode: "one-arm", action: "ids", networks }).files);
    expect(parsedObject(files["policy.json"] ?? "")).toMatchObject({ denies: false });
    const { ACTION, ON_FAILURE, POLICY: hasPolicy, POLICY_KEY } = settingsOf(inspectionWith(rehearsing));
    expect([ACTION, ON_FAILURE, hasPolicy, POLICY_KEY]).toEqual(["ids", "", "true", "policy.zip"]);
  });

  it("is another one when the policy or a spoke is, and the same when it is only written in another order", () => {
    const hashOf = (fields: Partial<Section> = {}): string => {
      const { digest, sourceHash } = policyOf(inspectedEnvironment(deciding(fields)));
      expect(sourceHash).toBe(digest);
      return digest;
    };
    const first = hashOf({ spokes: { payments: PAYMENTS, search: SEARCH } });
    expect(hashOf({ spokes: { search: SEARCH, payments: PAYMENTS } })).toBe(first);
    const others = [
      hashOf(),
      hashOf({ policy: { ...POLICY, allowDomains: [] } }),
      hashOf({ policy: { ...POLICY, discovery: true } }),
    ];
    expect(new Set([first, ...others]).size).toBe(4);
  });

  it("lies beside the appliance's files, encrypted, and each version stays for thirty days", () => {
    const { attributes } = INSPECTED.resource("aws_s3_object", { key: "policy.zip" });
    const files = INSPECTED.resource("aws_s3_object", { key: "appliance.zip" }).attributes;
    for (const field of ["bucket", "kms_key_id", "depends_on", "override_provider"]) {
      expect([field, attributes[field]]).toEqual([field, files[field]]);
    }
    const waited = addressesOf(INSPECTED, attributes.bucket);
    expect(waited).toEqual(["aws_s3_bucket.files"]);
    expect(attributes.depends_on).toContain("aws_s3_bucket_versioning.files-versioning");
  });

  it("is where appliances are told that it is", () => {
    const { POLICY_BUCKET, POLICY_KEY } = settingsOf(INSPECTED);
    const { attributes } = INSPECTED.resource("aws_s3_object", { key: POLICY_KEY ?? "" });
    expect(INSPECTED.follow(attributes.bucket).block.attributes.bucket).toBe(POLICY_BUCKET);
  });

  it("is known by its digest, which appliances tell and the stack has among its outputs", () => {
    const environment = inspectedEnvironment(deciding());
    const { digest } = parsedObject(policyOf(environment).files["policy.json"] ?? "");
    const output = ({ configuration }: Template) => objectOf(configuration.output)["policy-digest"];
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(output(inspectionWith(deciding()))).toMatchObject({ value: digest });
    expect(output(SPOKED)).toBeUndefined();
  });

  it("is there only with a policy", () => {
    expect(SPOKED.resources("aws_s3_object").map(({ attributes }) => attributes.key)).toEqual(["appliance.zip"]);
    const blocking = inspectionWith({ action: "ips", onFailure: "open" });
    expect(blocking.resources("aws_s3_object").map(({ attributes }) => attributes.key)).toEqual(["appliance.zip"]);
  });
});

/** All by which instances start, and are replaced when it changes. */
const instancesOf = (template: Template) =>
  ["aws_launch_template", "aws_autoscaling_group"].flatMap((type) =>
    template.resources(type).map(({ address, attributes }) => [address, attributes]),
  );

describe("no instance is replaced", () => {
  const before = instancesOf(inspectionWith(deciding()));

  it.each<[what: string, fields: Partial<Section>]>([
    ["a name", { policy: { ...POLICY, allowDomains: ["other.example.com", "*.example.org"] } }],
    ["a spoke", { spokes: { payments: PAYMENTS, search: SEARCH } }],
    ["a range of a spoke", { spokes: { payments: { ...PAYMENTS, cidrs: ["10.50.0.0/16", "10.99.0.0/16"] } } }],
    ["discovery", { policy: { ...POLICY, discovery: true } }],
    ["the default", { policy: { ...POLICY, default: "alert" } }],
  ])("by a change of %s", (_, fields) => {
    expect(instancesOf(inspectionWith(deciding(fields)))).toEqual(before);
  });

  it("but by what appliances know from their start: whether there is a policy, and what becomes of traffic", () => {
    for (const fields of [{ policy: undefined }, { onFailure: "open" }] as const) {
      expect(instancesOf(inspectionWith(deciding(fields)))).not.toEqual(before);
    }
  });

  it("and without a policy each is by another spoke, for nothing else tells them its ranges", () => {
    const blocking = (spokes: Section["spokes"]) => inspectionWith(deciding({ policy: undefined, spokes }));
    const one = blocking({ payments: PAYMENTS });
    expect(settingsOf(one).HOME_NETWORKS).toBe("10.20.0.0/16,10.50.0.0/16,10.51.0.0/16");
    expect(instancesOf(blocking({ payments: PAYMENTS, search: SEARCH }))).not.toEqual(instancesOf(one));
  });
});

test.each([
  ["decides", INSPECTED, ["/ringfence/inspected-inspection/policy", "/ringfence/inspected-inspection/health"]],
  ["watches", SPOKED, []],
])("the dashboard of a fleet that %s reads its logs accordingly", (_, template, expected) => {
  const { dashboard_body } = template.resource("aws_cloudwatch_dashboard").attributes;
  const queries = objectsOf(parsedObject(dashboard_body).widgets).flatMap(({ properties }) => {
    const { query } = objectOf(properties);
    return query === undefined ? [] : [textOf(query)];
  });
  expect(queries.map((query) => /^SOURCE '([^']+)'/.exec(query)?.[1])).toEqual(expected);
});

test.each<[what: string, section: Partial<Section>, expected: Readonly<Record<string, string>>]>([
  ["watches", {}, { ACTION: "ids", ON_FAILURE: "", POLICY: "false", POLICY_KEY: "" }],
  ["blocks", { action: "ips", onFailure: "open" }, { ACTION: "ips", ON_FAILURE: "open", POLICY: "false" }],
  ["decides", deciding(), { ACTION: "ips", ON_FAILURE: "closed", POLICY: "true", HOME_NETWORKS: "" }],
])("an appliance that %s is told so", (_, section, expected) => {
  expect(settingsOf(inspectionWith(section))).toMatchObject(expected);
});

test.each<[what: string, policy: Policy, told: RegExp | undefined]>([
  ["a policy that denies", POLICY, undefined],
  [
    "one that is rehearsed",
    { ...POLICY, discovery: true },
    /policy\.discovery is true: nothing is denied.*-inspection\/policy/,
  ],
  ["one that reports", { ...POLICY, default: "alert" }, /policy\.default is .{0,2}"alert.{0,2}": nothing is denied/],
])("whoever deploys hears that nothing is denied, with %s", (_, policy, told) => {
  const manifest = withFolder((outdir) => {
    synthesizeInto(outdir, [inspectedEnvironment(deciding({ policy }))]);
    return readFileSync(join(outdir, "manifest.json"), "utf8");
  });
  if (told === undefined) expect(manifest).not.toContain("nothing is denied");
  else expect(manifest).toMatch(told);
});

test("with two arms they hear that the list is in two places", () => {
  const manifest = withFolder((outdir) => {
    synthesizeInto(outdir, [inspectedEnvironment({ ...DECIDING_BY_PROXY, policy: { ...POLICY, discovery: true } })]);
    return readFileSync(join(outdir, "manifest.json"), "utf8");
  });
  expect(manifest).toMatch(/nothing is denied.*-inspection\/policy and \/proxy/);
});
