/** What the load balancer, the security groups and the appliance's own files must agree on. */

/** GENEVE, by which a Gateway Load Balancer hands over packets (RFC 8926). UDP. */
export const GENEVE_PORT = 6081;

/** Where the appliance says how it is. TCP, plain HTTP, from inside the VPC. */
export const HEALTH_PORT = 8080;

/** The path of it: 200 when the appliance inspects, 503 with the reason when it does not. */
export const HEALTH_PATH = "/health";

/** Groups of CloudWatch Logs into which appliances write, below `/ringfence/<fleet>/`; into `proxy` only those with two arms. */
export const LOGS = ["alerts", "policy", "proxy", "dns", "tls", "flows", "health", "boot"] as const;

/** Namespace of the metrics that appliances write about themselves, with the dimension `Fleet`. */
export const METRIC_NAMESPACE = "Ringfence/Inspection";
