import { oneOf, text, wholeNumber } from "../fields";
import { section } from "../shapes";
import { bucketName } from "./state";

/** An account has one identity provider for each issuer (AWS IAM User Guide, "Create an OpenID Connect (OIDC) identity provider in IAM"). */
const oidcProvider = oneOf(["made", "existing"]).default("made");

const hcp = section('{ oidcProvider: "made" }', {
  /**
   * The account's OIDC identity provider for this issuer: made here, or `existing`, made by another environment or somebody else, with
   * the audience `aws.workload.identity`. An account has one. Without `aws` it means nothing.
   * @default "made"
   */
  oidcProvider,
});

const github = section('{ repository: "acme/fences" }', {
  /**
   * The repository whose jobs are let in, spelled as GitHub spells it in a token: `owner/name`, or with the ids that never change,
   * `owner@123456/name@456789`, which is what repositories send that were made or renamed after 15 July 2026
   * (GitHub Docs, "OpenID Connect reference": immutable subject claims).
   */
  repository: text({
    pattern: /^(?:[A-Za-z0-9-]{1,39}\/[\w.-]{1,100}|[A-Za-z0-9-]{1,39}@\d{1,12}\/[\w.-]{1,100}@\d{1,12})$/,
    what: "a repository of GitHub, owner/name, with the ids of both or of neither",
    example: '"acme/fences" or "acme@123456/fences@456789"',
  }),
  /** The branch whose jobs may plan, besides those of pull requests: drift is looked for there. @default "main" */
  branch: text({
    pattern: /^(?!\/)[\w./-]{1,100}(?<!\/)$/,
    what: "the name of a branch, without refs/heads/",
    example: '"main"',
  }).default("main"),
  /**
   * The environment of GitHub whose jobs may apply. Protect it there: whoever it lets through changes what the set made.
   * @default - the name of this environment
   */
  environment: text({
    pattern: /^[\w .-]{1,100}$/,
    what: "the name of an environment of GitHub: letters, digits, spaces, - _ and .",
    example: '"prod"',
  }).optional(),
  /**
   * The account's OIDC identity provider for this issuer: made here, or `existing`, made by another environment or somebody else, with
   * the audience `sts.amazonaws.com`. An account has one. Without `aws` it means nothing.
   * @default "made"
   */
  oidcProvider,
});

const bucket = section("{ oldVersionsDays: 90 }", {
  /** How many days a state that was overwritten can still be brought back. @default 90 */
  oldVersionsDays: wholeNumber("a number of days", 7, 3650).default(90),
  /** Where S3 writes who reads and writes states. @default - nowhere: CloudTrail's data events tell, where an account has them */
  accessLogs: section('{ bucket: "acme-access-logs" }', {
    /** An existing bucket of this account and Region that S3's log delivery may write into. */
    bucket: bucketName,
    /** What the keys of the logs begin with. @default "<state.bucket>/" */
    prefix: text({
      pattern: /^[\w.-]+(\/[\w.-]+)*\/$/,
      what: "a key prefix with a slash at its end",
      example: '"states/"',
    }).optional(),
  }).optional(),
});

/** What has to be there before anything else runs anywhere but on a laptop. */
export const bootstrap = section("{ hcp: {} }", {
  /**
   * Where the state of this very stack lives: `local`, beside the project, as long as nothing else is there to hold it, or
   * `environment`, beside those of the set. Changing it moves nothing; `docs/stacks/bootstrap.md` shows how it is moved.
   * @default "local"
   */
  state: oneOf(["local", "environment"]).default("local"),
  /** Lets in what HCP Terraform runs in the workspaces of this environment. @default - no run there has any rights from here */
  hcp: hcp.optional(),
  /** Lets in jobs of GitHub Actions: those of pull requests plan, those of one environment apply. @default - none */
  github: github.optional(),
  /** The bucket of `state`, made here. @default - it exists already, or there is none */
  bucket: bucket.optional(),
});
