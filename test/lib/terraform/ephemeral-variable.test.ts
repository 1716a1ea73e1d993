import { EphemeralVariable } from "../../../lib/terraform";
import { Template } from "../../support/template";
import { appInProject, prod, TestStack } from "./stack";

test("an ephemeral variable is what CDKTF makes of it, and ephemeral", () => {
  const stack = new TestStack(appInProject(), prod(), "edge", { clouds: [] });
  const variable = new EphemeralVariable(stack, "token", { type: "string", description: "A token", sensitive: true });
  variable.addValidation({ condition: "${var.token != null}", errorMessage: "There must be one." });
  expect(Template.of(stack).configuration.variable).toEqual({
    token: {
      type: "string",
      description: "A token",
      sensitive: true,
      ephemeral: true,
      validation: [{ condition: "${var.token != null}", error_message: "There must be one." }],
    },
  });
});
