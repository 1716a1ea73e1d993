import { hostsOf } from "./lattice-parts";
import { type CrossFieldRule, fault } from "./rule";

/** gRPC is HTTP/2 from end to end, with trailers; a function gets a request and gives an answer. */
export const functionsCarryNoGrpc: CrossFieldRule = (environment) =>
  environment.lattice?.ingress?.kind !== "lambda"
    ? []
    : hostsOf(environment).flatMap(({ fields: { protocol }, at }) =>
        protocol === "grpc"
          ? [
              fault(
                at("protocol"),
                "needs HTTP/2 all the way, and a function gets each request by itself and has no trailers to answer with",
                protocol,
                'write kind: "fleet" in the ingress, or make another environment for this host',
              ),
            ]
          : [],
      );

/** What is kept ready is taken out of what is set aside (AWS Lambda Developer Guide, "Configuring provisioned concurrency"). */
export const readyWithinReserved: CrossFieldRule = ({ lattice }) => {
  const ingress = lattice?.ingress;
  if (ingress?.kind !== "lambda") return [];
  const { provisionedConcurrency: ready, reservedConcurrency: reserved } = ingress;
  if (ready === undefined || reserved === undefined || ready <= reserved) return [];
  const problem = `keeps more functions ready than may run, ${reserved} by reservedConcurrency`;
  return [
    fault(
      ["lattice", "ingress", "provisionedConcurrency"],
      problem,
      ready,
      "lower it, or raise or leave out reservedConcurrency",
    ),
  ];
};
