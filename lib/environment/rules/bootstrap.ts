import { letsIn } from "../bootstrap-facts";
import type { PartialEnvironment } from "../environment";
import type { Fault } from "../violation";
import { type CrossFieldRule, fault } from "./rule";

/** Rights are for something, and a bucket is for states. */
export const bootstrapDoesSomething: CrossFieldRule = ({ bootstrap, aws, azure }, isRefused) => {
  if (bootstrap === undefined) return [];
  const hasPart = letsIn(bootstrap) || bootstrap.bucket !== undefined;
  if (!hasPart && !["hcp", "github", "bucket"].some((part) => isRefused(["bootstrap", part]))) {
    return [fault(["bootstrap"], "makes nothing", undefined, "add hcp, github or bucket, or leave the section out")];
  }
  const hasCloud = aws !== undefined || azure !== undefined || isRefused(["aws"]) || isRefused(["azure"]);
  return letsIn(bootstrap) && !hasCloud
    ? [
        fault(
          ["bootstrap"],
          "lets runs in, and there is neither 'aws' nor 'azure' to let them into",
          undefined,
          "add a cloud's section, or leave this one out",
        ),
      ]
    : [];
};

/** Who is let in keeps the set's states where its next run finds them. */
export const trustFitsState: CrossFieldRule = ({ bootstrap, state }, isRefused) => {
  if (state === undefined || isRefused(["state"])) return [];
  const faults: Fault[] = [];
  if (bootstrap?.hcp !== undefined && state.kind !== "hcp") {
    faults.push(
      fault(
        ["bootstrap", "hcp"],
        "lets in runs of HCP Terraform, and the states of this environment are not there",
        undefined,
        'write state: { kind: "hcp", organization, project }, or leave hcp out',
      ),
    );
  }
  if (bootstrap?.github !== undefined && state.kind === "local") {
    faults.push(
      fault(
        ["bootstrap", "github"],
        "lets in jobs of GitHub Actions, and a local state ends with the job",
        undefined,
        'write a state of kind "s3" or "hcp", or leave github out',
      ),
    );
  }
  if (bootstrap?.hcp !== undefined && state.kind === "hcp" && state.hostname?.includes(":")) {
    faults.push(
      fault(
        ["state", "hostname"],
        "names a port, and neither AWS nor Azure takes an issuer with one",
        state.hostname,
        "serve Terraform Enterprise at port 443, or leave bootstrap.hcp out",
      ),
    );
  }
  return faults;
};

/** A run elsewhere has neither a laptop's profiles nor rights to become somebody else: it signs in as what bootstrap made for it. */
export const runsSignInThemselves: CrossFieldRule = ({ bootstrap, aws, state }) => {
  if (!letsIn(bootstrap)) return [];
  const unknown = (path: readonly string[], found: unknown): readonly Fault[] =>
    found === undefined
      ? []
      : [
          fault(
            path,
            "is not there where bootstrap lets runs in: they sign in as its roles",
            typeof found === "string" ? found : undefined,
            "leave it out; on a laptop set AWS_PROFILE",
          ),
        ];
  return [
    ...unknown(["aws", "profile"], aws?.profile),
    ...unknown(["aws", "assumeRole"], aws?.assumeRole),
    ...(state?.kind === "s3" ? unknown(["state", "profile"], state.profile) : []),
  ];
};

/** What runs make has names that begin with the environment's, and what they may change follows from that. */
export const statesAreOutOfReach: CrossFieldRule = ({ name, bootstrap, aws, state }) => {
  if (!letsIn(bootstrap) || aws === undefined || name === undefined || state?.kind !== "s3") return [];
  return state.bucket?.startsWith(`${name}-`)
    ? [
        fault(
          ["state", "bucket"],
          "begins like the names of what the set makes, so that its runs could empty and delete it",
          state.bucket,
          "choose a name that begins otherwise",
        ),
      ]
    : [];
};

/** The bucket that is made is the one that the states go to. */
export const bucketFitsState: CrossFieldRule = (environment, isRefused) => {
  const { bootstrap, state, aws } = environment;
  if (bootstrap?.bucket === undefined || state === undefined || isRefused(["state"])) return [];
  const path = ["bootstrap", "bucket"];
  if (state.kind !== "s3") {
    return [
      fault(
        path,
        "makes the bucket of the states, and they go to none",
        undefined,
        'write state: { kind: "s3", bucket, region }, or leave bucket out',
      ),
    ];
  }
  if (aws === undefined) {
    return isRefused(["aws"])
      ? []
      : [
          fault(
            path,
            "needs the section 'aws', in whose account it is made",
            undefined,
            "add aws, or leave bucket out",
          ),
        ];
  }
  return [...bucketIsMadeHere(state, aws), ...keyIsMadeHere(state)];
};

type S3State = Extract<NonNullable<PartialEnvironment["state"]>, { readonly kind?: "s3" }>;

function bucketIsMadeHere(state: S3State, aws: NonNullable<PartialEnvironment["aws"]>): readonly Fault[] {
  const faults: Fault[] = [];
  if (state.region !== undefined && aws.region !== undefined && state.region !== aws.region) {
    faults.push(
      fault(
        ["state", "region"],
        `is not aws.region, ${aws.region}, where bootstrap makes the bucket`,
        state.region,
        "write the same Region, or leave bootstrap.bucket out",
      ),
    );
  }
  // The wildcard of S3's own certificate covers no dot (Amazon S3 User Guide, "General purpose bucket naming rules").
  if (state.bucket?.includes(".")) {
    faults.push(
      fault(
        ["state", "bucket"],
        "holds a dot, with which no virtual-hosted address has a valid certificate",
        state.bucket,
        "use hyphens in the name of a bucket that bootstrap makes",
      ),
    );
  }
  if (state.roleArn !== undefined) {
    faults.push(
      fault(
        ["state", "roleArn"],
        "stands between the runs and a bucket that admits them itself",
        state.roleArn,
        "leave it out, or leave bootstrap.bucket out",
      ),
    );
  }
  return faults;
}

/** A key named here would be another than the one that is made, or would be dropped as soon as it is named. */
function keyIsMadeHere(state: S3State): readonly Fault[] {
  return state.kmsKeyArn === undefined
    ? []
    : [
        fault(
          ["state", "kmsKeyArn"],
          "names a key, and the bucket that bootstrap makes brings its own, which encrypts all in it unasked",
          state.kmsKeyArn,
          "leave it out, or leave bootstrap.bucket out",
        ),
      ];
}
