import { KNOWLEDGE_KEYS } from "./contract";
import { parseDescription, textDigest } from "./description";
import type { TextStore } from "./store";
import type { ListedSet } from "./waf";

/** A content that a set had, or was about to have. */
interface Known {
  readonly text: string;
  readonly digest: string;
  /** The token under which the set has this content, if an answer of WAF said so. */
  readonly lockToken: string | undefined;
}

/**
 * What the function knows of the sets without reading them: in memory while it is warm, in a bucket for the next cold start.
 *
 * Knowledge is never believed for its own sake. It counts when WAF still lists the token under which the content was seen, or a
 * description that names the content's digest; then it spares a read. Where it fails, the set is read.
 */
export interface Knowledge {
  /** What the listed set holds, or nothing when that has to be read. */
  recall(set: ListedSet): Promise<string | undefined>;
  /** What the set held when its description was written, which it may no longer do. */
  described(set: ListedSet): Promise<string | undefined>;
  /** The set is about to be written: should the answer get lost, the description will tell whether it was. */
  expect(set: ListedSet, text: string): void;
  /** The set holds this, as an answer of WAF says. */
  remember(set: ListedSet, text: string): void;
  /** What a plan of this digest would have removed. */
  recallPlan(digest: string): Promise<string | undefined>;
  rememberPlan(digest: string, text: string): void;
  /**
   * Waits until everything is stored.
   *
   * @returns what went wrong since the last time; nothing depends on it
   */
  settle(): Promise<readonly string[]>;
}

/** The knowledge of one instance of the function. */
export function createKnowledge(store: TextStore): Knowledge {
  const memory = new Map<string, readonly Known[]>();
  const pending = new Map<string, Promise<void>>();
  const plans = new Set<string>();
  let faults: string[] = [];

  const note = (error: unknown): undefined => {
    faults.push(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  };
  /** A text from the bucket, if it is the one that was asked for. */
  const fetch = async (key: string, digest: string): Promise<string | undefined> => {
    const text = await store.get(key).catch(note);
    return text !== undefined && textDigest(text) === digest ? text : undefined;
  };
  const put = (key: string, text: string): void => {
    // One after the other for each key: of two that overtake each other, the older might stay.
    const before = pending.get(key) ?? Promise.resolve();
    pending.set(key, before.then(() => store.put(key, text)).catch(note));
  };
  const known = (name: string): readonly Known[] => memory.get(name) ?? [];

  const described = async (set: ListedSet): Promise<string | undefined> => {
    const digest = parseDescription(set.description)?.digest;
    if (digest === undefined) return undefined;
    if (digest === textDigest("")) return "";
    const inMemory = known(set.name).find((content) => content.digest === digest);
    if (inMemory !== undefined) return inMemory.text;
    const text = await fetch(KNOWLEDGE_KEYS.set(set.name), digest);
    if (text !== undefined) memory.set(set.name, [{ text, digest, lockToken: undefined }]);
    return text;
  };

  return {
    described,

    async recall(set) {
      return known(set.name).find(({ lockToken }) => lockToken === set.lockToken)?.text ?? (await described(set));
    },

    expect({ name }, text) {
      memory.set(name, [{ text, digest: textDigest(text), lockToken: undefined }, ...known(name).slice(0, 1)]);
    },

    remember({ name, lockToken }, text) {
      memory.set(name, [{ text, digest: textDigest(text), lockToken }]);
      put(KNOWLEDGE_KEYS.set(name), text);
    },

    recallPlan: (digest) => fetch(KNOWLEDGE_KEYS.plan(digest), digest),

    rememberPlan(digest, text) {
      if (plans.has(digest)) return;
      plans.add(digest);
      put(KNOWLEDGE_KEYS.plan(digest), text);
    },

    async settle() {
      await Promise.all(pending.values());
      pending.clear();
      const found = faults;
      faults = [];
      return found;
    },
  };
}
