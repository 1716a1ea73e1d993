import { readFileSync } from "node:fs";
import { join } from "node:path";

import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { ImagebuilderDistributionConfiguration } from "@cdktf/provider-aws/lib/imagebuilder-distribution-configuration";
import { ImagebuilderImage } from "@cdktf/provider-aws/lib/imagebuilder-image";
import { ImagebuilderImagePipeline } from "@cdktf/provider-aws/lib/imagebuilder-image-pipeline";
import { ImagebuilderInfrastructureConfiguration } from "@cdktf/provider-aws/lib/imagebuilder-infrastructure-configuration";
import { ImagebuilderLifecyclePolicy } from "@cdktf/provider-aws/lib/imagebuilder-lifecycle-policy";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import type { AwsPlace } from "../../names";
import { LogGroup } from "../log-group";
import { SecurityGroup } from "../network/security-group";
import type { ApplianceFiles } from "./appliance-files";
import { reportFailedBakes } from "./failed-bakes";
import { ImageRecipe } from "./image-recipe";
import { BakeRole, LifecycleRole } from "./image-roles";

/** A file by its address, and what it must be. */
interface Download {
  readonly url: string;
  readonly sha256: string;
}

/** Properties of {@link ImagePipeline}. */
export interface ImagePipelineProps {
  /** Of the fleet; begins all names. */
  readonly name: string;
  readonly place: AwsPlace;
  /** Further tags of images and of machines that bake, which they do not take from the provider. */
  readonly tags: Readonly<Record<string, string>>;
  /** Absolute path of the folder with the components' documents. */
  readonly documents: string;
  /** SSM parameter with the id of the image to start from. */
  readonly parentParameter: string;
  readonly rootDevice: string;
  /** One arm or two, of which two have a proxy. */
  readonly mode: "one-arm" | "two-arm";
  readonly downloads: { readonly gwlbtun: Download; readonly cloudwatchAgent: Download };
  /** Addresses of rule sets. Empty: that of `suricata-update`. */
  readonly ruleSources: readonly string[];
  readonly files: Pick<ApplianceFiles, "fullBucketName" | "key" | "object" | "objectArn" | "sha256">;
  /** When a new image is baked, in UTC. */
  readonly schedule: { readonly weekday: string; readonly hour: number };
  readonly vpcId: string;
  /** Subnets with a way out; images are baked in the first. */
  readonly subnetIds: readonly string[];
  /** Any of them is taken. */
  readonly instanceTypes: readonly string[];
  readonly kmsKeyArn: string;
  /** The oldest that an appliance gets, in days: what none has started from for longer may go. */
  readonly maxLifetimeDays: number;
  /** SNS topics that are told of a bake that failed. */
  readonly topicArns: readonly string[];
  /** What a machine that bakes needs besides: the way out. */
  readonly after: readonly ITerraformDependable[];
}

/** The least disk that a fleet may have: its appliances start from what is baked here. */
const VOLUME_GB = 10;

/** Images of one recipe that stay, in any case. */
const KEPT_IMAGES = 5;

/** For reports of launches, which come a day late, and for whoever looks when a bake has failed. */
const GRACE_WEEKS = 2;

/** Which must be kept from going: Terraform would make it again. */
const KEPT = { "ringfence:kept-by": "terraform" };

/**
 * Bakes images for the fleet, each week and whenever something changes in what they are made of, and tests each before it says so: in an SSM
 * parameter, which each plan reads.
 */
export class ImagePipeline extends Construct {
  readonly #image: ImagebuilderImage;
  readonly #parameterName: string;

