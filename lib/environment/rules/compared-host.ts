import type { Fault, Path } from "../violation";
import { fault } from "./rule";

/** Elastic Load Balancing API Reference, "HostHeaderConditionConfig". */
const MOST_HOST_CHARACTERS = 128;
const LAST_LABEL = /\.[a-z]+$/;

/** A load balancer compares a request's host with names, and takes not every one for that. */
export function comparedFaults(path: Path, host: string): readonly Fault[] {
  if (host.length <= MOST_HOST_CHARACTERS && LAST_LABEL.test(host)) return [];
  return [
    fault(
      path,
      `is a name that load balancers do not compare: it has more than ${MOST_HOST_CHARACTERS} characters, or not only letters behind its last dot`,
      host,
      "write a shorter name, or one whose last label has letters only",
    ),
  ];
}
