import { LambdaAlias } from "@cdktf/provider-aws/lib/lambda-alias";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { LambdaProvisionedConcurrencyConfig } from "@cdktf/provider-aws/lib/lambda-provisioned-concurrency-config";
import { Construct } from "constructs";

import type { AwsPlace } from "../../names";
import { BundledFunction } from "../function/bundled-function";
import { vpcStatements } from "../function/vpc-statements";
import { invokeStatements } from "../lattice/invoke";
import type { SecurityGroup } from "../network/security-group";

/** Properties of {@link ProxyFunction}. */
export interface ProxyFunctionProps {
  /** Full name; shortened to fit. */
  readonly name: string;
  readonly place: AwsPlace;
  /** Absolute path of the module that exports the handler. */
  readonly entry: string;
  /** Handler within the bundle. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Private, in several zones. */
  readonly subnetIds: readonly string[];
  /** Of the function; whoever made it lets it out to the services. */
  readonly securityGroup: SecurityGroup;
  /** Services that the function may call by signed requests. */
  readonly signedServiceArns: readonly string[];
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** How many requests may run at once. @default - what the account has left */
  readonly reservedConcurrency?: number;
  /** How many functions are kept ready. @default - none */
  readonly provisionedConcurrency?: number;
  /** Of its log and its variables. */
  readonly kmsKeyArn: string;
}

/** Whom fronts call. Every deployment moves it to the new version once that is whole. */
const ALIAS = "live";

/** A function in a VPC that passes requests on to services of VPC Lattice, signed as its role. */
export class ProxyFunction extends Construct {
  readonly name: string;
  /** As whom it signs. */
  readonly roleArn: string;
  readonly logGroupName: string;
  readonly timeoutSeconds: number;
  /** The alias that fronts call. */
  readonly aliasArn: string;
  /** The same as API Gateway names it. */
  readonly invokeArn: string;
  readonly #alias: LambdaAlias;

  constructor(scope: Construct, id: string, props: ProxyFunctionProps) {
    super(scope, id);
    const { place, kmsKeyArn, securityGroup, subnetIds } = props;
    const lambda = new BundledFunction(this, "function", {
      ...props,
      description: "Passes requests on to services of VPC Lattice",
      statements: [
        ...invokeStatements(props.signedServiceArns),
        ...vpcStatements(props.name, place),
        // Lambda opens the function's variables in its name. No condition on their encryption context: AWS does not document what it holds for
        // versions, and a function that may not open them does not start. What else the key protects, the role may not fetch.
        { sid: "DecryptVariables", actions: ["kms:Decrypt"], resources: [kmsKeyArn] },
      ],
      network: { subnetIds, securityGroupId: securityGroup.id },
      versions: true,
    });
    const alias = new LambdaAlias(this, "alias", {
      name: ALIAS,
      description: "What requests go to",
      functionName: lambda.name,
      functionVersion: lambda.version,
    });
    if (props.provisionedConcurrency !== undefined) {
      new LambdaProvisionedConcurrencyConfig(this, "ready", {
        functionName: lambda.name,
        qualifier: alias.name,
        provisionedConcurrentExecutions: props.provisionedConcurrency,
      });
    }
    this.name = lambda.name;
    this.roleArn = lambda.role.arn;
    this.logGroupName = lambda.logGroup.name;
    this.timeoutSeconds = props.timeoutSeconds;
    this.aliasArn = alias.arn;
    this.invokeArn = alias.invokeArn;
    this.#alias = alias;
  }

  /**
   * Lets one front call the alias, and neither the function itself nor its versions.
   *
   * @param principal the service that calls
   * @param sourceArn in whose name it does
   */
  admit(principal: string, sourceArn: string): LambdaPermission {
    return new LambdaPermission(this, "front", {
      action: "lambda:InvokeFunction",
      functionName: this.name,
      // By reference: a permission for an alias is made after it, and goes with it.
      qualifier: this.#alias.name,
      principal,
      sourceArn,
    });
  }
}
