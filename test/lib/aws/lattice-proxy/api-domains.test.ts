import { ApiDomains, type ApiDomainsProps } from "../../../../lib/aws/lattice-proxy/api-domains";
import { objectOf } from "../../../support/json";
import { built } from "../cloudwatch";

const domains = (props: Partial<ApiDomainsProps>) =>
  built((stack) => {
    new ApiDomains(stack, "domains", {
      hosts: ["a.example.com", "*.b.example.com"],
      certificates: new Map([
        ["a.example.com", "arn:a"],
        ["b.example.com", "arn:b"],
      ]),
      apiId: "api",
      stage: "live",
      after: [],
      ...props,
    });
  });

const certificatesOf = (template: ReturnType<typeof domains>) =>
  template
    .resources("aws_apigatewayv2_domain_name")
    .map(({ attributes }) => [attributes.domain_name, objectOf(attributes.domain_name_configuration).certificate_arn]);

test("each host has the certificate of its name, a wildcard that of the name that it is below", () => {
  expect(certificatesOf(domains({}))).toEqual([
    ["*.b.example.com", "arn:b"],
    ["a.example.com", "arn:a"],
  ]);
});

test("one certificate is for all hosts", () => {
  const given = certificatesOf(domains({ certificates: new Map([["given", "arn:all"]]) }));
  expect(given.map(([, arn]) => arn)).toEqual(["arn:all", "arn:all"]);
});

test("a host that no certificate is for is refused before anything is made", () => {
  const two = new Map([
    ["a.example.com", "arn:a"],
    ["c.example.com", "arn:c"],
  ]);
  expect(() => domains({ certificates: two })).toThrow("*.b.example.com has no certificate");
});
