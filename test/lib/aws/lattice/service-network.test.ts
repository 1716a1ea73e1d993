import { existingServiceNetwork, ServiceNetwork } from "../../../../lib/aws/lattice/service-network";
import { build } from "../load-balancer/edge";
import { buildLattice } from "./lattice";

const POLICY = "aws_vpclattice_auth_policy";
const EXISTING = "arn:aws:vpc-lattice:eu-central-1:444455556666:servicenetwork/sn-0123456789abcdef0";

describe("a service network", () => {
  it("asks for signatures, and refuses everything without a policy", () => {
    const template = build((stack) => {
      new ServiceNetwork(stack, "network", { name: "prod-lattice", protect: false });
    });
    template.resource("aws_vpclattice_service_network", { auth_type: "AWS_IAM", name: "prod-lattice" });
    template.expectAbsent(POLICY);
  });

  it("has the given policy, by its ARN as the provider asks", () => {
    const template = buildLattice();
    const policy = template.resource(POLICY, { policy: /:root/ });
    expect(template.follow(policy.attributes.resource_identifier)).toMatchObject({
      attribute: "arn",
      block: { type: "aws_vpclattice_service_network" },
    });
  });

  it("is joined by nothing before its policy stands", () => {
    const template = buildLattice();
    const policy = template.resource(POLICY, { policy: /:root/ }).address;
    for (const type of [
      "aws_vpclattice_service_network_vpc_association",
      "aws_vpclattice_service_network_service_association",
    ]) {
      expect(template.resource(type).attributes.depends_on).toContain(policy);
    }
    expect(buildLattice({ reach: "endpoint" }).resource("aws_vpc_endpoint").attributes.depends_on).toContain(policy);
  });

  it("outlives the stack where the environment is protected", () => {
    buildLattice({ protect: true }).resource("aws_vpclattice_service_network", {
      lifecycle: { prevent_destroy: true },
    });
    buildLattice().resource("aws_vpclattice_service_network", { lifecycle: undefined });
  });

  it("of somebody else is left as it is", () => {
    const template = buildLattice({ networkArn: EXISTING });
    template.expectAbsent("aws_vpclattice_service_network");
    template.expectAbsent(POLICY, { policy: /:root/ });
    for (const type of [
      "aws_vpclattice_service_network_vpc_association",
      "aws_vpclattice_service_network_service_association",
    ]) {
      template.resource(type, { service_network_identifier: EXISTING });
    }
    expect(existingServiceNetwork(EXISTING)).toMatchObject({ arn: EXISTING, id: "sn-0123456789abcdef0" });
  });
});
