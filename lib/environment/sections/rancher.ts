import { arn, text } from "../fields";
import { listOf, section } from "../shapes";

const BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/rancher/50dc6c495c0c9188";

const balancerArn = arn(
  "the ARN of an Application Load Balancer",
  /elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer\/app\/[\w-]+\/[0-9a-f]+/,
  BALANCER,
);

/** The Rancher server that the fence protects. */
export const rancher = section('{ url: "https://rancher.example.com" }', {
  /** Its address, as people and agents use it. */
  url: text({
    pattern: /^https:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?\/?$/i,
    what: "the HTTPS address of the Rancher server, without a path",
    example: '"https://rancher.example.com"',
  }),
  /**
   * The Application Load Balancers in front of it. A balancer that has a web ACL already must not stand here: AWS allows
   * one each. @default - none: the web ACL is only exported
   */
  loadBalancerArns: listOf(balancerArn, "a list of Application Load Balancers", `["${BALANCER}"]`).default([]),
});
