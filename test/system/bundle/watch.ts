import type { FakeWaf, SetChange } from "../../support/aws";
import type { Clusters } from "./clusters";

/** Looks at every change that the function makes to a set, as it takes effect. */
export class Watch {
  /** What should never have happened. */
  readonly violations: string[] = [];
  /** Times of the function's updates, in milliseconds since 1970. */
  readonly updates: number[] = [];
  readonly #waf: FakeWaf;
  readonly #clusters: Clusters;
  readonly #managed: readonly string[];
  #passBegan = 0;

  /** @param managed names of the sets that are the function's */
  constructor(waf: FakeWaf, clusters: Clusters, managed: readonly string[]) {
    this.#waf = waf;
    this.#clusters = clusters;
    this.#managed = managed;
    waf.onUpdate((change) => {
      if (change.by === "UpdateIPSet") this.#look(change);
    });
  }

  /** A pass begins: what is wanted from now on must stay, and what is not wanted from now on must not come in. */
  passBegins(): void {
    this.#passBegan = this.#clusters.step;
  }

  #look({ name, before, after }: SetChange): void {
    this.updates.push(Date.now());
    if (!this.#managed.includes(name)) this.violations.push(`${name}: written, and not the function's`);
    const held = new Set(this.#managed.flatMap((set) => (set === name ? after : this.#waf.addresses(set))));
    for (const address of before) {
      if (!held.has(address) && this.#clusters.isWantedSince(this.#passBegan, address))
        this.violations.push(`${name}: ${address} is gone, and was wanted throughout`);
    }
    const known = new Set(before);
    for (const address of after) {
      if (!known.has(address) && !this.#clusters.wasWantedSince(this.#passBegan, address))
        this.violations.push(`${name}: ${address} came in, and nobody wanted it`);
    }
  }
}
