/** Sizes of machines of which the storage on their host is known. */
interface KnownSizes {
  /** Names without `Standard_`; the first group is the number in the name. */
  readonly names: RegExp;
  /** GiB on the host for a disk of the system: the larger of cache and temporary disk, of which Azure takes that. */
  readonly gib: (numberInName: number) => number;
}

const perVcpu = (gib: number) => (vcpus: number) => gib * vcpus;
const none = (): number => 0;

/**
 * What a size's name tells of the storage on its host (Azure Virtual Machines documentation, the page of each series; "Ephemeral OS disks for
 * Azure VMs" for what of it holds a system disk). Sizes that fit no line are unknown, not bad: Azure has new ones every month.
 */
const KNOWN_SIZES: readonly KnownSizes[] = [
  // From the fifth version on, and for Intel's from the fourth, only sizes with a d have a disk of their own.
  { names: /^[DEF][A-Z]*(\d+)(?:-\d+)?(?![a-z]*d)[a-z]*(?:_[A-Z0-9]+)?_v(?:[5-9]|\d{2})$/, gib: none },
  { names: /^[DE](\d+)(?:-\d+)?(?![a-z]*[ad])[a-z]*_v4$/, gib: none },
  // "Ddsv4", "Ddsv5", "Edsv5", "Ebdsv5", "DCadsv5" and their like: a temporary disk of 75 GiB for two virtual CPUs.
  { names: /^[DE]C?(\d+)(?:-\d+)?[a-z]*d[a-z]*_v[45]$/, gib: perVcpu(37.5) },
  // "Ddsv6", "Dadsv6", "Dpdsv6", "Edsv6", "Eadsv6": a disk of 110 GiB for two virtual CPUs.
  { names: /^[DE](\d+)(?:-\d+)?[a-z]*d[a-z]*_v6$/, gib: perVcpu(55) },
  // "Dsv3", "Esv3": a cache of 50 GiB for two virtual CPUs; "Dv3", "Ev3": as much of a temporary disk.
  { names: /^[DE](\d+)(?:-\d+)?i?s?_v3$/, gib: perVcpu(25) },
  // "Dsv2": a cache of 43 GiB for one virtual CPU, and of 72 GiB for two in the series with more memory.
  { names: /^DS([12])(?:_v2)?$/, gib: perVcpu(43) },
  { names: /^DS(11)(?:-1)?(?:_v2)?$/, gib: () => 72 },
  // "Fsv2": a cache of 32 GiB for two virtual CPUs; "Fs": of 12 GiB for one.
  { names: /^F(\d+)s_v2$/, gib: perVcpu(16) },
  { names: /^F(\d+)s$/, gib: perVcpu(12) },
  // "B-series": a cache of 30 GiB, or a temporary disk of 8 GiB for a virtual CPU; "Bsv2", "Basv2", "Bpsv2": nothing.
  { names: /^B(\d+)l?m?s$/, gib: (vcpus) => Math.max(30, 8 * vcpus) },
  { names: /^B(\d+)[a-z]*_v2$/, gib: none },
  // "Av2", and Basic and Standard A: no system disk on the host.
  { names: /^A(\d+)m?(?:_v2)?$/, gib: none },
];

/** A size's name without what all have in common, and without a mark of how it was once sold. */
const bareName = (vmSize: string): string => vmSize.replace(/^Standard_/, "").replace(/_Promo$/, "");

/**
 * How much of the host's own storage a system disk finds on machines of a size, in GiB.
 *
 * @param vmSize as Azure calls it: `Standard_D4ds_v5`
 * @returns `undefined` where the size is not known
 */
export function hostStorageGib(vmSize: string): number | undefined {
  const name = bareName(vmSize);
  for (const { names, gib } of KNOWN_SIZES) {
    const [, numberInName] = names.exec(name) ?? [];
    if (numberInName !== undefined) return gib(Number(numberInName));
  }
  return undefined;
}

/** Virtual CPUs by the number in the name of a size of "Dv2" or "Dsv2", whose numbers are places in a list. */
const VCPUS_OF_PLACE: Readonly<Record<string, number>> = {
  1: 1,
  2: 2,
  3: 4,
  4: 8,
  5: 16,
  11: 2,
  12: 4,
  13: 8,
  14: 16,
  15: 20,
};

/**
 * How many virtual CPUs machines of a size have (Azure Virtual Machines documentation, "Azure virtual machine sizes naming conventions"): the
 * number in the name, or of two numbers the second, to which the first is held down.
 *
 * @returns `undefined` where the name does not tell
 */
export function vcpusOf(vmSize: string): number | undefined {
  const name = bareName(vmSize);
  const [, place, held] = /^DS?(\d+)(?:-(\d+))?(?:_v2)?$/.exec(name) ?? [];
  if (place !== undefined) return held === undefined ? VCPUS_OF_PLACE[place] : Number(held);
  // Of the series A, G, H and N the number is not always that of virtual CPUs.
  const [, vcpus, constrained] = /^[BDEFL][A-Z]*(\d+)(?:-(\d+))?(?:[a-z]|_v[3-9])/.exec(name) ?? [];
  const count = constrained ?? vcpus;
  return count === undefined ? undefined : Number(count);
}

/** Whether a size saves up what it does not use, and has little when it is used. */
export function isBurstable(vmSize: string): boolean {
  return /^B\d/.test(bareName(vmSize));
}
