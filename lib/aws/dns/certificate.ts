import { AcmCertificate } from "@cdktf/provider-aws/lib/acm-certificate";
import { AcmCertificateValidation } from "@cdktf/provider-aws/lib/acm-certificate-validation";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";

/** Properties of {@link Certificate}. */
export interface CertificateProps {
  /** The name it is for. */
  readonly domain: string;
  /** Whether it is for every name directly below the domain too, `*.<domain>`, which the same record proves. @default false */
  readonly withSubdomains?: boolean;
  /** Public Route 53 zone of the domain; its name servers are those that the parent zone delegates to. */
  readonly zoneId: string;
}

/** AWS Certificate Manager User Guide, "DNS validation": up to 30 minutes once the record can be found. */
const VALIDATION_TIMEOUT = "30m";

const RECORD_TTL_SECONDS = 300;

/**
 * A public certificate of AWS Certificate Manager, proved by a DNS record and renewed by itself as long as that record stands.
 *
 * Every certificate of a domain in one account is proved by the same record, so one that another made is taken over, and
 * destroying either takes the record from both: keep such domains in one stack, or give the certificate by its ARN.
 */
export class Certificate extends Construct {
  /** Known only when the certificate has been issued: whatever uses it waits. */
  readonly arn: string;

  constructor(scope: Construct, id: string, { domain, withSubdomains = false, zoneId }: CertificateProps) {
    super(scope, id);
    const certificate = new AcmCertificate(this, "Resource", {
      domainName: domain,
      subjectAlternativeNames: withSubdomains ? [`*.${domain}`] : undefined,
      validationMethod: "DNS",
      options: { certificateTransparencyLoggingPreference: "ENABLED" },
      tags: { Name: domain },
      // A certificate that a listener uses cannot be deleted: the listener gets the new one first.
      lifecycle: { createBeforeDestroy: true },
    });
    // One record, whose elements are alike: the provider's set has as many as names, also while its values are still unknown.
    const proof = certificate.domainValidationOptions.get(0);
    const record = new Route53Record(this, "record", {
      zoneId,
      name: proof.resourceRecordName,
      type: proof.resourceRecordType,
      records: [proof.resourceRecordValue],
      ttl: RECORD_TTL_SECONDS,
      allowOverwrite: true,
    });
    const validation = new AcmCertificateValidation(this, "validation", {
      certificateArn: certificate.arn,
      validationRecordFqdns: [record.fqdn],
      timeouts: { create: VALIDATION_TIMEOUT },
    });
    this.arn = validation.certificateArn;
  }
}
