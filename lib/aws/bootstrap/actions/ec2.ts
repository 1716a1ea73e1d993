import { allow, claimed, type Grant, made, mentioned, owned, regional, retagged, type Scope } from "../scope";

/** Everything of EC2 in the Region: what begins with Describe takes no narrower resource. */
export const EC2 = regional("Ec2Read", "ec2");

const arns = (kinds: readonly string[]): readonly string[] => kinds.map((kind) => `ec2:{region}:{account}:${kind}/*`);

/** Own resources of some kinds, as ARNs name them: `route-table`. */
export function own(...kinds: readonly string[]): Scope {
  return owned("Ec2", "ec2", ...arns(kinds));
}

/** What it takes to make a kind with its tags, and to change its other tags afterwards. */
export function making(kind: string, action: string): readonly Grant[] {
  return [allow(made("Ec2", "ec2", ...arns([kind])), action), ...tagging(kind)];
}

/** Tags of a kind, and the environment's own on what carries no environment's yet. */
export function tagging(...kinds: readonly string[]): readonly Grant[] {
  return [
    allow(claimed("Ec2", "ec2", ...arns(kinds)), "CreateTags"),
    allow(retagged("Ec2", "ec2", ...arns(kinds)), "CreateTags", "DeleteTags"),
  ];
}

const FOREIGN_KINDS = {
  "prefix-list": /\bpl-[0-9a-f]{8,17}\b/g,
  "security-group": /\bsg-[0-9a-f]{8,17}\b/g,
  subnet: /\bsubnet-[0-9a-f]{8,17}\b/g,
  "transit-gateway": /\btgw-[0-9a-f]{8,17}\b/g,
  "transit-gateway-attachment": /\btgw-attach-[0-9a-f]{8,17}\b/g,
  vpc: /\bvpc-[0-9a-f]{8,17}\b/g,
} as const;

/** Some actions on a kind, whether the environment made it or the set names one made elsewhere. */
export function onOwnOrNamed(kind: keyof typeof FOREIGN_KINDS, ...actions: readonly string[]): readonly Grant[] {
  return [
    allow(own(kind), ...actions),
    allow(mentioned("Ec2Named", "ec2", FOREIGN_KINDS[kind], `ec2:{region}:*:${kind}/$&`), ...actions),
  ];
}
