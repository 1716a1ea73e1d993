import { allow, named, type Scope } from "../scope";
import { EC2 } from "./ec2";
import { type ActionTable, keysThrough, serviceLinkedRole } from "./table";

const arn = (path: string): string => `imagebuilder:{region}:{account}:${path}`;

/** What EC2 Image Builder keeps for the environment; versions follow the names. */
const OWN = named(
  "Images",
  "imagebuilder",
  arn("component/{environment}-*/*"),
  arn("distribution-configuration/{environment}-*"),
  arn("image/{environment}-*/*"),
  arn("image-pipeline/{environment}-*"),
  arn("image-recipe/{environment}-*/*"),
  arn("infrastructure-configuration/{environment}-*"),
  arn("lifecycle-policy/{environment}-*"),
);

const WORKFLOWS: Scope = {
  sid: "ImageWorkflows",
  service: "imagebuilder",
  resources: ["imagebuilder:{region}:aws:workflow/*"],
  because: "AWS's own workflows build and test an image where none is named",
};

const PARAMETERS: Scope = {
  sid: "ImageParameters",
  service: "ssm",
  resources: ["ssm:{region}:{account}:parameter/imagebuilder/{environment}-*", "ssm:{region}::parameter/aws/service/*"],
  because: "a recipe starts from an image that AWS publishes by a parameter, and what is made is published likewise",
};

const BUILDER_ROLE = allow(
  serviceLinkedRole("ImageBuilderRole", "imagebuilder.amazonaws.com"),
  "CreateServiceLinkedRole",
);
const TAGS = ["TagResource", "UntagResource"];

const kind = (name: string, ...more: readonly string[]): readonly string[] => [
  `Create${name}`,
  `Delete${name}`,
  ...more,
  ...TAGS,
];

const BAKED_FROM = [
  allow(OWN, "GetDistributionConfiguration", "GetImageRecipe", "GetInfrastructureConfiguration"),
  allow(WORKFLOWS, "GetWorkflow"),
  BUILDER_ROLE,
];

/** EC2 Image Builder. */
export const IMAGES: ActionTable = {
  aws_imagebuilder_component: {
    reads: [
      allow(OWN, "GetComponent", "ListTagsForResource"),
      allow(keysThrough("KeysOfImages", "imagebuilder"), "Decrypt"),
    ],
    writes: [
      allow(OWN, ...kind("Component")),
      allow(
        keysThrough("KeysOfImages", "imagebuilder"),
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyWithoutPlaintext",
      ),
    ],
  },
  aws_imagebuilder_image_recipe: {
    reads: [allow(OWN, "GetImageRecipe", "ListTagsForResource")],
    writes: [
      allow(OWN, ...kind("ImageRecipe", "GetComponent", "GetImage")),
      allow(EC2, "DescribeImages"),
      allow(PARAMETERS, "GetParameter"),
    ],
  },
  aws_imagebuilder_infrastructure_configuration: {
    reads: [allow(OWN, "GetInfrastructureConfiguration", "ListTagsForResource")],
    writes: [
      allow(OWN, ...kind("InfrastructureConfiguration", "UpdateInfrastructureConfiguration")),
      allow(EC2, "DescribeAvailabilityZones", "DescribeHosts"),
    ],
    passesRoleTo: "ec2.amazonaws.com",
  },
  aws_imagebuilder_distribution_configuration: {
    reads: [allow(OWN, "GetDistributionConfiguration", "ListTagsForResource")],
    writes: [
      allow(OWN, ...kind("DistributionConfiguration", "UpdateDistributionConfiguration")),
      allow(EC2, "DescribeLaunchTemplates"),
      allow(PARAMETERS, "GetParameter"),
    ],
  },
  aws_imagebuilder_image: {
    reads: [allow(OWN, "GetImage", "ListTagsForResource")],
    writes: [allow(OWN, ...kind("Image", "CancelImageCreation")), ...BAKED_FROM],
  },
  aws_imagebuilder_image_pipeline: {
    reads: [allow(OWN, "GetImagePipeline", "ListTagsForResource")],
    writes: [allow(OWN, ...kind("ImagePipeline", "UpdateImagePipeline")), ...BAKED_FROM],
  },
  aws_imagebuilder_lifecycle_policy: {
    reads: [allow(OWN, "GetLifecyclePolicy", "ListTagsForResource")],
    writes: [allow(OWN, ...kind("LifecyclePolicy", "UpdateLifecyclePolicy"))],
    passesRoleTo: "imagebuilder.amazonaws.com",
  },
};
