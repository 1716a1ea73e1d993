import type {
  KubernetesClusterMaintenanceWindow,
  KubernetesClusterMaintenanceWindowAutoUpgrade,
} from "@cdktf/provider-azurerm/lib/kubernetes-cluster";

/** Hours of one day of every week, in UTC. */
export interface WeeklyWindow {
  /** Day on which it begins: `Sunday`. */
  readonly day: string;
  /** Full hour at which it begins, 0 to 23. */
  readonly startHour: number;
  /** How long it lasts; Azure wants four hours or more, and its weekly releases end with their day. */
  readonly hours: number;
}

/** When a cluster may be worked on, by what is done. */
export interface MaintenanceWindows {
  /** Azure's own weekly releases: control plane and add-ons. */
  readonly releases: WeeklyWindow;
  /** New Kubernetes versions of the cluster's upgrade channel. */
  readonly kubernetes: WeeklyWindow;
  /** New images or patches of the nodes' operating system. */
  readonly nodeOs: WeeklyWindow;
}

/** The window of Azure's weekly releases, which is written as a list of hours. */
export function releaseWindow({ day, startHour, hours }: WeeklyWindow): KubernetesClusterMaintenanceWindow {
  return { allowed: [{ day, hours: Array.from({ length: hours }, (_, index) => startHour + index) }] };
}

/** The window of what an upgrade channel does. */
export function upgradeWindow({ day, startHour, hours }: WeeklyWindow): KubernetesClusterMaintenanceWindowAutoUpgrade {
  return {
    frequency: "Weekly",
    interval: 1,
    dayOfWeek: day,
    startTime: `${String(startHour).padStart(2, "0")}:00`,
    utcOffset: "+00:00",
    duration: hours,
  };
}
