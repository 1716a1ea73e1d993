import { HostCertificates } from "../../../../lib/aws/dns/host-certificates";
import { hostId } from "../../../../lib/aws/dns/host-id";
import { build } from "../load-balancer/edge";

const certificatesFor = (hosts: readonly string[]) => {
  const domains: string[] = [];
  const template = build((stack) => {
    const { arns } = new HostCertificates(stack, "certificates", { hosts, zoneId: "Z1" });
    domains.push(...arns.keys());
    for (const [domain, arn] of arns) stack.publish(hostId(domain), arn, domain);
  });
  return { template, domains };
};

const namesOf = (hosts: readonly string[]) =>
  certificatesFor(hosts)
    .template.resources("aws_acm_certificate")
    .map(({ address, attributes }) => [address, attributes.domain_name, attributes.subject_alternative_names]);

test("each host has a certificate of its own, at an address that is made of its name", () => {
  expect(namesOf(["shop.example.com", "api.example.com"])).toEqual([
    ["aws_acm_certificate.certificates-api_example_com", "api.example.com", undefined],
    ["aws_acm_certificate.certificates-shop_example_com", "shop.example.com", undefined],
  ]);
});

test("a name shares one with the names below it, because one record proves both", () => {
  const { template } = certificatesFor(["*.example.com", "example.com"]);
  template.resource("aws_acm_certificate", { subject_alternative_names: ["*.example.com"] });
  expect(template.count("aws_route53_record")).toBe(1);
});

test("a wildcard alone is proved by the record of the name that it stands below", () => {
  expect(namesOf(["*.example.com"])).toEqual([
    ["aws_acm_certificate.certificates-example_com", "example.com", ["*.example.com"]],
  ]);
});

test("they are found by what they are for, and only once they are issued", () => {
  const { template, domains } = certificatesFor(["shop.example.com", "*.api.example.com"]);
  expect(domains).toEqual(["shop.example.com", "api.example.com"]);
  for (const domain of domains) {
    const { block } = template.follow(template.output(hostId(domain)).value);
    expect(block.type).toBe("aws_acm_certificate_validation");
    const { block: certificate } = template.follow(block.attributes.certificate_arn);
    expect(certificate.attributes.domain_name).toBe(domain);
  }
});

test.each([
  ["a-b.example.com", "a.b.example.com"],
  ["*.example.com", "example.com"],
  ["*.example.com", "any.example.com"],
])("%s and %s have ids that differ", (one, other) => {
  expect(hostId(one)).not.toBe(hostId(other));
  expect(hostId(one)).toMatch(/^[\w-]+$/);
});
