import { AnnotationMetadataEntryType, type TerraformStack } from "cdktf";

/**
 * Tells whoever synthesizes what is worth knowing and no mistake: `npm start` prints it, and so does CDKTF's own command line.
 *
 * @param message one line, without the name of the stack
 */
export function note(stack: TerraformStack, message: string): void {
  // CDKTF's Annotations would write down where in the code that was, and so paths of one machine.
  stack.node.addMetadata(AnnotationMetadataEntryType.INFO, message);
}
