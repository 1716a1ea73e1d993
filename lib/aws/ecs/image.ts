import { arnOf } from "../../names";
import type { CachedRepository } from "../pull-through-cache";
import { type ExistingSecret, existingSecret, type SecretReference } from "../secret-token";

/** An image and, when Amazon ECR holds it, the repository to be permitted. */
export interface ContainerImage {
  /** As {@link image} writes it. */
  readonly uri: string;
  /** The private repository of Amazon ECR. @default - a registry that needs no permission of AWS */
  readonly repository?: {
    readonly arn: string;
    /** Filled from another registry by a pull-through cache rule. */
    readonly isCache: boolean;
  };
  /** A secret with `username` and `password` for a registry that asks for them. @default - the registry asks for none, or is Amazon ECR */
  readonly credentials?: SecretReference;
}

/**
 * Names one image in a repository. A digest takes the place of the tag: Amazon ECS knows `repository:tag` and
 * `repository@digest`, and no form with both (Amazon ECS API Reference, "ContainerDefinition").
 *
 * Under a tag, all tasks of one deployment run the same image too: Amazon ECS resolves it once for each deployment (Amazon ECS
 * Developer Guide, "Container image resolution").
 *
 * @param repositoryUrl registry and repository, without tag: `docker.io/wallarm/node`
 * @param tag an exact version
 * @param digest `sha256:` and 64 hexadecimal digits
 */
export function image(repositoryUrl: string, tag: string, digest?: string): string {
  return digest === undefined ? `${repositoryUrl}:${tag}` : `${repositoryUrl}@${digest}`;
}

/** A private repository of Amazon ECR by its address: `<account>.dkr.ecr.<region>.amazonaws.com/<name>`. */
const ECR_REPOSITORY = /^(?<accountId>\d{12})\.dkr\.ecr\.(?<region>[a-z0-9-]+)\.amazonaws\.com\/(?<name>.+)$/;

/**
 * The ARN of a private repository of Amazon ECR.
 *
 * @param repositoryUrl with its registry, without tag or digest
 * @returns undefined for a repository of any other registry
 */
export function ecrRepositoryArn(repositoryUrl: string): string | undefined {
  const { accountId, region, name } = ECR_REPOSITORY.exec(repositoryUrl)?.groups ?? {};
  if (accountId === undefined || region === undefined || name === undefined) return undefined;
  return arnOf({ accountId, region }, "ecr", `repository/${name}`);
}

/** Which image, and where it lies. */
export interface WantedImage {
  /** An exact version. */
  readonly version: string;
  /** @default - the version alone says it */
  readonly digest?: string;
  /** The user's own copy, with its registry and without tag. @default - Docker Hub's */
  readonly repository?: string;
  /** How to sign in to a registry that is not Amazon ECR. @default - not at all */
  readonly credentials?: ExistingSecret;
}

/**
 * An image of Docker Hub, from the user's own copy, from the network's cache of Docker Hub, or from Docker Hub itself.
 *
 * @param name repository on Docker Hub: `wallarm/node`
 * @param caches the network's caches, by such names
 */
export function dockerHubImage(
  name: string,
  { version, digest, repository, credentials }: WantedImage,
  caches: Readonly<Record<string, CachedRepository>> = {},
): ContainerImage {
  const { url, arn } =
    repository === undefined
      ? (caches[name] ?? { url: `docker.io/${name}`, arn: undefined })
      : { url: repository, arn: ecrRepositoryArn(repository) };
  // Whether a cache fills somebody else's repository does not show; importing can fill this one only.
  return {
    uri: image(url, version, digest),
    repository: arn === undefined ? undefined : { arn, isCache: true },
    credentials: credentials && existingSecret(credentials),
  };
}
