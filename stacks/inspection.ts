import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import type { Construct } from "constructs";

import { cidr, planInspection } from "../lib/addresses";
import { Dashboard } from "../lib/aws/dashboard";
import { EncryptionKey } from "../lib/aws/encryption-key";
import { LOGS, METRIC_NAMESPACE } from "../lib/aws/inspection/appliance-contract";
import { ApplianceFiles } from "../lib/aws/inspection/appliance-files";
import { ApplianceFleet, ROOT_DEVICES } from "../lib/aws/inspection/appliance-fleet";
import { applianceGroup } from "../lib/aws/inspection/appliance-group";
import { type ApplianceImage, applianceImage, ubuntuParameter } from "../lib/aws/inspection/appliance-image";
import { ApplianceRole } from "../lib/aws/inspection/appliance-role";
import { settingsOf } from "../lib/aws/inspection/appliance-settings";
import { GatewayLoadBalancer } from "../lib/aws/inspection/gateway-load-balancer";
import { ImagePipeline } from "../lib/aws/inspection/image-pipeline";
import { InspectionAlarms, inspectionWidgets, logTables } from "../lib/aws/inspection/inspection-alarms";
import { InspectionRoutes } from "../lib/aws/inspection/inspection-routes";
import { InspectionVpc } from "../lib/aws/inspection/inspection-vpc";
import { PolicyObject } from "../lib/aws/inspection/policy-object";
import { type Spoke, TransitRouting } from "../lib/aws/inspection/transit-routing";
import { TransitShare } from "../lib/aws/inspection/transit-share";
import type { ZipStore } from "../lib/aws/inspection/stored-zip";
import type { TwoArms } from "../lib/aws/inspection/two-arm-rights";
import { S3_BYTES, settingsFile, userData } from "../lib/aws/inspection/user-data";
import { LogGroup } from "../lib/aws/log-group";
import { FlowLogs } from "../lib/aws/network/flow-logs";
import type { AwsEnvironment, Environment, InspectionEnvironment } from "../lib/environment";
import { compilePolicy } from "../lib/egress-policy";
import { availabilityZone, fitName, NAME_RULES, stackId } from "../lib/names";
import { note, RingfenceStack, TAG_KEYS } from "../lib/terraform";
import type { AwsNetworkOutputs, TransitOutputs } from "./aws-network";

/** What other stacks may know of the inspection. */
export interface InspectionOutputs {
  /** What an endpoint in another VPC is made for: `com.amazonaws.vpce.<region>.vpce-svc-…`. */
  readonly endpointServiceName: string;
  /** Endpoints of the inspection VPC, by the letter of the zone. */
  readonly endpointIds: Readonly<Record<string, string>>;
}

/** What the stack needs besides the environment's common sections. */
export interface InspectionProps {
  readonly aws: AwsEnvironment;
  readonly inspection: InspectionEnvironment;
  /** Zone letters of the network. */
  readonly zones: readonly string[];
  readonly network: AwsNetworkOutputs;
}

/** The appliance's files. */
const APPLIANCE = resolve(__dirname, "..", "appliance");

/**
 * Small types with much network for their price, the preferred one first (Amazon EC2 Instance Types, "Network optimized" and "Compute
 * optimized"): the second and third are for zones that have no more of the first.
 */
const INSTANCE_TYPES = {
  arm64: ["c7gn.large", "c6gn.large", "c7g.large"],
  x86_64: ["c6in.large", "c5n.large", "c7i.large"],
} as const;

/** By how much EC2 forgets a connection later than the load balancer, in seconds: as much as the appliance itself (`bin/load-firewall`). */
const FORGET_LATER_SECONDS = 10;

type BuiltImage = Extract<InspectionEnvironment["image"], { readonly built: unknown }>["built"];

/** What the appliances stand among. */
interface Surroundings {
  readonly name: string;
  readonly key: EncryptionKey;
  readonly vpc: InspectionVpc;
  readonly balancer: GatewayLoadBalancer;
  readonly routes: InspectionRoutes;
  readonly spokes: readonly Spoke[];
}

