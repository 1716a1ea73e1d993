import { RunTrigger } from "@cdktf/provider-tfe/lib/run-trigger";
import { Workspace as TfeWorkspace } from "@cdktf/provider-tfe/lib/workspace";
import { WorkspaceSettings } from "@cdktf/provider-tfe/lib/workspace-settings";
import { Construct } from "constructs";

import { guarded } from "../terraform";

/** HCP Terraform documentation, "Run triggers": workspaces whose runs may start those of one. */
const MOST_SOURCES = 20;

/** Where a workspace's configuration is committed. */
export interface Committed {
  /** The repository, as its host names it: `acme/platform`. */
  readonly repository: string;
  /** @default - the repository's default branch */
  readonly branch?: string;
  /** The folder of this workspace's configuration. */
  readonly folder: string;
  /** The organization's connection to the host; or the other one. */
  readonly oauthTokenId?: string;
  readonly githubAppInstallationId?: string;
}

/** What a workspace is to be. */
export interface WorkspaceProps {
  readonly name: string;
  readonly description: string;
  readonly projectId: string;
  /** An exact version. */
  readonly terraformVersion: string;
  /** Whether a run that another workspace's has started is applied without a person. */
  readonly autoApplyTriggered: boolean;
  /** @default - configurations come with each run, from Terraform's command line */
  readonly committed?: Committed;
  readonly tags: Readonly<Record<string, string>>;
  /** Whether neither the workspace nor what it holds may be destroyed. */
  readonly protect: boolean;
}

/** How Terraform runs in a workspace, and who may read its state. */
export interface WorkspaceRuns {
  readonly executionMode: "remote" | "agent" | "local";
  readonly agentPoolId?: string;
  readonly autoApply: boolean;
  /** Whether HCP Terraform looks for drift by itself. */
  readonly assessments: boolean;
  /** Workspaces whose runs read this one's state. Nobody else's can. */
  readonly readers: readonly Workspace[];
}

/**
 * A workspace of HCP Terraform. One that still manages something is not deleted: the provider asks for the deletion that HCP Terraform
 * refuses then.
 */
export class Workspace extends Construct {
  readonly id: string;
  #sources = 0;

  constructor(scope: Construct, id: string, props: WorkspaceProps) {
    super(scope, id);
    const { committed } = props;
    this.id = new TfeWorkspace(this, "Resource", {
      name: props.name,
      description: props.description,
      projectId: props.projectId,
      terraformVersion: props.terraformVersion,
      autoApplyRunTrigger: props.autoApplyTriggered,
      allowDestroyPlan: !props.protect,
      // Else all would plan at once when they are made, those that read others' states before there are any.
      queueAllRuns: false,
      workingDirectory: committed?.folder,
      vcsRepo: committed && {
        identifier: committed.repository,
        branch: committed.branch,
        oauthTokenId: committed.oauthTokenId,
        githubAppInstallationId: committed.githubAppInstallationId,
      },
      tags: props.tags,
      ignoreAdditionalTags: true,
      lifecycle: guarded(props.protect),
    }).id;
  }

  /**
   * Says how Terraform runs here. It is a resource of its own, because the workspace's own arguments for it are deprecated, and because
   * two workspaces may read each other's states only where sharing stands apart from both.
   */
  run({ executionMode, agentPoolId, autoApply, assessments, readers }: WorkspaceRuns): void {
    new WorkspaceSettings(this, "settings", {
      workspaceId: this.id,
      executionMode,
      agentPoolId,
      autoApply,
      assessmentsEnabled: assessments,
      globalRemoteState: false,
      remoteStateConsumerIds: readers.map((reader) => reader.id),
    });
  }

  /**
   * Has a run that applied in another workspace start one here.
   *
   * @throws Error when HCP Terraform would refuse one more
   */
  runAfter(source: Workspace): void {
    this.#sources += 1;
    if (this.#sources > MOST_SOURCES) {
      throw new Error(`${this.node.id} waits for more than the ${MOST_SOURCES} workspaces that HCP Terraform takes`);
    }
    new RunTrigger(this, `after-${source.node.id}`, { workspaceId: this.id, sourceableId: source.id });
  }
}
