/** What the load balancer, the security groups and the appliance's own files must agree on. */

/** GENEVE, by which a Gateway Load Balancer hands over packets (RFC 8926). UDP. */
export const GENEVE_PORT = 6081;

/** Where the appliance says how it is. TCP, plain HTTP, from inside the VPC. */
export const HEALTH_PORT = 8080;

/** The path of it: 200 when the appliance inspects, 503 with the reason when it does not. */
export const HEALTH_PATH = "/health";
