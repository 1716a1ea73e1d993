import { ecrRepositoryArn } from "../../lib/aws/ecs/image";
import type { Environment } from "../../lib/environment";
import type { NetworkNeeds } from "../aws-network";
import { PROXY_REPOSITORY } from "./fleet";

/** What the way into VPC Lattice asks of the network it stands in. */
export function latticeNeeds({ aws, lattice }: Environment): NetworkNeeds {
  const ingress = lattice?.ingress;
  if (ingress === undefined) return { interfaceEndpoints: [] };
  if (ingress.kind === "lambda") {
    // Lambda itself fetches the function's code and key, and delivers its log: nothing of that passes the VPC.
    return { interfaceEndpoints: [], publicIpv6: ingress.dualStack };
  }
  const { image, exec, dualStack } = ingress;
  const isCached = aws?.dockerHub !== undefined && image.repository === undefined;
  // Endpoints reach the registry of their own Region only.
  const isInEcr = isCached || ecrRepositoryArn(image.repository ?? "")?.includes(`:ecr:${aws?.region ?? ""}:`);
  return {
    interfaceEndpoints: [
      "logs",
      ...(isInEcr ? (["ecr.api", "ecr.dkr"] as const) : []),
      ...(image.credentials === undefined ? [] : (["secretsmanager"] as const)),
      ...(exec ? (["ssmmessages"] as const) : []),
    ],
    dockerHub: isCached ? { ...aws.dockerHub, repositories: [PROXY_REPOSITORY] } : undefined,
    publicIpv6: dualStack,
  };
}
