export { EphemeralVariable } from "./escapes";
export { guarded } from "./lifecycle";
export { note } from "./note";
export { RingfenceStack, TERRAFORM_VERSION, type RingfenceStackOptions } from "./ringfence-stack";
export { TAG_KEYS } from "./tags";
