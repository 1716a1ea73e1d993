import { changed, define, type Row } from "./base";
import { testRows } from "./rows";

const s3 = { kind: "s3", bucket: "acme-terraform-state", key: "otc/billing.tfstate", region: "eu-central-1" };
const hcp = { kind: "hcp", organization: "acme", workspace: "billing" };
const cluster = (addresses: unknown): Readonly<Record<string, unknown>> => ({ "allowlist/clusters": { c: addresses } });
const C = "allowlist.clusters.c";

const SHAPES: readonly Row[] = [
  [
    "neither a list nor a state",
    cluster("203.0.113.1/32"),
    [C, "or { state, output }", "egress_cidrs", '"203.0.113.1/32"'],
  ],
  ["a state left out", cluster({ output: "a" }), [`${C}.state`, "is missing: the state", "{ kind: "]],
  ["a state in a word", cluster({ state: "s3" }), [`${C}.state`, "must say which state", "{ kind: ", '"s3"']],
  ["a state without a kind", cluster({ state: {} }), [`${C}.state.kind`, "is missing: the kind", '"hcp"']],
  [
    "a state of another kind",
    cluster({ state: { kind: "gcs" } }),
    [`${C}.state.kind`, "is no kind of state that can be read", '"local", "s3" or "hcp"', '"gcs"'],
  ],
  [
    "a file left out",
    cluster({ state: { kind: "local" } }),
    [`${C}.state.path`, "is missing: the path of a state file", "../billing/terraform.tfstate"],
  ],
  [
    "a path with backslashes",
    cluster({ state: { kind: "local", path: "..\\billing" } }),
    [`${C}.state.path`, "with forward slashes", "../billing", '"..\\\\billing"'],
  ],
  [
    "an object's key left out, and a Region that is none",
    cluster({ state: { ...s3, key: undefined, region: "frankfurt" } }),
    [`${C}.state.key`, "is missing: the key of the object", "billing", "undefined"],
    [`${C}.state.region`, "Region code", "eu-central-1", '"frankfurt"'],
  ],
  [
    "a project, which only one's own states have",
    cluster({ state: { ...hcp, project: "platform" } }),
    [`${C}.state.project`, "is not a field of this section", "kind, hostname, organization, workspace"],
  ],
  [
    "an output that is none",
    cluster({ state: hcp, output: "outputs.egress" }),
    [`${C}.output`, "must be the name of an output", '"egress_cidrs"', '"outputs.egress"'],
  ],
  [
    "addresses beside the state",
    cluster({ state: hcp, addresses: ["203.0.113.1/32"] }),
    [`${C}.addresses`, "is not a field of this section", "state, output"],
  ],
  [
    "a cluster of Rancher, too",
    { "rancher/clusters": { c: { egress: { state: { kind: "local" } } } } },
    ["rancher.clusters.c.egress.state.path", "is missing: the path", "terraform.tfstate"],
  ],
];

const OWN = "is the state of a stack of this environment";
const ownState = { state: { kind: "local" } };
const ownWorkspaces = { state: { kind: "hcp", organization: "acme", project: "platform" } };

const ACROSS: readonly Row[] = [
  [
    "an own state in S3",
    cluster({ state: { ...s3, key: "ringfence/prod-azure-network.tfstate" } }),
    [`${C}.state`, OWN, "leave its addresses out"],
  ],
  [
    "an own state in S3 under another prefix",
    { "state/prefix": "fences/prod", ...cluster({ state: { ...s3, key: "fences/prod/prod-aks-shop.tfstate" } }) },
    [`${C}.state`, OWN, "another configuration"],
  ],
  [
    "an own state in a file",
    { ...ownState, ...cluster({ state: { kind: "local", path: "./state/prod-azure-network.tfstate" } }) },
    [`${C}.state`, OWN, "another configuration"],
  ],
  [
    "an own workspace",
    { ...ownWorkspaces, ...cluster({ state: { ...hcp, workspace: "prod-azure-network" } }) },
    [`${C}.state`, OWN, "another configuration"],
  ],
  [
    "an own state for a cluster of Rancher",
    {
      "allowlist/clusters": {},
      "rancher/clusters": { c: { egress: { state: { ...s3, key: "ringfence/prod-azure-network.tfstate" } } } },
    },
    ["rancher.clusters.c.egress.state", OWN, "another configuration"],
  ],
  [
    "a cluster of Rancher under the name of the environment's own addresses",
    { "rancher/clusters": { "prod-aws-egress": { egress: { state: s3 } } } },
    ['rancher.clusters["prod-aws-egress"]', "this environment's own addresses", "rename"],
  ],
  [
    "names that differ in dots, one of them in Rancher",
    { "allowlist/clusters": { "otc.billing": { state: s3 } }, "rancher/clusters": { otcbilling: { egress: [] } } },
    ["rancher.clusters.otcbilling.egress", "at least one", "leave this entry out", "an empty list"],
  ],
  [
    "names that differ in dots, both with addresses",
    {
      "allowlist/clusters": { "otc.billing": { state: s3 } },
      "rancher/clusters": { otcbilling: { egress: ["203.0.113.1/32"] } },
    },
    ["rancher.clusters.otcbilling", "differs from otc.billing in dots only", "rename one"],
  ],
];

testRows({ "a state that has the addresses": SHAPES, "a state and the rest of the file": ACROSS });

test.each([
  ["in S3", { "allowlist/clusters": { c: { state: s3 } } }, s3],
  ["in a workspace", { "allowlist/clusters": { c: { state: hcp } } }, hcp],
  [
    "of another environment in the same bucket",
    { "allowlist/clusters": { c: { state: { ...s3, key: "ringfence/staging-azure-network.tfstate" } } } },
    { ...s3, key: "ringfence/staging-azure-network.tfstate" },
  ],
  [
    "of the same name in another organization",
    { ...ownWorkspaces, "allowlist/clusters": { c: { state: { ...hcp, organization: "b", workspace: "prod-x" } } } },
    { ...hcp, organization: "b", workspace: "prod-x" },
  ],
])("a state %s is taken, and its output has a name by default", (_, changes, state) => {
  expect(define(changed(changes)).allowlist?.clusters.c).toEqual({ state, output: "egress_cidrs" });
});
