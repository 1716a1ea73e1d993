import { z } from "zod";

import { arn } from "../fields";

/** Who hears of alarms. */
export const notify = z.strictObject({
  /** SNS topics that every alarm notifies, when it fires and when it ends. @default - none: alarms show in the console only */
  alarmTopicArns: z
    .array(
      arn("the ARN of an SNS topic", /sns:[a-z0-9-]+:\d{12}:[\w-]+/, "arn:aws:sns:eu-central-1:111122223333:alarms"),
    )
    .default([]),
});
