import { arnOf, type AwsPlace } from "../../names";
import type { PolicyStatement } from "../iam";
import { functionName } from "./bundled-function";

const INTERFACES = [
  "ec2:AssignPrivateIpAddresses",
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:UnassignPrivateIpAddresses",
];

const LOOKS = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"];

/**
 * What Lambda does in a VPC in the name of a function's role, and the function's own code may not: the role's credentials are in its
 * hands. The interfaces of functions have no names beforehand, and Lambda makes one for all functions of a subnet and group (AWS Lambda
 * Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC").
 *
 * @param name of the function, before it is fitted
 */
export function vpcStatements(name: string, place: AwsPlace): readonly PolicyStatement[] {
  const arn = arnOf(place, "lambda", `function:${functionName(name)}`);
  return [
    {
      sid: "KeepInterfaces",
      actions: INTERFACES,
      // A subnet that is shared is its owner's.
      resources: [arnOf(place, "ec2", "*/*"), arnOf({ ...place, accountId: "*" }, "ec2", "subnet/*")],
    },
    { sid: "FindInterfaces", actions: LOOKS, resources: ["*"] },
    {
      sid: "LeaveInterfacesToLambda",
      effect: "Deny",
      actions: [...INTERFACES, ...LOOKS],
      resources: ["*"],
      conditions: { ArnLike: { "lambda:SourceFunctionArn": [arn, `${arn}:*`] } },
    },
  ];
}
