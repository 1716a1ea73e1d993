import type { Flow, ReadStack, StackSet } from "./stack-set-reader";

const WIDTH = 100;
const INDENT = "    ";

/** What the summary says beside the stacks. */
export interface SummaryOptions {
  /** Where the output lies, as a person would name it. */
  readonly folder: string;
  /** How long the synthesis took. */
  readonly seconds: number;
  /** Version of Node.js: `20.20.2`. */
  readonly node: string;
}

/** The newest Node.js on which CDKTF's command line starts: its terminal library has no build for a later one. */
const NEWEST_NODE_FOR_CDKTF = 22;

/** What the main job made, as text for a person: the stacks, what flows between them, and the next command. */
export function summarize({ stacks, flows }: StackSet, { folder, seconds, node }: SummaryOptions): string {
  const environments = [...new Set(stacks.map(({ name }) => name.split("-")[0] ?? name))];
  return [
    `Synthesized ${count(stacks.length, "stack")} into ${folder}/ in ${seconds.toFixed(1)} s; the policy rules found no violation.`,
    "",
    ...stacks.flatMap(describeStack),
    ...(flows.length === 0
      ? []
      : ["What flows between them, through Terraform's remote state:", "", ...describeFlows(flows), ""]),
    ...nextSteps(environments, stacks),
    ...(Number(node.split(".")[0]) > NEWEST_NODE_FOR_CDKTF
      ? ["", `npx cdktf needs Node.js 20 or 22, and this is ${node}.`]
      : []),
  ].join("\n");
}

/** What people come for, by Terraform type; everything else supports it. */
const HEADLINES: Readonly<Record<string, string>> = {
  aws_vpc: "VPC",
  aws_subnet: "subnet",
  aws_nat_gateway: "NAT gateway",
  aws_eip: "Elastic IP",
  aws_flow_log: "flow log",
  aws_vpc_endpoint: "endpoint",
  aws_ecr_pull_through_cache_rule: "pull-through cache",
  aws_dynamodb_table: "DynamoDB table",
  aws_dynamodb_table_item: "cluster item",
  aws_lambda_function: "Lambda function",
  aws_wafv2_web_acl: "web ACL",
  aws_wafv2_rule_group: "rule group",
  aws_wafv2_ip_set: "IP set",
  aws_wafv2_web_acl_association: "protected load balancer",
  aws_lb: "load balancer",
  aws_acm_certificate: "certificate",
  aws_ecs_service: "Fargate service",
  aws_cloudwatch_metric_alarm: "alarm",
  aws_cloudwatch_dashboard: "dashboard",
  aws_kms_key: "KMS key",
  azurerm_virtual_network: "VNet",
  azurerm_subnet: "subnet",
  azurerm_firewall: "firewall",
  azurerm_nat_gateway: "NAT gateway",
  azurerm_public_ip: "public IP",
  azurerm_firewall_policy_rule_collection_group: "rule collection group",
  azurerm_kubernetes_cluster: "AKS cluster",
  azurerm_kubernetes_cluster_node_pool: "node pool",
  azurerm_role_assignment: "role assignment",
  azurerm_log_analytics_workspace: "workspace",
  azurerm_monitor_metric_alert: "alert",
};

function describeStack({ name, state, resources, outputs, notes }: ReadStack): string[] {
  const total = [...resources.values()].reduce((sum, number) => sum + number, 0);
  const headlines = Object.entries(HEADLINES).flatMap(([type, noun]) => {
    const number = resources.get(type);
    return number === undefined ? [] : [{ number, text: count(number, noun) }];
  });
  const rest = total - headlines.reduce((sum, { number }) => sum + number, 0);
  return [
    `  ${name}   ${count(total, "resource")}, state in ${state}`,
    ...wrap([...headlines.map(({ text }) => text), ...(rest === 0 ? [] : [`${rest} that support them`])], "holds "),
    ...wrap(
      outputs.map((output) => output.name),
      "outputs ",
    ),
    ...notes.flatMap((note) => wrap(note.split(", "), "note: ")),
    "",
  ];
}

/** One line for each resource that takes something from another stack. */
function describeFlows(flows: readonly Flow[]): string[] {
  const takers = new Map<string, string[]>();
  for (const { from, to, value, usedBy } of flows) {
    for (const address of usedBy) {
      const key = `  ${from} ──▶ ${to} ${address}`;
      takers.set(key, [...(takers.get(key) ?? []), value]);
    }
  }
  return [...takers].flatMap(([taker, values]) => [taker, ...wrap(values, "takes ")]);
}

function nextSteps(environments: readonly string[], stacks: readonly ReadStack[]): string[] {
  if (stacks.length === 0) {
    return [
      "No section of the environment asks for a stack: add 'aws' with a 'network', or an 'allowlist'. See environments/example.ts.",
    ];
  }
  if (environments.length === 1 && environments[0] === "example") {
    return [
      "This is the example. To describe an environment of your own:",
      "",
      '  cp environments/example.ts environments/prod.ts    and set name: "prod" in it, then',
      "  npx cdktf deploy 'prod-*'                          (later: destroy 'prod-*', or diff with the name of one stack)",
    ];
  }
  return [
    "Next:",
    "",
    ...environments.map((name) => `  npx cdktf deploy '${name}-*'`),
    "",
    "To see what would change first, name one stack:",
    "",
    ...stacks.map(({ name }) => `  npx cdktf diff ${name}`),
  ];
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** Writes a list over as many lines as it needs; an empty one over none. */
function wrap(items: readonly string[], label: string): string[] {
  if (items.length === 0) return [];
  const lines = [label];
  for (const [index, item] of items.entries()) {
    const text = index === items.length - 1 ? item : `${item}, `;
    const line = lines.at(-1) ?? "";
    if (line.length + text.trimEnd().length > WIDTH - INDENT.length) lines.push(" ".repeat(label.length) + text);
    else lines[lines.length - 1] = line + text;
  }
  return lines.map((line) => INDENT + line.trimEnd());
}