/**
 * A VPC in the way out of all spokes: what they send comes through the transit gateway, passes an appliance behind a Gateway Load
 * Balancer, and leaves through a NAT gateway with a fixed address. Replies go the same way back.
 *
 * A connection stays in one zone of this VPC, which the gateway chooses and which need not be the one it came from (Amazon VPC Transit
 * Gateways, "Appliance in a shared services VPC"): a zone without appliances is felt in all zones, and what leaves has any of the addresses.
 */
export class InspectionStack extends RingfenceStack {
  readonly outputs: InspectionOutputs;

  constructor(scope: Construct, environment: Environment, { aws, inspection, zones, network }: InspectionProps) {
    super(scope, environment, "inspection", { clouds: ["aws"] });
    const { protect } = environment;
    const name = stackId(environment.name, "inspection");
    const transit = transitOf(network);
    const spokes = [
      { name: "own", attachmentId: transit.attachmentId, cidrs: [network.cidr] },
      ...Object.entries(inspection.spokes).map(([spoke, settings]): Spoke => ({ name: `of-${spoke}`, ...settings })),
    ];

    const key = new EncryptionKey(this, "key", {
      alias: name,
      description: `Data and logs of ${name}`,
      place: aws,
      protect,
      disks: true,
    });
    const vpc = new InspectionVpc(this, "network", {
      name,
      cidr: inspection.network.cidr,
      plan: planInspection(cidr(inspection.network.cidr), zones),
      availabilityZone: (zone) => availabilityZone(aws.region, zone),
    });
    new FlowLogs(this, "flow-logs", { name, place: aws, vpcId: vpc.vpc.id, kmsKeyArn: key.arn });
    const balancer = new GatewayLoadBalancer(this, "balancer", {
      ...inspection,
      name,
      vpcId: vpc.vpc.id,
      subnetIds: vpc.subnetIds("appliance"),
      deregistrationDelaySeconds: deregistrationDelay(inspection),
      protect,
    });
    const routes = new InspectionRoutes(this, "routes", {
      name,
      network: vpc,
      internalCidrs: spokes.flatMap(({ cidrs }) => cidrs),
      egressAllocationIds: transit.egressAllocationIds,
      endpointServiceName: balancer.endpointServiceName,
      mode: inspection.mode,
    });
    const fleet = this.#fleet(
      environment,
      { aws, inspection, zones, network },
      { name, key, vpc, balancer, routes, spokes },
    );
    const transitRouting = new TransitRouting(this, "transit", {
      name,
      transitGatewayId: transit.transitGatewayId,
      vpcId: vpc.vpc.id,
      subnetIds: vpc.subnetIds("attachment"),
      spokes,
      betweenSpokes: inspection.betweenSpokes,
      after: [...routes.attachmentRoutes, ...fleet.groups],
    });
    routes.leadToSpokes(transit.transitGatewayId, transitRouting.attachment);
    this.#watch(environment, { aws, inspection, zones, network }, { name, balancer, transitRouting });
    if (inspection.share) {
      new TransitShare(this, "share", {
        name,
        place: aws,
        transitGatewayId: transit.transitGatewayId,
        principals: inspection.share.principals,
      });
    }

    if (protect && inspection.fleet.minPerZone === 1) {
      const share = `one connection in ${zones.length}`;
      note(
        this,
        `a zone whose one appliance fails loses ${share} of every spoke until it is replaced: fleet.minPerZone of 2 does not`,
      );
    }

