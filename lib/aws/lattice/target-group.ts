import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import {
  VpclatticeTargetGroup,
  type VpclatticeTargetGroupConfigA as TargetGroupConfig,
  type VpclatticeTargetGroupConfigHealthCheck as HealthCheckConfig,
} from "@cdktf/provider-aws/lib/vpclattice-target-group";
import { VpclatticeTargetGroupAttachment } from "@cdktf/provider-aws/lib/vpclattice-target-group-attachment";
import { type ITerraformDependable, Token } from "cdktf";
import { Construct } from "constructs";

import { fitName, NAME_RULES } from "../../names";

/** How requests reach what listens on a port. */
interface Listening {
  /** @default - 80, or 443 for `https` */
  readonly port?: number;
  /** With `https` nobody verifies the target's certificate. */
  readonly protocol: "http" | "https";
  readonly protocolVersion: "http1" | "http2" | "grpc";
  /** @default - the VPC given for the whole service */
  readonly vpcId?: string;
}

/** What a healthy target answers. */
export interface LatticeHealthCheck {
  readonly path: string;
  /** Status codes: `200`, `200-299`. */
  readonly matcher: string;
  /** @default - the port of the requests */
  readonly port?: number;
  /** There is no check in gRPC. @default "http1" */
  readonly protocolVersion?: "http1" | "http2";
}

/** What answers requests. */
export type LatticeTargets =
  | (Listening & {
      readonly kind: "instance" | "ip";
      /** Ids of instances, or addresses of one family. With none, others register them. */
      readonly ids: readonly string[];
      /** @default - with `http1`: the path `/` with 200; otherwise none, and every target counts as healthy */
      readonly healthCheck?: LatticeHealthCheck;
    })
  | (Listening & {
      readonly kind: "alb";
      /** ARN of the one internal Application Load Balancer, which checks its targets itself. */
      readonly ids: readonly string[];
    })
  | {
      readonly kind: "lambda";
      /** ARN of the one function of this account and Region, or of its alias or version. */
      readonly ids: readonly string[];
    };

/** Properties of {@link LatticeTargetGroup}. */
export interface LatticeTargetGroupProps {
  /** Begins the name, which is shortened to fit. */
  readonly name: string;
  readonly targets: LatticeTargets;
  /** Where targets stand that name no VPC. @default - there are none such */
  readonly vpcId?: string;
}

/**
 * How targets are judged; Amazon VPC Lattice User Guide, "Health checks for your VPC Lattice target groups" has the ranges. A target is
 * out after 30 seconds of failures, and in again after 20 of successes; a new one is in with its first.
 */
const HEALTH_CHECK = {
  healthCheckIntervalSeconds: 10,
  healthCheckTimeoutSeconds: 5,
  healthyThresholdCount: 2,
  unhealthyThresholdCount: 3,
} as const;

/**
 * Targets of one kind, and what requests they get.
 *
 * All but the health check is fixed when the group is made. What is fixed is part of the name, so a change makes a new group beside the
 * old one; that one goes when it has its targets and the listener forwards there, if the listener depends on {@link registered}.
 */
