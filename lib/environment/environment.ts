import type { z } from "zod";

import type { DeepPartial, DeepReadonly } from "./deep";
import type { environmentSchema } from "./schema";

/** What an environment file says: every field that has a default may be left out. */
export type EnvironmentInput = DeepReadonly<z.input<typeof environmentSchema>>;

/** A validated environment, defaults filled in, frozen. */
export type Environment = DeepReadonly<z.output<typeof environmentSchema>>;

/** An environment some of whose fields were refused, and are therefore missing: what cross-field rules work on. */
export type PartialEnvironment = DeepPartial<Environment>;

/** The AWS section of an environment. */
export type AwsEnvironment = NonNullable<Environment["aws"]>;

/** The allowlist section of an environment. */
export type AllowlistEnvironment = NonNullable<Environment["allowlist"]>;

/** What a cluster made elsewhere leaves from: ranges, or the output of another Terraform state that has them. */
export type ClusterAddresses = AllowlistEnvironment["clusters"][string];

/** The inspection section of an environment. */
export type InspectionEnvironment = NonNullable<Environment["inspection"]>;

/** What the spokes of an environment may reach. */
export type EgressPolicyEnvironment = NonNullable<InspectionEnvironment["policy"]>;

/** One edge of the Wallarm section of an environment. */
export type WallarmEnvironment = NonNullable<Environment["wallarm"]>[string];

/** The bootstrap section of an environment. */
export type BootstrapEnvironment = NonNullable<Environment["bootstrap"]>;

/** The Azure section of an environment. */
export type AzureEnvironment = NonNullable<Environment["azure"]>;

/** One AKS cluster of an environment. */
export type AksEnvironment = NonNullable<Environment["aks"]>[string];

/** The Rancher section of an environment. */
export type RancherEnvironment = NonNullable<Environment["rancher"]>;

/** How one cluster joins Rancher, whether the environment makes it or it was made elsewhere. */
export type RegistrationEnvironment = NonNullable<AksEnvironment["rancher"]> | RancherEnvironment["clusters"][string];

/** The VPC Lattice section of an environment. */
export type LatticeEnvironment = NonNullable<Environment["lattice"]>;

/** A service network that is made here. */
export type MadeLatticeNetwork = Exclude<LatticeEnvironment["network"], { readonly existing: unknown }>;

/** One service of VPC Lattice, made here or existing. */
export type LatticeServiceEnvironment = LatticeEnvironment["services"][string];

/** A service of VPC Lattice that is made here. */
export type MadeLatticeService = Exclude<LatticeServiceEnvironment, { readonly existing: unknown }>;

/** One statement of an auth policy: who may call what. */
export type LatticeStatement = NonNullable<MadeLatticeService["allow"]>[number];

/** One target group of a service. */
export type LatticeTargetsEnvironment = MadeLatticeService["targets"][string];

/** One route of a service. */
export type LatticeRouteEnvironment = MadeLatticeService["routes"][number];

/** How those outside of VPC Lattice get in. */
export type LatticeIngressEnvironment = NonNullable<LatticeEnvironment["ingress"]>;

/** A way in by proxies that always run. */
export type LatticeFleetEnvironment = Extract<LatticeIngressEnvironment, { readonly kind: "fleet" }>;

/** A way in by a function, with what it is reached by. */
export type LatticeFunctionEnvironment = Extract<LatticeIngressEnvironment, { readonly kind: "lambda" }>;

/** Where one public host leads. */
export type LatticeHostEnvironment = LatticeEnvironment["hosts"][string];
