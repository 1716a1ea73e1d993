export { BaseStack, TERRAFORM_VERSION } from "./base-stack";
export { EphemeralVariable, type Postcondition, requireOfState } from "./escapes";
export { guarded } from "./lifecycle";
export { describeState, type OtherState, readState } from "./other-state";
export { note } from "./note";
export { type IamBounds, iamBoundsOf, RingfenceStack, type RingfenceStackOptions } from "./ringfence-stack";
export { TAG_KEYS } from "./tags";