export class LatticeTargetGroup extends Construct {
  readonly arn: string;
  readonly id: string;
  /** Exists once all targets are registered, functions with leave to be called. */
  readonly registered: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { name, targets, vpcId }: LatticeTargetGroupProps) {
    super(scope, id);
    const group = new VpclatticeTargetGroup(this, "Resource", {
      name: fitName([name, ...fixedPartsOf(targets)].join("-"), NAME_RULES.latticeTargetGroup),
      type: targets.kind.toUpperCase(),
      config: configOf(targets, vpcId),
      tags: { Name: name },
      lifecycle: REPLACED_FIRST,
    });
    this.arn = group.arn;
    this.id = group.id;
    const leave = targets.kind === "lambda" ? targets.ids.map((arn) => this.#letInvoke(arn, group.arn)) : [];
    this.registered = targets.ids.map(
      (target) =>
        new VpclatticeTargetGroupAttachment(this, `target-${targetName(target)}`, {
          targetGroupIdentifier: group.id,
          target: { id: target, port: targets.kind === "lambda" ? undefined : portOf(targets) },
          lifecycle: REPLACED_FIRST,
          dependsOn: leave,
        }),
    );
  }

  /** VPC Lattice grants this by itself only to those who register a function by hand. */
  #letInvoke(functionArn: string, sourceArn: string): LambdaPermission {
    const [name, qualifier] = splitFunctionArn(functionArn);
    return new LambdaPermission(this, `invoke-${targetName(functionArn)}`, {
      functionName: name,
      qualifier,
      action: "lambda:InvokeFunction",
      principal: "vpc-lattice.amazonaws.com",
      sourceArn,
      lifecycle: REPLACED_FIRST,
    });
  }
}

/** A listener that points to a group keeps it from being deleted, and requests need targets at any moment. */
const REPLACED_FIRST = { createBeforeDestroy: true } as const;

/** Of a function's event: the newer form, which tells repeated headers and parameters apart. */
const LAMBDA_CONFIG: TargetGroupConfig = { lambdaEventStructureVersion: "V2" };

function configOf(targets: LatticeTargets, vpcId: string | undefined): TargetGroupConfig {
  if (targets.kind === "lambda") return LAMBDA_CONFIG;
  return {
    port: portOf(targets),
    protocol: targets.protocol.toUpperCase(),
    protocolVersion: targets.protocolVersion.toUpperCase(),
    vpcIdentifier: targets.vpcId ?? vpcId,
    ipAddressType: targets.kind === "ip" ? familyOf(targets.ids) : undefined,
    healthCheck: targets.kind === "alb" ? undefined : healthCheckOf(targets),
  };
}

function healthCheckOf(targets: LatticeTargets & { readonly kind: "instance" | "ip" }): HealthCheckConfig {
  const { protocol, protocolVersion } = targets;
  const check = targets.healthCheck ?? (protocolVersion === "http1" ? { path: "/", matcher: "200" } : undefined);
  if (check === undefined) return { enabled: false };
  return {
    enabled: true,
    protocol: protocol.toUpperCase(),
    protocolVersion: (check.protocolVersion ?? "http1").toUpperCase(),
    // Left out, it would stay what it was.
    port: check.port ?? portOf(targets),
    path: check.path,
    matcher: { value: check.matcher },
    ...HEALTH_CHECK,
  };
}

function portOf({ port, protocol }: Listening): number {
  return port ?? (protocol === "https" ? 443 : 80);
}

function familyOf(addresses: readonly string[]): string {
  return addresses.some((address) => address.includes(":")) ? "IPV6" : "IPV4";
}

/** What cannot change in place. A VPC whose id is known only later cannot change without all that stands in it. */
function fixedPartsOf(targets: LatticeTargets): readonly string[] {
  if (targets.kind === "lambda") return ["lambda"];
  const { kind, protocol, protocolVersion, vpcId } = targets;
  return [
    kind,
    protocol,
    protocolVersion,
    String(portOf(targets)),
    ...(kind === "ip" && familyOf(targets.ids) === "IPV6" ? ["ipv6"] : []),
    ...(vpcId === undefined || Token.isUnresolved(vpcId) ? [] : [vpcId]),
  ];
}

/** A target as part of a construct's id. Targets of one group that differ have ids that differ. */
function targetName(target: string): string {
  return target.replace(/^arn:[^:]*:[^:]*:[^:]*:[^:]*:/, "").replaceAll(/[^\w-]/g, "-");
}

/** Name or ARN, and qualifier, of `arn:…:function:<name>[:<qualifier>]`. */
function splitFunctionArn(arn: string): readonly [string, string | undefined] {
  const parts = arn.split(":");
  return [parts.slice(0, 7).join(":"), parts[7]];
}
