import { allow, claimed, made, mentioned, named, owned, retagged } from "../scope";
import type { ActionTable } from "./table";

const CERTIFICATES = "acm:{region}:{account}:certificate/*";
const OWN = owned("Certificates", "acm", CERTIFICATES);

const ZONES = mentioned("Zones", "route53", /(?<="zone_id":")[A-Z0-9]+/g, "route53:::hostedzone/$&");
const CHANGES = {
  ...named("ZoneChanges", "route53", "route53:::change/*"),
  because: "Route 53 gives each change an id, by which Terraform waits for it",
};

/** AWS Certificate Manager, and the records of Route 53 that prove and lead to names. */
export const CERTIFICATES_AND_RECORDS: ActionTable = {
  aws_acm_certificate: {
    reads: [allow(OWN, "DescribeCertificate", "ListTagsForCertificate")],
    writes: [
      // A certificate has no ARN before it is asked for.
      allow(made("Certificates", "acm", "*"), "RequestCertificate"),
      allow(claimed("Certificates", "acm", CERTIFICATES), "AddTagsToCertificate"),
      allow(retagged("Certificates", "acm", CERTIFICATES), "AddTagsToCertificate", "RemoveTagsFromCertificate"),
      allow(OWN, "UpdateCertificateOptions", "DeleteCertificate"),
    ],
  },
  aws_acm_certificate_validation: { reads: [allow(OWN, "DescribeCertificate")] },
  aws_route53_record: {
    reads: [allow(ZONES, "GetHostedZone", "ListResourceRecordSets")],
    writes: [allow(ZONES, "ChangeResourceRecordSets"), allow(CHANGES, "GetChange")],
  },
};
