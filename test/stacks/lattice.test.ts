import { objectOf, textOf, textsIn } from "../support/json";
import { grants } from "../support/policy-documents";
import { stackTemplates } from "../support/stacks";
import { spelledOut } from "./edges";
import { LATTICED, LENT, latticeEnvironment, latticeWith } from "./lattices";

const NETWORK = "arn:aws:vpc-lattice:eu-central-1:444455556666:servicenetwork/sn-0123456789abcdef0";
const BILLING = "arn:aws:vpc-lattice:eu-central-1:444455556666:service/svc-0123456789abcdef0";

const shop = { targets: { web: { kind: "ip", ids: ["10.20.30.40"] } }, defaultTo: { web: 1 } } as const;
const least = latticeWith();

/** What the auth policy of a service or of the network says. */
const policyOf = (template: typeof least, logicalId: string): readonly string[] => {
  const { attributes } = template.resource("aws_vpclattice_auth_policy", {
    resource_identifier: `\${${logicalId}.arn}`,
  });
  return grants(attributes.policy).map((line) => spelledOut(template, line));
};

describe("a service network made here", () => {
  it("takes signed requests only, and of this account unless it is told otherwise", () => {
    least.resource("aws_vpclattice_service_network", { name: "test-lattice", auth_type: "AWS_IAM" });
    expect(policyOf(least, "aws_vpclattice_service_network.network")).toEqual([
      'Allow vpc-lattice-svcs:Invoke on * to {"AWS":"arn:aws:iam::111122223333:root"}',
    ]);
    expect(policyOf(LATTICED, "aws_vpclattice_service_network.network").join()).toContain("o-a1b2c3d4e5");
  });

  it("lets the proxies made here through, where it is told to let nobody else", () => {
    const narrow = latticeWith({ lattice: { network: { allow: [{ callers: "proxy" }] } } });
    expect(policyOf(narrow, "aws_vpclattice_service_network.network")).toEqual([
      'Allow vpc-lattice-svcs:Invoke on * to {"AWS":"<aws_iam_role.fleet-proxies-task-role.arn>"}',
    ]);
  });

  it("logs every request, where it is asked to", () => {
    const [group, ...others] = LATTICED.resources("aws_vpclattice_access_log_subscription").map(
      ({ attributes }) => attributes.destination_arn,
    );
    expect(LATTICED.follow(group).block.type).toBe("aws_cloudwatch_log_group");
    expect(others).toEqual(["arn:aws:s3:::acme-lattice-logs"]);
    latticeWith({ lattice: { accessLogs: { cloudwatch: false } } }).expectAbsent(
      "aws_vpclattice_access_log_subscription",
    );
  });

  it("is shared with its services, and with those who are named", () => {
    const shared = LATTICED.resources("aws_ram_resource_association").map(({ attributes }) =>
      spelledOut(LATTICED, textOf(attributes.resource_arn)),
    );
    expect(shared).toEqual([
      "<aws_vpclattice_service_network.network.arn>",
      "<aws_vpclattice_service.service-mail.arn>",
      "<aws_vpclattice_service.service-orders.arn>",
      "<aws_vpclattice_service.service-shop.arn>",
    ]);
    expect(LATTICED.count("aws_ram_principal_association")).toBe(2);
    least.expectAbsent("aws_ram_resource_share");
  });

  it("is protected where the environment is", () => {
    LATTICED.resource("aws_vpclattice_service_network", { lifecycle: { prevent_destroy: true } });
    expect(least.resource("aws_vpclattice_service_network").attributes.lifecycle).toBeUndefined();
  });
});

describe("somebody else's service network", () => {
  it("is joined, and neither made, logged nor shared", () => {
    for (const type of ["service_network", "service", "auth_policy", "access_log_subscription"]) {
      LENT.expectAbsent(`aws_vpclattice_${type}`);
    }
    LENT.expectAbsent("aws_ram_resource_share");
    expect(LENT.output("service-network-arn").value).toBe(NETWORK);
  });

  it("takes services that are made here, whose own requests are logged then", () => {
    const joined = latticeWith({ lattice: { network: { existing: { serviceNetworkArn: NETWORK } } } });
    joined.resource("aws_vpclattice_service_network_service_association", { service_network_identifier: NETWORK });
    const { attributes } = joined.resource("aws_vpclattice_access_log_subscription");
    expect(joined.follow(attributes.resource_identifier).block.address).toBe("aws_vpclattice_service.service-shop");
  });
});

