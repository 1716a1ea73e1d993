import type { AwsPlace } from "../../names";
import type { Widget } from "../dashboard";
import type { ProxyFunction } from "./proxy-function";

/** What receives requests for public hosts and calls a function for each. */
export interface ProxyFront {
  /** For a dashboard. */
  readonly widgets: readonly Widget[];
}

/** What every front is told. */
export interface ProxyFrontProps {
  /** Full name; shortened to fit. */
  readonly name: string;
  readonly place: AwsPlace;
  readonly proxy: ProxyFunction;
  /** Public hosts, of which the first label may be `*`. */
  readonly hosts: readonly string[];
  /** Certificates by the domain that each is for, or one for all. */
  readonly certificates: ReadonlyMap<string, string>;
  /** Route 53 zone for records of the hosts. @default - the records are made elsewhere */
  readonly zoneId?: string;
  /** SNS topics that alarms tell. */
  readonly topicArns: readonly string[];
}
