import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import type { Construct } from "constructs";

/** An AMI by its id, or the parameter that holds the id. */
export type ApplianceImage = { readonly amiId: string } | { readonly parameter: string };

/** Ubuntu on AWS documentation, "Find Ubuntu images with SSM": the newest release of a series. */
export function ubuntuParameter(series: string, architecture: "arm64" | "x86_64"): string {
  const cpu = architecture === "arm64" ? "arm64" : "amd64";
  return `/aws/service/canonical/ubuntu/server/${series}/stable/current/${cpu}/hvm/ebs-gp3/ami-id`;
}

/**
 * The id of an image. A parameter is read by each plan, so that a new image is a change to be seen before it replaces the instances.
 */
export function applianceImage(scope: Construct, id: string, image: ApplianceImage): string {
  if ("amiId" in image) return image.amiId;
  return new DataAwsSsmParameter(scope, id, { name: image.parameter }).insecureValue;
}
