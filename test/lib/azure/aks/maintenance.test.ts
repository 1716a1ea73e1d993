import { releaseWindow, upgradeWindow, type WeeklyWindow } from "../../../../lib/azure/aks/maintenance";

const window: WeeklyWindow = { dayOfWeek: "Sunday", startTime: "02:00", utcOffset: "+00:00", durationHours: 4 };

it("writes the window of an upgrade channel with its own clock", () => {
  expect(upgradeWindow({ ...window, utcOffset: "-08:00" })).toEqual({
    frequency: "Weekly",
    interval: 1,
    dayOfWeek: "Sunday",
    startTime: "02:00",
    utcOffset: "-08:00",
    duration: 4,
  });
});

it.each<[string, Partial<WeeklyWindow>, unknown]>([
  ["in UTC", {}, [{ day: "Sunday", hours: [2, 3, 4, 5] }]],
  ["east of it", { utcOffset: "+01:00" }, [{ day: "Sunday", hours: [1, 2, 3, 4] }]],
  ["west of it", { utcOffset: "-08:00" }, [{ day: "Sunday", hours: [10, 11, 12, 13] }]],
  [
    "on two days, over the end of the week",
    { utcOffset: "+03:00" },
    [
      { day: "Sunday", hours: [0, 1, 2] },
      { day: "Saturday", hours: [23] },
    ],
  ],
  [
    "on two days, by its length",
    { dayOfWeek: "Monday", startTime: "22:00" },
    [
      { day: "Monday", hours: [22, 23] },
      { day: "Tuesday", hours: [0, 1] },
    ],
  ],
  ["with half an hour over, as the full hours within", { utcOffset: "-05:30" }, [{ day: "Sunday", hours: [8, 9, 10] }]],
])("writes the window of Azure's releases as hours in UTC: %s", (_, change, allowed) => {
  expect(releaseWindow({ ...window, ...change })).toEqual({ allowed });
});

it("fills a day with a window of 24 hours", () => {
  const { allowed } = releaseWindow({ ...window, startTime: "00:00", durationHours: 24 });
  expect(allowed).toEqual([{ day: "Sunday", hours: Array.from({ length: 24 }, (_, hour) => hour) }]);
});
