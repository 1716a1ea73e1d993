import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { arnOf, type AwsPlace, fitName, NAME_RULES } from "../../names";
import { ServiceRole } from "../iam";
import type { BundledFunction } from "./bundled-function";

/** Properties of {@link Schedule}. */
export interface ScheduleProps {
  readonly name: string;
  readonly place: AwsPlace;
  readonly target: BundledFunction;
  readonly everyMinutes: number;
  /** The event that the function gets. */
  readonly payload: Readonly<Record<string, string>>;
  /** What must be there before the first run, which comes at once, besides the function. @default - nothing */
  readonly after?: readonly ITerraformDependable[];
}

/**
 * Hands a function an event at a fixed rate. What could not be handed over within one period is dropped: the next run does the same
 * work. What Lambda does with an event that it has accepted is a setting of the function, one for all its schedules.
 */
export class Schedule extends Construct {
  constructor(scope: Construct, id: string, props: ScheduleProps) {
    super(scope, id);
    const { target, everyMinutes, place } = props;
    const role = new ServiceRole(this, "role", {
      name: `${props.name}-schedule`,
      description: `Starts ${props.name}`,
      service: "scheduler.amazonaws.com",
      trustConditions: {
        StringEquals: {
          "aws:SourceAccount": place.accountId,
          "aws:SourceArn": arnOf(place, "scheduler", "schedule-group/default"),
        },
      },
      statements: [{ sid: "StartFunction", actions: ["lambda:InvokeFunction"], resources: [target.arn] }],
    });
    new SchedulerSchedule(this, "Resource", {
      name: fitName(props.name, NAME_RULES.schedule),
      scheduleExpression: everyMinutes === 1 ? "rate(1 minute)" : `rate(${everyMinutes} minutes)`,
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: target.arn,
        roleArn: role.arn,
        input: JSON.stringify(props.payload),
        retryPolicy: { maximumEventAgeInSeconds: everyMinutes * 60, maximumRetryAttempts: 0 },
      },
      // The first run comes at once, and would be lost without the permission.
      dependsOn: [role.policy, ...(props.after ?? [])],
    });
  }
}
