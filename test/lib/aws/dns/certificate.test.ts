import { Certificate } from "../../../../lib/aws/dns/certificate";
import { build } from "../load-balancer/edge";

describe("a certificate", () => {
  let arn = "";
  const template = build((stack) => {
    ({ arn } = new Certificate(stack, "certificate", { domain: "api.example.com", zoneId: "Z1" }));
    stack.publish("certificate-arn", arn, "The certificate");
  });

  it("is for the domain, public, logged, and replaced before it goes, since a listener holds it", () => {
    template.resource("aws_acm_certificate", {
      domain_name: "api.example.com",
      validation_method: "DNS",
      options: { certificate_transparency_logging_preference: "ENABLED" },
      lifecycle: { create_before_destroy: true },
    });
  });

  it("is proved by the one record that AWS asks for, in the zone of the domain", () => {
    const asked = "${tolist(aws_acm_certificate.certificate.domain_validation_options).0";
    template.resource("aws_route53_record", {
      zone_id: "Z1",
      name: `${asked}.resource_record_name}`,
      type: `${asked}.resource_record_type}`,
      records: [`${asked}.resource_record_value}`],
      // Another certificate of the same domain in this account asks for the very same record.
      allow_overwrite: true,
    });
  });

  it("is known to others only once it is issued", () => {
    const { block, attribute } = template.follow(template.output("certificate-arn").value);
    expect([block.type, attribute]).toEqual(["aws_acm_certificate_validation", "certificate_arn"]);
    expect(template.follow(block.attributes.certificate_arn).block.type).toBe("aws_acm_certificate");
    const [fqdn] = block.attributes.validation_record_fqdns as readonly string[];
    expect(template.follow(fqdn).attribute).toBe("fqdn");
  });

  it("does not keep anybody waiting for an hour when the zone is not the domain's", () => {
    const timeouts = template.resource("aws_acm_certificate_validation").attributes.timeouts as { create: string };
    expect(Number(/^(\d+)m$/.exec(timeouts.create)?.[1])).toBeLessThan(60);
  });
});
