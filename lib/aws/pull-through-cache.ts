import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy";
import { EcrPullThroughCacheRule } from "@cdktf/provider-aws/lib/ecr-pull-through-cache-rule";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository";
import { Construct } from "constructs";

/** Properties of {@link PullThroughCache}. */
export interface PullThroughCacheProps {
  /**
   * Begins the name of each repository, up to 30 characters. An account and Region have one rule for a prefix, so it holds the
   * environment's name.
   */
  readonly prefix: string;
  /** Repositories of Docker Hub with their namespace: `wallarm/node`; official images as `library/<name>`. */
  readonly repositories: readonly string[];
  /**
   * Secret with `username` and `accessToken` of a Docker Hub account. Amazon ECR wants its name to begin with
   * `ecr-pullthroughcache/` and the key `aws/secretsmanager` (Amazon ECR User Guide, "Creating a pull through cache rule").
   */
  readonly credentialSecretArn: string;
  readonly kmsKeyArn: string;
}

/** A repository that fills itself from Docker Hub. */
export interface CachedRepository {
  /** Where to pull it from, without tag or digest. */
  readonly url: string;
  readonly arn: string;
}

const DOCKER_HUB = "registry-1.docker.io";

/** Images of one repository that are kept: enough to roll back to. */
const KEPT_IMAGES = 20;

/**
 * Images of Docker Hub, pulled from Amazon ECR: scanned, encrypted, and there when Docker Hub is not. The repositories are made
 * here, so that whoever pulls needs `ecr:BatchImportUpstreamImage` but no right to create any.
 */
export class PullThroughCache extends Construct {
  /** By their names on Docker Hub. */
  readonly repositories: Readonly<Record<string, CachedRepository>>;

  constructor(scope: Construct, id: string, props: PullThroughCacheProps) {
    super(scope, id);
    const rule = new EcrPullThroughCacheRule(this, "rule", {
      ecrRepositoryPrefix: props.prefix,
      upstreamRegistryUrl: DOCKER_HUB,
      credentialArn: props.credentialSecretArn,
    });
    this.repositories = Object.fromEntries(
      props.repositories.map((upstream) => [upstream, this.#addRepository(upstream, props, rule)]),
    );
  }

  #addRepository(upstream: string, props: PullThroughCacheProps, rule: EcrPullThroughCacheRule): CachedRepository {
    const id = upstream.replaceAll("/", "-");
    const repository = new EcrRepository(this, id, {
      name: `${props.prefix}/${upstream}`,
      // A tag that moves upstream does not move here.
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: [{ encryptionType: "KMS", kmsKey: props.kmsKeyArn }],
      // What it holds can be pulled again.
      forceDelete: true,
      dependsOn: [rule],
    });
    new EcrLifecyclePolicy(this, `${id}-lifecycle`, {
      repository: repository.name,
      policy: JSON.stringify({
        rules: [
          {
            rulePriority: 1,
            description: `Keep ${KEPT_IMAGES} images`,
            selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: KEPT_IMAGES },
            action: { type: "expire" },
          },
        ],
      }),
    });
    return { url: repository.repositoryUrl, arn: repository.arn };
  }
}
