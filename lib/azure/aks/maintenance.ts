import type {
  KubernetesClusterMaintenanceWindow,
  KubernetesClusterMaintenanceWindowAutoUpgrade,
} from "@cdktf/provider-azurerm/lib/kubernetes-cluster";

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;

/** Some hours of every week. */
export interface WeeklyWindow {
  /** Day on which it begins. */
  readonly dayOfWeek: (typeof DAYS)[number];
  /** Full hour at which it begins: `02:00`. */
  readonly startTime: string;
  /** Distance of `startTime` from UTC: `+01:00`. */
  readonly utcOffset: string;
  /** 4 to 24; Azure advises four or more. */
  readonly durationHours: number;
}

/** When a cluster may be worked on, by what is done. */
export interface MaintenanceWindows {
  /** Azure's own weekly releases: control plane and add-ons. */
  readonly planned: WeeklyWindow;
  /** New Kubernetes versions of the cluster's upgrade channel. */
  readonly autoUpgrade: WeeklyWindow;
  /** New images or patches of the nodes' operating system. */
  readonly nodeOs: WeeklyWindow;
}

/** The window of what an upgrade channel does. */
export function upgradeWindow(window: WeeklyWindow): KubernetesClusterMaintenanceWindowAutoUpgrade {
  return {
    frequency: "Weekly",
    interval: 1,
    dayOfWeek: window.dayOfWeek,
    startTime: window.startTime,
    utcOffset: window.utcOffset,
    duration: window.durationHours,
  };
}

const HOURS_OF_DAY = 24;
const HOURS_OF_WEEK = DAYS.length * HOURS_OF_DAY;

/**
 * The window of Azure's weekly releases, which is written as hours of days in UTC. Where the distance from UTC is no full hour,
 * these are the full hours within the window.
 */
export function releaseWindow(window: WeeklyWindow): KubernetesClusterMaintenanceWindow {
  const start = DAYS.indexOf(window.dayOfWeek) * HOURS_OF_DAY + hoursOf(window.startTime) - hoursOf(window.utcOffset);
  const first = Math.ceil(start);
  const count = Math.floor(start + window.durationHours) - first;
  const hours = Array.from({ length: count }, (_, index) => (first + index + HOURS_OF_WEEK) % HOURS_OF_WEEK);
  const allowed = DAYS.map((day, index) => ({
    day,
    hours: hours.filter((hour) => Math.floor(hour / HOURS_OF_DAY) === index).map((hour) => hour % HOURS_OF_DAY),
  }));
  return { allowed: allowed.filter((slot) => slot.hours.length > 0) };
}

/** `+05:30` or `05:30` as 5.5, `-05:30` as -5.5. */
function hoursOf(time: string): number {
  const [, sign, hours, minutes] = /^([+-]?)(\d\d):(\d\d)$/.exec(time) ?? [];
  const distance = Number(hours) + Number(minutes) / 60;
  return sign === "-" ? -distance : distance;
}
