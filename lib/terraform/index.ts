export { EphemeralVariable } from "./escapes";
export { guarded } from "./lifecycle";
export { RingfenceStack, TERRAFORM_VERSION, type RingfenceStackOptions } from "./ringfence-stack";
export { TAG_KEYS } from "./tags";