    this.outputs = { endpointServiceName: balancer.endpointServiceName, endpointIds: routes.endpointIds };
    this.publish("endpoint-service-name", balancer.endpointServiceName, "Make Gateway Load Balancer endpoints for it");
  }

  /** The appliances, with what they boot from, write into and are watched by. */
  #fleet(environment: Environment, props: InspectionProps, around: Surroundings): ApplianceFleet {
    const { aws, inspection, zones, network } = props;
    const { name, key, vpc, balancer, routes, spokes } = around;
    const { protect } = environment;
    const { fleet, image } = inspection;
    const groupNames = groupNamesOf(name, zones);

    const logGroups = LOGS.filter((log) => log !== "proxy" || inspection.mode === "two-arm").map(
      (log) => new LogGroup(this, `${log}-log`, { name: `/ringfence/${name}/${log}`, kmsKeyArn: key.arn }),
    );
    const bucketName = fitName(`${name}-files-${aws.accountId}-${aws.region}`, NAME_RULES.s3Bucket);
    const files = new ApplianceFiles(this, "files", {
      bucketName,
      name,
      folder: APPLIANCE,
      kmsKeyArn: key.arn,
      protect,
    });
    const policy = this.#policy({ inspection, network }, name, files.store);
    const role = new ApplianceRole(this, "role", {
      name,
      place: aws,
      objectArn: files.objectArn,
      policyObjectArn: policy?.arn,
      logGroupArns: logGroups.map(({ arn }) => arn),
      groupNames: Object.values(groupNames),
      kmsKeyArn: key.arn,
      twoArms: twoArmsOf(inspection, { [TAG_KEYS.stack]: name, Name: name }),
    });
    const group = applianceGroup(this, "group", {
      name,
      vpcId: vpc.vpc.id,
      vpcCidr: inspection.network.cidr,
      installs: "plain" in image,
      sendsForOthers: inspection.mode === "two-arm",
    });
    const settings = settingsOf({
      ...inspection,
      fleet: name,
      region: aws.region,
      downloads: "plain" in image ? image : undefined,
      vpcCidr: inspection.network.cidr,
      homeNetworks: spokes.flatMap(({ cidrs }) => cidrs),
      policy: policy && { bucket: bucketName, key: policy.key },
    });
    const imageId =
      "built" in image
        ? this.#bake(environment, props, { name, key, vpc, routes }, files, image.built)
        : applianceImage(this, "image", imageOf(image, fleet.architecture));
    return new ApplianceFleet(this, "fleet", {
      ...fleet,
      name,
      tags: this.tags,
      deregistrationDelaySeconds: deregistrationDelay(inspection),
      zones: vpc.zones.map(({ zone, appliance }) => ({
        zone,
        subnetId: appliance.subnetId,
        groupName: groupNames[zone] ?? name,
      })),
      imageId,
      rootDevice: ROOT_DEVICES[systemOf(image)],
      instanceTypes: instanceTypesOf(inspection),
      userData: userData(
        readFileSync(join(APPLIANCE, "user-data.sh"), "utf8"),
        {
          settings: settingsFile(settings),
          region: aws.region,
          key: files.key,
          sha256: files.sha256,
        },
        {
          bucket: { value: files.bucketName, mostBytes: S3_BYTES.bucket },
          versionId: { value: files.versionId, mostBytes: S3_BYTES.versionId },
        },
      ),
      instanceProfileArn: role.instanceProfileArn,
      securityGroupId: group.id,
      forgetTcpSeconds:
        inspection.mode === "two-arm" ? inspection.tcpIdleTimeoutSeconds + FORGET_LATER_SECONDS : undefined,
      targetGroupArn: balancer.targetGroupArn,
      kmsKeyArn: key.arn,
      after: [
        role.policy,
        balancer.listener,
        ...group.rules,
        ...routes.applianceRoutes,
        ...logGroups.map(({ resource }) => resource),
        ...(policy ? [policy.object] : []),
      ],
    });
  }

  /** Bakes what appliances start from: the newest image, or the one that was named. */
  #bake(
    { notify }: Environment,
    { aws, inspection }: InspectionProps,
    { name, key, vpc, routes }: Pick<Surroundings, "name" | "key" | "vpc" | "routes">,
    files: ApplianceFiles,
    built: BuiltImage,
  ): string {
    const { fleet, rules } = inspection;
    const pipeline = new ImagePipeline(this, "image", {
      name,
      place: aws,
      tags: this.tags,
      documents: join(APPLIANCE, "image"),
      parentParameter: ubuntuParameter("24.04", fleet.architecture),
      rootDevice: ROOT_DEVICES[built.os],
      mode: inspection.mode,
      downloads: built,
      ruleSources: rules.sources,
      files,
      schedule: built.schedule,
      vpcId: vpc.vpc.id,
      subnetIds: vpc.subnetIds("appliance"),
      instanceTypes: instanceTypesOf(inspection),
      kmsKeyArn: key.arn,
      maxLifetimeDays: fleet.maxLifetimeDays,
      topicArns: notify.alarmTopicArns,
      after: routes.applianceRoutes,
    });
    return built.amiId ?? pipeline.newest();
  }

  /** What spokes may reach, where appliances fetch it; nothing where they may reach everything. */
  #policy(
    { inspection, network }: Pick<InspectionProps, "inspection" | "network">,
    name: string,
    store: ZipStore,
  ): PolicyObject | undefined {
    const { policy, mode, action, spokes } = inspection;
    if (policy === undefined) return undefined;
    const others = Object.entries(spokes).map(([spoke, { cidrs }]) => [spoke, cidrs] as const);
    const networks = { own: [network.cidr], ...Object.fromEntries(others) };
    if (policy.default === "alert" || policy.discovery) {
      const why = policy.discovery ? "policy.discovery is true" : 'policy.default is "alert"';
      const where =
        mode === "two-arm" ? `groups /ringfence/${name}/policy and /proxy` : `group /ringfence/${name}/policy`;
      note(this, `${why}: nothing is denied, and what would be stands in the log ${where}`);
    }
    const { files, digest } = compilePolicy(policy, { mode, action, networks });
    this.publish("policy-digest", digest, "Which policy appliances have at work, in their health records");
    return new PolicyObject(this, "policy", { name, files, store });
  }

  /** Who is told when something is wrong, and where everybody can look. */
  #watch(
    { notify }: Environment,
    { aws, inspection, zones }: InspectionProps,
    { name, balancer, transitRouting }: Pick<Surroundings, "name" | "balancer"> & { transitRouting: TransitRouting },
  ): void {
    const watched = {
      name,
      namespace: METRIC_NAMESPACE,
      balancer: balancer.arnSuffix,
      targetGroup: balancer.targetGroupArnSuffix,
      zones: Object.fromEntries(zones.map((zone) => [zone, availabilityZone(aws.region, zone)])),
      hasPolicy: inspection.policy !== undefined,
      mode: inspection.mode,
    };
    new InspectionAlarms(this, "alarms", {
      ...watched,
      onFailure: inspection.onFailure,
      rulesMaxAgeDays: inspection.rules.maxAgeDays,
      bootSeconds: inspection.fleet.bootSeconds,
      attachment: transitRouting.attachment,
      topicArns: notify.alarmTopicArns,
    });
    new Dashboard(this, "dashboard", {
      name,
      place: aws,
      widgets: [...inspectionWidgets(watched, Object.values(groupNamesOf(name, zones))), ...logTables(watched)],
    });
  }
}

