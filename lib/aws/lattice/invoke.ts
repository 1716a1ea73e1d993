import type { PolicyStatement } from "../iam";

/**
 * Lets a role call services of VPC Lattice. A request is an action on the service and the path together (Service Authorization Reference,
 * "Amazon VPC Lattice Services"). Which paths are passed on is the proxies' configuration, and which are taken the services' own auth
 * policies.
 *
 * @returns nothing for no services: a policy has one statement at least
 */
export function invokeStatements(serviceArns: readonly string[]): readonly PolicyStatement[] {
  if (serviceArns.length === 0) return [];
  return [
    {
      sid: "InvokeServices",
      actions: ["vpc-lattice-svcs:Invoke"],
      resources: serviceArns.map((arn) => `${arn}/*`),
    },
  ];
}
