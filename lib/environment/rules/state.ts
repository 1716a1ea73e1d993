import { arnParts } from "../fields";
import { type CrossFieldRule, fault } from "./rule";

/** Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys": the key lies in the bucket's Region. */
export const stateKeyInRegion: CrossFieldRule = ({ state }) => {
  if (state === undefined || !("kmsKeyArn" in state) || state.kmsKeyArn === undefined) return [];
  if (state.region === undefined || arnParts(state.kmsKeyArn).region === state.region) return [];
  return [
    fault(
      ["state", "kmsKeyArn"],
      `lies in another Region than the bucket, ${state.region}`,
      state.kmsKeyArn,
      "write a key of that Region, or correct state.region",
    ),
  ];
};