describe("a service made here", () => {
  it("may be called by the proxies alone unless it says otherwise", () => {
    expect(policyOf(least, "aws_vpclattice_service.service-shop")).toEqual([
      'Allow vpc-lattice-svcs:Invoke on * to {"AWS":"<aws_iam_role.fleet-proxies-task-role.arn>"}',
    ]);
  });

  it("has as caller the very role that the proxies run under", () => {
    const { block } = least.follow(least.resource("aws_ecs_task_definition").attributes.task_role_arn);
    expect(block.address).toBe("aws_iam_role.fleet-proxies-task-role");
  });

  it("has no policy where it asks nobody for a signature", () => {
    LATTICED.resource("aws_vpclattice_service", { name: "latticed-mail", auth_type: "NONE" });
    LATTICED.expectAbsent("aws_vpclattice_auth_policy", {
      resource_identifier: "${aws_vpclattice_service.service-mail.arn}",
    });
  });

  it("is named after its environment, listens on what it says and has a domain that leads to it", () => {
    LATTICED.resource("aws_vpclattice_service", {
      name: "latticed-shop",
      custom_domain_name: "shop.internal.example.com",
    });
    LATTICED.resource("aws_route53_record", {
      name: "shop.internal.example.com",
      zone_id: "Z1123456789ABCDEFGHIJ",
      alias: { name: /aws_vpclattice_service\.service-shop\.dns_entry/ },
    });
    const other = latticeWith({ lattice: { services: { shop: { ...shop, listener: { protocol: "http" } } } } });
    other.resource("aws_vpclattice_listener", { protocol: "HTTP", port: 80 });
    least.resource("aws_vpclattice_listener", { protocol: "HTTPS", port: 443 });
  });

  it("has its targets in the environment's VPC unless they say otherwise", () => {
    least.resource("aws_vpclattice_target_group", { config: { vpc_identifier: "vpc-0123456789abcdef0" } });
  });
});

describe("without an ingress", () => {
  const environment = latticeEnvironment({
    lattice: { services: { shop: { ...shop, allow: [{ callers: "account" }] } }, hosts: {}, ingress: undefined },
  });
  const stacks = stackTemplates(environment);
  const template = stacks.template("test-lattice");

  it("services are there for whoever is in the VPC, and nothing runs here", () => {
    template.resource("aws_vpclattice_service_network_vpc_association", { vpc_identifier: "vpc-0123456789abcdef0" });
    for (const type of ["aws_lb", "aws_ecs_service", "aws_iam_role", "aws_s3_bucket"]) template.expectAbsent(type);
    expect(Object.keys(objectOf(template.configuration.output))).toEqual([
      "service-network-arn",
      "service-shop-arn",
      "service-shop-domain",
      "reach-security-group-id",
    ]);
  });

  it("callers in the VPC are admitted by the group that stands before the network", () => {
    const { attributes } = template.resource("aws_vpclattice_service_network_vpc_association");
    expect(attributes.security_group_ids).toEqual([template.output("reach-security-group-id").value]);
    const behindEndpoint = LENT.resource("aws_vpc_endpoint").attributes.security_group_ids;
    expect(behindEndpoint).toEqual([LENT.output("reach-security-group-id").value]);
  });

  it("services can be made without a network to reach them from", () => {
    const alone = stackTemplates(
      latticeEnvironment({
        aws: { network: undefined },
        lattice: {
          services: {
            mail: {
              allow: [{ callers: "account" }],
              targets: { send: { kind: "lambda", ids: ["arn:aws:lambda:eu-central-1:111122223333:function:mail"] } },
              defaultTo: { send: 1 },
            },
          },
          hosts: {},
          ingress: undefined,
        },
      }),
    );
    expect(alone.stackIds).toEqual(["test-lattice"]);
    alone.template("test-lattice").expectAbsent("aws_vpclattice_service_network_vpc_association");
  });
});

describe("others learn", () => {
  it.each([
    ["service-network-arn", "aws_vpclattice_service_network.network", "arn"],
    ["service-shop-arn", "aws_vpclattice_service.service-shop", "arn"],
    ["dns-name", "aws_lb.fleet-balancer", "dns_name"],
    ["load-balancer-arn", "aws_lb.fleet-balancer", "arn"],
    ["proxy-security-group-id", "aws_security_group.proxy-group", "id"],
    ["proxy-role-arn", "aws_iam_role.fleet-proxies-task-role", "arn"],
    ["access-log-bucket", "aws_s3_bucket.fleet-access-logs", "bucket"],
    ["cluster-name", "aws_ecs_cluster.fleet-cluster", "name"],
  ])("the %s", (output, address, attribute) => {
    expect(LATTICED.follow(LATTICED.output(output).value)).toMatchObject({ block: { address }, attribute });
  });

  it("each service's domain: its own, or the one that VPC Lattice gives it", () => {
    expect(LATTICED.output("service-shop-domain").value).toBe("shop.internal.example.com");
    expect(textsIn(LATTICED.output("service-mail-domain").value).join()).toContain(
      "aws_vpclattice_service.service-mail.dns_entry",
    );
    expect(LENT.output("service-billing-domain").value).toBe("billing.internal.example.com");
    expect(LENT.output("service-billing-arn").value).toBe(BILLING);
  });
});
