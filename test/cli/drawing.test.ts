import { drawFlows } from "../../cli/drawing";
import type { Cloud, StackSet } from "../../cli/stack-set-reader";

const stack = (name: string, ...clouds: Cloud[]): StackSet["stacks"][number] => ({
  name,
  wave: 1,
  clouds,
  state: "",
  resources: new Map(),
  notes: [],
});

const SET: StackSet = {
  stacks: [
    stack("vpc", "AWS"),
    stack("vnet", "Azure"),
    stack("allowlist", "AWS"),
    stack("aks-one", "Azure"),
    stack("aks-two", "Azure"),
    stack("rancher-one", "Azure", "Rancher"),
    stack("rancher-two", "Rancher"),
  ],
  flows: [
    { from: "vpc", to: "allowlist", resources: ["aws_eip.a", "aws_eip.b"] },
    { from: "vpc", to: "aks-one", resources: ["aws_eip.a", "aws_eip.b"] },
    { from: "vnet", to: "aks-two", resources: ["azurerm_subnet.two", "azurerm_route_table.routes"] },
    { from: "vnet", to: "aks-one", resources: ["azurerm_subnet.one", "azurerm_route_table.routes"] },
    { from: "vnet", to: "allowlist", resources: ["azurerm_public_ip.primary"] },
    { from: "aks-one", to: "rancher-one", resources: ["azurerm_kubernetes_cluster.cluster"] },
  ],
  waits: [
    { from: "aks-one", to: "aks-two" },
    { from: "allowlist", to: "rancher-one" },
    { from: "allowlist", to: "rancher-two" },
  ],
  foreign: [{ state: "s3://acme/otc.tfstate", to: "allowlist", output: "egress_cidrs" }],
};

const draw = (set: StackSet): string[] => drawFlows(set, (name) => name);

test("givers and takers stand in the order of deployment, those who take the same together", () => {
  expect(draw(SET)).toEqual([
    "  another state  s3://acme/otc.tfstate ════▶ allowlist                 output egress_cidrs",
    "  AWS            vpc ────────────────────┬─▶ allowlist                 2 Elastic IPs",
    "                                         └═▶ aks-one                   2 Elastic IPs",
    "  Azure          vnet ───────────────────┬═▶ allowlist                 public IP",
    "                                         └─▶ aks-one, aks-two          subnet, route table",
    "  AWS            allowlist ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌▷ rancher-one, rancher-two",
    "  Azure          aks-one ────────────────┬─▶ rancher-one               AKS cluster",
    "                                         └╌▷ aks-two",
    "",
    "  ═▶ gives, into another cloud   ─▶ gives   ╌▷ only goes first",
  ]);
});

test("the legend explains what is drawn, and nothing else", () => {
  expect(draw({ ...SET, flows: [], foreign: [] }).at(-1)).toBe("  ╌▷ only goes first");
});

test("stacks that nothing ties are not drawn", () => {
  expect(draw({ ...SET, flows: [], waits: [], foreign: [] })).toEqual([]);
});

test("many takers and many things go on in further lines, under their own columns", () => {
  const clusters = Array.from({ length: 6 }, (_, index) => `aks-cluster-${index}`);
  const resources = Array.from({ length: 30 }, (_, index) => `azurerm_thing_number_${index}.x`);
  const lines = draw({
    stacks: [stack("vnet", "Azure"), ...clusters.map((name) => stack(name, "Azure"))],
    flows: clusters.map((to) => ({ from: "vnet", to, resources })),
    waits: [],
    foreign: [],
  });
  const arrows = lines.slice(0, -2);
  const places = clusters.map((name) => arrows.find((line) => line.includes(name))?.indexOf(name) ?? -1);
  expect(arrows.length).toBeGreaterThan(3);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(120);
  expect(new Set(places.filter((_, index) => index % 2 === 0)).size).toBe(1);
  expect(arrows.join(" ").match(/thing number \d+/g)).toHaveLength(30);
});