/** Names of the Auto Scaling groups by the letter of their zone. */
const groupNamesOf = (name: string, zones: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(zones.map((zone) => [zone, `${name}-${zone}`]));

/** @throws Error when the network leaves another way */
function transitOf({ transit }: AwsNetworkOutputs): TransitOutputs {
  if (transit === undefined) throw new Error("the network does not leave through inspection");
  return transit;
}

/** What appliances with two arms may besides. */
function twoArmsOf({ mode, proxy }: InspectionEnvironment, tags: TwoArms["tags"]): TwoArms | undefined {
  if (mode !== "two-arm") return undefined;
  const { bump } = proxy ?? {};
  return { tags, authority: bump && { secretArn: bump.caSecretArn, kmsKeyArn: bump.kmsKeyArn } };
}

/** As long as a connection may be silent, unless it is said. */
const deregistrationDelay = ({ deregistrationDelaySeconds, tcpIdleTimeoutSeconds }: InspectionEnvironment): number =>
  deregistrationDelaySeconds ?? tcpIdleTimeoutSeconds;

const instanceTypesOf = ({ fleet }: InspectionEnvironment): readonly string[] =>
  fleet.instanceTypes ?? INSTANCE_TYPES[fleet.architecture];

/** The system that an image is of. */
function systemOf(image: InspectionEnvironment["image"]): keyof typeof ROOT_DEVICES {
  if ("built" in image) return image.built.os;
  return "baked" in image ? image.os : image.plain;
}

/** What appliances start from that is not baked here. */
function imageOf(
  image: Exclude<InspectionEnvironment["image"], { readonly built: unknown }>,
  architecture: InspectionEnvironment["fleet"]["architecture"],
): ApplianceImage {
  if ("baked" in image) return image.baked;
  const { amiId } = image;
  return amiId === undefined ? { parameter: ubuntuParameter("24.04", architecture) } : { amiId };
}
