import { Apigatewayv2ApiMapping } from "@cdktf/provider-aws/lib/apigatewayv2-api-mapping";
import { Apigatewayv2DomainName } from "@cdktf/provider-aws/lib/apigatewayv2-domain-name";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { AliasRecord } from "../dns/alias-record";
import { hostId } from "../dns/host-id";
import type { ProxyFrontProps } from "./front";

/** Properties of {@link ApiDomains}. */
export interface ApiDomainsProps extends Pick<ProxyFrontProps, "hosts" | "certificates" | "zoneId"> {
  /** Of an HTTP API or a REST API. */
  readonly apiId: string;
  readonly stage: string;
  /** What makes the stage answer. */
  readonly after: readonly ITerraformDependable[];
}

/**
 * The highest floor that both kinds of API have for a Regional domain: TLS 1.2 and, from clients that offer it, 1.3 (Amazon API Gateway
 * Developer Guide, "Supported security policies").
 */
const SECURITY_POLICY = "TLS_1_2";

/**
 * Public hosts of an API: a domain of API Gateway for each, which leads to its one stage whatever the path. Hosts of one account and Region
 * are all that API Gateway answers for; whoever asks for another gets 403 from it.
 */
export class ApiDomains extends Construct {
  /** Where each host's record must lead, by host. */
  readonly targets: Readonly<Record<string, string>>;

  /** @throws RangeError for a host without a certificate */
  constructor(scope: Construct, id: string, props: ApiDomainsProps) {
    super(scope, id);
    this.targets = Object.fromEntries(props.hosts.map((host) => [host, this.#add(host, props)]));
  }

  #add(host: string, { apiId, stage, certificates, zoneId, after }: ApiDomainsProps): string {
    const domain = new Apigatewayv2DomainName(this, hostId(host), {
      domainName: host,
      domainNameConfiguration: {
        certificateArn: certificateOf(host, certificates),
        endpointType: "REGIONAL",
        securityPolicy: SECURITY_POLICY,
      },
      tags: { Name: host },
    });
    new Apigatewayv2ApiMapping(this, `mapping-${hostId(host)}`, {
      apiId,
      stage,
      domainName: domain.id,
      dependsOn: [...after],
    });
    const { targetDomainName, hostedZoneId } = domain.domainNameConfiguration;
    if (zoneId !== undefined) {
      const target = { dnsName: targetDomainName, zoneId: hostedZoneId };
      new AliasRecord(this, `record-${hostId(host)}`, { zoneId, name: host, target, dualStack: false });
    }
    return targetDomainName;
  }
}

/** One that is for the host, or the only one, which is for all. */
function certificateOf(host: string, certificates: ReadonlyMap<string, string>): string {
  const [only] = certificates.size === 1 ? certificates.values() : [];
  const arn = certificates.get(host.replace(/^\*\./, "")) ?? only;
  if (arn === undefined) throw new RangeError(`${host} has no certificate`);
  return arn;
}
