import { type StateAccess, statesRead, stateStatements } from "../../../../lib/aws/bootstrap/state-access";
import { policyDocument } from "../../../../lib/aws/iam";
import type { RunPhase } from "../../../../lib/names";
import { covers, grants } from "../../../support/policy-documents";

const place = { accountId: "111122223333", region: "eu-central-1" };
const KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const ROLE = "arn:aws:iam::444455556666:role/states";
const own = { bucket: "acme-states", keys: "ringfence/prod-*.tfstate", kmsKeyArn: KEY };

const granted = (access: Omit<StateAccess, "place">, phase: RunPhase): readonly string[] =>
  grants(policyDocument(stateStatements({ place, ...access }, phase)));

/** Whether a run may do something to an object of the bucket. */
function may(phase: RunPhase, action: string, key: string): boolean {
  return granted({ own, others: [] }, phase).some((line) => {
    const [, pattern = "", resource = ""] = /^Allow (\S+) on (\S+)/.exec(line) ?? [];
    return pattern === action && covers(resource, `arn:aws:s3:::acme-states/${key}`);
  });
}

describe("states of the environment", () => {
  const STATE = "ringfence/prod-allowlist.tfstate";

  it("are read by both, and written by who applies", () => {
    expect([may("plan", "s3:GetObject", STATE), may("apply", "s3:GetObject", STATE)]).toEqual([true, true]);
    expect([may("plan", "s3:PutObject", STATE), may("apply", "s3:PutObject", STATE)]).toEqual([false, true]);
  });

  it("are locked by both, and deleted by nobody", () => {
    for (const phase of ["plan", "apply"] as const) {
      for (const action of ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]) {
        expect([action, may(phase, action, `${STATE}.tflock`)]).toEqual([action, true]);
      }
      expect(may(phase, "s3:DeleteObject", STATE)).toBe(false);
    }
  });

  it.each([
    "ringfence/dev-allowlist.tfstate",
    "ringfence/production-allowlist.tfstate",
    "ringfence/bootstrap-prod.tfstate",
  ])("are not %s", (key) => {
    for (const action of ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]) {
      expect([may("apply", action, key), may("apply", action, `${key}.tflock`)]).toEqual([false, false]);
    }
  });

  it("are decrypted by the key that is named, and none where none is", () => {
    const kms = (access: StateAccess["own"]): readonly string[] =>
      granted({ own: access, others: [] }, "plan").filter((line) => line.includes("kms:"));
    expect(kms(own)).toEqual([`Allow kms:Decrypt on ${KEY}`, `Allow kms:GenerateDataKey on ${KEY}`]);
    expect(kms({ ...own, kmsKeyArn: undefined })).toEqual([]);
  });

  it("are reached by a role where a role stands in between, and then by nothing else", () => {
    expect(granted({ own: { ...own, roleArn: ROLE }, others: [] }, "apply")).toEqual([
      `Allow sts:AssumeRole on ${ROLE}`,
    ]);
  });
});

describe("states of others", () => {
  const block = (backend: string, config: unknown) => ({
    kind: "data" as const,
    type: "terraform_remote_state",
    attributes: { backend, config },
  });
  const eks = { bucket: "others", key: "eks.tfstate", region: "eu-west-1" };

  it("are those in S3 that stacks read, each once", () => {
    const blocks = [
      block("s3", eks),
      block("s3", eks),
      block("s3", { ...eks, key: "gke.tfstate", assume_role: { role_arn: ROLE } }),
      block("remote", { organization: "acme" }),
      { kind: "resource" as const, type: "aws_eip", attributes: {} },
    ];
    expect(statesRead(blocks)).toEqual([
      { bucket: "others", key: "eks.tfstate", roleArn: undefined },
      { bucket: "others", key: "gke.tfstate", roleArn: ROLE },
    ]);
  });

  it("are read and nothing else, or by a role that may", () => {
    const others = [
      { bucket: "others", key: "eks.tfstate" },
      { bucket: "others", key: "gke.tfstate", roleArn: ROLE },
    ];
    expect(granted({ others }, "apply")).toEqual([
      "Allow s3:GetObject on arn:aws:s3:::others/eks.tfstate",
      `Allow sts:AssumeRole on ${ROLE}`,
    ]);
    expect(stateStatements({ place, others: [] }, "apply")).toEqual([]);
  });
});