  constructor(scope: Construct, id: string, props: ImagePipelineProps) {
    super(scope, id);
    const { name, place, kmsKeyArn, tags } = props;
    const recipe = this.#recipe(props);
    // Image Builder would make it, in the clear and for ever.
    const log = new LogGroup(this, "log", { name: `/aws/imagebuilder/${name}`, kmsKeyArn });
    const role = new BakeRole(this, "role", {
      name: `${name}-imagebuilder`,
      place,
      objectArn: props.files.objectArn,
      componentArns: recipe.componentArns,
      logGroupArn: log.arn,
      kmsKeyArn,
    });
    const group = new SecurityGroup(this, "group", {
      name: `${name}-image`,
      description: `Machines that bake images of ${name}`,
      vpcId: props.vpcId,
    });
    const anywhere = { cidr: "0.0.0.0/0" };
    const rules = [
      group.allowOut("https-out", anywhere, 443, "AWS, what is baked in, and the sources of rules"),
      group.allowOut("http-out", anywhere, 80, "Packages of the distribution, which are signed"),
    ];
    const infrastructure = new ImagebuilderInfrastructureConfiguration(this, "infrastructure", {
      name,
      description: `Machines that bake images of ${name}`,
      instanceProfileName: role.instanceProfileName,
      instanceTypes: [...props.instanceTypes],
      subnetId: props.subnetIds[0],
      securityGroupIds: [group.id],
      terminateInstanceOnFailure: true,
      instanceMetadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
      resourceTags: { ...tags, Name: `${name}-image` },
    });
    // Below this path Image Builder's own role may write (AWS Managed Policy Reference Guide, "AWSServiceRoleForImageBuilder").
    this.#parameterName = `/imagebuilder/${name}/ami`;
    const distribution = new ImagebuilderDistributionConfiguration(this, "distribution", {
      name,
      description: `Images of ${name}, for this account alone`,
      distribution: [
        {
          region: place.region,
          amiDistributionConfiguration: {
            name: `${name}-{{ imagebuilder:buildDate }}`,
            description: `Appliance of ${name}`,
            kmsKeyId: kmsKeyArn,
            amiTags: { ...tags, Name: name },
          },
          // As text: Systems Manager would look at an AMI's id for a while before it takes it, and Terraform would read the one before.
          ssmParameterConfiguration: [{ parameterName: this.#parameterName, dataType: "text" }],
        },
      ],
    });
    const made = {
      imageRecipeArn: recipe.arn,
      infrastructureConfigurationArn: infrastructure.arn,
      distributionConfigurationArn: distribution.arn,
      // A list of packages, for which the machine would have to be let into Systems Manager's inventory.
      enhancedImageMetadataEnabled: false,
      imageTestsConfiguration: { imageTestsEnabled: true, timeoutMinutes: 60 },
    };
    const dependsOn = [role.policy, log.resource, props.files.object, ...rules, ...props.after];
    this.#image = new ImagebuilderImage(this, "image", {
      ...made,
      tags: { Name: name, ...KEPT },
      timeouts: { create: "120m" },
      // One that cannot be baked leaves the earlier one, and the fleet, as they are.
      lifecycle: { createBeforeDestroy: true },
      dependsOn,
    });
    new ImagebuilderImagePipeline(this, "pipeline", {
      ...made,
      name,
      description: `Bakes images of ${name}`,
      schedule: {
        scheduleExpression: weekly(props.schedule),
        timezone: "Etc/UTC",
        // Each week: packages have updates whether or not the image has that they are installed into.
        pipelineExecutionStartCondition: "EXPRESSION_MATCH_ONLY",
      },
      dependsOn,
    });
    this.#forget(props, recipe);
    reportFailedBakes(this, props);
  }

  /** The id of the newest image that has passed its tests. Each plan reads it anew, and an apply that bakes waits for what it bakes. */
  newest(): string {
    const { insecureValue } = new DataAwsSsmParameter(this, "newest", {
      name: this.#parameterName,
      dependsOn: [this.#image],
    });
    return insecureValue;
  }

  #recipe(props: ImagePipelineProps): ImageRecipe {
    const { files, downloads, ruleSources, mode } = props;
    const documentOf = (name: string): string => readFileSync(join(props.documents, `${name}.yaml`), "utf8");
    return new ImageRecipe(this, "recipe", {
      ...props,
      volumeGb: VOLUME_GB,
      components: [
        {
          name: "install",
          document: documentOf("install"),
          parameters: {
            Bucket: files.fullBucketName,
            BucketOwner: props.place.accountId,
            Key: files.key,
            Sha256: files.sha256,
            GwlbtunUrl: downloads.gwlbtun.url,
            GwlbtunSha256: downloads.gwlbtun.sha256,
            CloudwatchAgentUrl: downloads.cloudwatchAgent.url,
            CloudwatchAgentSha256: downloads.cloudwatchAgent.sha256,
            Mode: mode,
            // No parameter takes an empty value.
            ...(ruleSources.length > 0 && { RuleSources: ruleSources.join(" ") }),
          },
        },
        { name: "test", document: documentOf("test"), parameters: { Mode: mode } },
      ],
    });
  }

  /** Takes away what nobody starts from any more. */
  #forget({ name, place, maxLifetimeDays }: ImagePipelineProps, recipe: ImageRecipe): void {
    const role = new LifecycleRole(this, "lifecycle-role", {
      name: `${name}-image-lifecycle`,
      place,
      recipe: name,
      amiName: name,
    });
    new ImagebuilderLifecyclePolicy(this, "lifecycle", {
      name,
      description: `Old images of ${name}`,
      executionRole: role.arn,
      resourceType: "AMI_IMAGE",
      status: "ENABLED",
      resourceSelection: [{ recipe: [{ name: recipe.name, semanticVersion: recipe.version }] }],
      policyDetail: [
        {
          action: [{ type: "DELETE", includeResources: [{ amis: true, snapshots: true }] }],
          filter: [{ type: "COUNT", value: KEPT_IMAGES }],
          exclusionRules: [
            {
              tagMap: KEPT,
              // The fleet is on it still: an appliance that scales out or reaches its age starts from the launch template's image.
              amis: [{ lastLaunched: [{ unit: "WEEKS", value: Math.ceil(maxLifetimeDays / 7) + GRACE_WEEKS }] }],
            },
          ],
        },
      ],
      dependsOn: [role.policy],
    });
  }
}

/** EC2 Image Builder User Guide, "Use cron expressions in Image Builder": either day of month or day of week is a question mark. */
const weekly = ({ weekday, hour }: ImagePipelineProps["schedule"]): string =>
  `cron(0 ${hour} ? * ${weekday.slice(0, 3)} *)`;
