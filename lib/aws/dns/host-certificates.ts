import { Construct } from "constructs";

import { Certificate } from "./certificate";
import { hostId } from "./host-id";

/** Properties of {@link HostCertificates}. */
export interface HostCertificatesProps {
  /** Host names, of which the first label may be `*`. */
  readonly hosts: readonly string[];
  /** Public Route 53 zone of all of them. */
  readonly zoneId: string;
}

/**
 * A certificate for each host, so that a host that comes or goes leaves the certificates of the others alone. A name and the names below
 * it (`*.<name>`) share one, because one and the same record proves both.
 */
export class HostCertificates extends Construct {
  /** By the domain that each is for, in the order of the hosts. */
  readonly arns: ReadonlyMap<string, string>;

  constructor(scope: Construct, id: string, { hosts, zoneId }: HostCertificatesProps) {
    super(scope, id);
    const domains = [...new Set(hosts.map((host) => host.replace(/^\*\./, "")))];
    this.arns = new Map(
      domains.map((domain) => {
        const withSubdomains = hosts.includes(`*.${domain}`);
        return [domain, new Certificate(this, hostId(domain), { domain, withSubdomains, zoneId }).arn];
      }),
    );
  }
}
