import { ImagebuilderComponent } from "@cdktf/provider-aws/lib/imagebuilder-component";
import { ImagebuilderImageRecipe } from "@cdktf/provider-aws/lib/imagebuilder-image-recipe";
import { Construct } from "constructs";

import { contentVersion } from "./content-version";

/** EC2 Image Builder API Reference, "CreateComponent": characters of a document. */
const MOST_DOCUMENT_CHARACTERS = 16_000;

/** Properties of {@link ImageRecipe}. */
export interface ImageRecipeProps {
  /** Name of the recipe, and beginning of its components'. */
  readonly name: string;
  /** SSM parameter with the id of the image to start from, read by each build. */
  readonly parentParameter: string;
  /** Components in their order: name, document, and the values of its parameters. */
  readonly components: readonly {
    readonly name: string;
    readonly document: string;
    readonly parameters: Readonly<Record<string, string>>;
  }[];
  /** Root disk of the image, and its size in GiB. */
  readonly rootDevice: string;
  readonly volumeGb: number;
  readonly kmsKeyArn: string;
}

/**
 * What an image is made of. Image Builder keeps recipes and components as they are: whatever changes makes new ones of another version, which
 * are there before the old ones go.
 */
export class ImageRecipe extends Construct {
  readonly arn: string;
  /** Name and version of the recipe that is there. */
  readonly name: string;
  readonly version: string;
  readonly componentArns: readonly string[];

  /** @throws Error for a document that Image Builder would not take */
  constructor(scope: Construct, id: string, props: ImageRecipeProps) {
    super(scope, id);
    const { name, components, kmsKeyArn, parentParameter, rootDevice, volumeGb } = props;
    const made = components.map(({ name: part, document }) => {
      if (document.length > MOST_DOCUMENT_CHARACTERS) {
        throw new Error(
          `the component ${part} has ${document.length} characters, and at most ${MOST_DOCUMENT_CHARACTERS} are taken`,
        );
      }
      return new ImagebuilderComponent(this, part, {
        name: `${name}-${part}`,
        platform: "Linux",
        version: contentVersion(document),
        data: document,
        kmsKeyId: kmsKeyArn,
        lifecycle: { createBeforeDestroy: true },
      });
    });
    const recipe = new ImagebuilderImageRecipe(this, "Resource", {
      name,
      version: contentVersion({ components, parentParameter, rootDevice, volumeGb }),
      parentImage: `ssm:${parentParameter}`,
      component: made.map(({ arn }, place) => ({
        componentArn: arn,
        parameter: Object.entries(components[place]?.parameters ?? {}).map(([key, value]) => ({ name: key, value })),
      })),
      blockDeviceMapping: [
        {
          deviceName: rootDevice,
          ebs: {
            volumeType: "gp3",
            volumeSize: volumeGb,
            encrypted: "true",
            kmsKeyId: kmsKeyArn,
            deleteOnTermination: "true",
          },
        },
      ],
      // People reach appliances by it.
      systemsManagerAgent: { uninstallAfterBuild: false },
      lifecycle: { createBeforeDestroy: true },
    });
    this.arn = recipe.arn;
    this.name = recipe.name;
    this.version = recipe.version;
    this.componentArns = made.map(({ arn }) => arn);
  }
}
