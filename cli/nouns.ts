/** What people come for, by Terraform type, in the order in which they look for it; everything else supports it. */
export const HEADLINES: Readonly<Record<string, string>> = {
  tfe_workspace: "workspace of HCP Terraform",
  tfe_project: "project of HCP Terraform",
  tfe_run_trigger: "run trigger",
  tfe_variable_set: "variable set",
  aws_vpc: "VPC",
  aws_subnet: "subnet",
  aws_nat_gateway: "NAT gateway",
  aws_eip: "Elastic IP",
  aws_dynamodb_table: "DynamoDB table",
  aws_dynamodb_table_item: "cluster item",
  aws_wafv2_web_acl: "web ACL",
  aws_wafv2_ip_set: "IP set",
  aws_lambda_function: "Lambda function",
  aws_wafv2_rule_group: "rule group",
  aws_vpclattice_service_network: "service network",
  aws_vpclattice_service: "Lattice service",
  aws_wafv2_web_acl_association: "protected load balancer",
  aws_lb: "load balancer",
  aws_apigatewayv2_api: "HTTP API",
  aws_api_gateway_rest_api: "REST API",
  aws_apigatewayv2_domain_name: "host of the API",
  aws_ecs_service: "Fargate service",
  aws_autoscaling_group: "group of appliances",
  aws_ec2_transit_gateway: "transit gateway",
  aws_ec2_transit_gateway_vpc_attachment: "attachment to the transit gateway",
  aws_vpclattice_target_group: "target group of Lattice",
  aws_vpclattice_service_network_vpc_association: "VPC in the service network",
  aws_ram_resource_share: "share",
  aws_acm_certificate: "certificate",
  aws_vpc_endpoint: "endpoint",
  aws_ecr_pull_through_cache_rule: "pull-through cache",
  aws_ecr_repository: "image repository",
  aws_flow_log: "flow log",
  aws_cloudwatch_metric_alarm: "alarm",
  aws_cloudwatch_dashboard: "dashboard",
  aws_kms_key: "KMS key",
  rancher2_cluster: "cluster in Rancher",
  rancher2_project: "project",
  azurerm_resource_deployment_script_azure_cli: "script that brings the agent in",
  rancher2_cluster_role_template_binding: "role in the cluster",
  rancher2_project_role_template_binding: "role in a project",
  azurerm_kubernetes_cluster: "AKS cluster",
  azurerm_kubernetes_cluster_node_pool: "node pool",
  azurerm_virtual_network: "VNet",
  azurerm_subnet: "subnet",
  azurerm_firewall: "firewall",
  azurerm_public_ip: "public IP",
  azurerm_nat_gateway: "NAT gateway",
  azurerm_firewall_policy_rule_collection_group: "rule collection group",
  azurerm_role_assignment: "role assignment",
  azurerm_log_analytics_workspace: "workspace",
  azurerm_monitor_metric_alert: "alert",
};

/** A number of things, for people. */
export const count = (number: number, noun: string): string => `${number} ${plural(number, noun)}`;

/** The same with no number for a single one. */
export const some = (number: number, noun: string): string => (number === 1 ? noun : count(number, noun));

/** The resources in a list of Terraform addresses, for people: `2 Elastic IPs, route table`. */
export function nameResources(addresses: readonly string[]): readonly string[] {
  const numbers = new Map<string, number>();
  for (const address of addresses) {
    const noun = nounOf(address.split(".")[0] ?? address);
    numbers.set(noun, (numbers.get(noun) ?? 0) + 1);
  }
  return [...numbers].map(([noun, number]) => some(number, noun));
}

/** A type that is no headline is named as Terraform does, without its provider. */
const nounOf = (type: string): string => HEADLINES[type] ?? type.replace(/^[a-z0-9]+_/, "").replaceAll("_", " ");

/** Of two words the first counts: `cluster in Rancher`, `script that brings the agent in`, `group of appliances`. */
function plural(number: number, noun: string): string {
  if (number === 1) return noun;
  const [, head = noun, rest = ""] = /^(.*?)( (?:in|of|that|to) .*)$/.exec(noun) ?? [];
  return `${head.replace(/(?<![aeiou])y$/, "ie")}s${rest}`;
}
