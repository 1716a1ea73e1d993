import { hostStorageGib, isBurstable, vcpusOf } from "../../../lib/environment/vm-sizes";

/** Sizes with the larger of cache and temporary disk, in GiB, and their virtual CPUs, from the page of each series. */
const KNOWN: readonly (readonly [size: string, gib: number, vcpus: number])[] = [
  ["Standard_D4s_v5", 0, 4],
  ["Standard_D4ps_v5", 0, 4],
  ["Standard_D2als_v6", 0, 2],
  ["Standard_F4as_v6", 0, 4],
  ["Standard_DC4as_v5", 0, 4],
  ["Standard_E16-8s_v4", 0, 8],
  ["Standard_D4_v4", 0, 4],
  ["Standard_D2ds_v4", 75, 2],
  ["Standard_D2ds_v5", 75, 2],
  ["Standard_D2plds_v5", 75, 2],
  ["Standard_E2bds_v5", 75, 2],
  ["Standard_EC2ads_v5", 75, 2],
  ["Standard_D4ds_v5", 150, 4],
  ["Standard_E8-2ds_v5", 300, 2],
  ["Standard_D2ads_v6", 110, 2],
  ["Standard_D4ds_v6", 220, 4],
  ["Standard_D2s_v3", 50, 2],
  ["Standard_D8s_v3", 200, 8],
  ["Standard_E4s_v3", 100, 4],
  ["Standard_D2_v3", 50, 2],
  ["Standard_DS1_v2", 43, 1],
  ["Standard_DS2_v2", 86, 2],
  ["Standard_DS2_v2_Promo", 86, 2],
  ["Standard_DS11_v2", 72, 2],
  ["Standard_DS11-1_v2", 72, 1],
  ["Standard_F2s_v2", 32, 2],
  ["Standard_F8s_v2", 128, 8],
  ["Standard_F4s", 48, 4],
  ["Standard_B4ms", 32, 4],
  ["Standard_B2s", 30, 2],
  ["Standard_B16ms", 128, 16],
  ["Standard_B4as_v2", 0, 4],
];

it.each(KNOWN)("%s has %d GiB on its host for a system disk, and %d virtual CPUs", (size, gib, vcpus) => {
  expect([hostStorageGib(size), vcpusOf(size)]).toEqual([gib, vcpus]);
});

it.each(["Standard_A2_v2", "Standard_A4m_v2"])("%s has nothing on its host for a system disk", (size) => {
  expect(hostStorageGib(size)).toBe(0);
});

it.each([
  ["Standard_DS3_v2", 4],
  ["Standard_DS12-2_v2", 2],
  ["Standard_D4as_v4", 4],
  ["Standard_DC2ds_v3", 2],
  ["Standard_L8s_v3", 8],
  ["Standard_D4ds_v9", 4],
  ["Standard_M8ms", undefined],
  ["Standard_NC24ads_A100_v4", undefined],
  ["Standard_HB120rs_v3", undefined],
  ["Standard_GS2", undefined],
])("of %s nothing is claimed that its name does not tell", (size, vcpus) => {
  expect([hostStorageGib(size), vcpusOf(size)]).toEqual([undefined, vcpus]);
});

it("knows sizes that save up what they do not use from those that begin with the same letter", () => {
  expect(["Standard_B4ms", "Standard_B2ats_v2"].map(isBurstable)).toEqual([true, true]);
  expect(["Standard_D4ds_v5", "Standard_E4bds_v5"].map(isBurstable)).toEqual([false, false]);
});
