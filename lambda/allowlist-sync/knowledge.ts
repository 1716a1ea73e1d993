import type { Approval } from "./approval";
import { KNOWLEDGE_KEYS } from "./contract";
import { addressesIn, parseDescription, textDigest, textOf } from "./description";
import type { TextStore } from "./store";
import type { ListedSet } from "./waf";

/** A content that a set had under this lock token: an answer of WAF said so. */
interface Known {
  readonly lockToken: string;
  readonly text: string;
  readonly digest: string;
}

/**
 * What the function knows of the sets without reading them: in memory while it is warm, in a bucket for the next cold start.
 *
 * Knowledge is never believed for its own sake. It counts while WAF lists the token under which the content was seen, since every write
 * of a set, by whomever, changes its token. Where it fails, as after a write whose answer was lost, the set is read.
 */
export interface Knowledge {
  /** What the listed set holds, or nothing when that has to be read. */
  recall(set: ListedSet): Promise<string | undefined>;
  /** What the set held when its description was written, which it may no longer do. */
  described(set: ListedSet): Promise<string | undefined>;
  /** What the set held when the function knew it last, whatever it holds now. */
  last(name: string): Promise<string | undefined>;
  /** The set holds this, as an answer of WAF says. */
  remember(set: ListedSet, text: string): void;
  /** What a plan of this digest would have removed. */
  recallPlan(digest: string): Promise<string | undefined>;
  rememberPlan(digest: string, text: string): void;
  /** Whether the plan of this digest has been waiting for consent. */
  isWaiting(digest: string): Promise<boolean>;
  /** The plan of this digest waits for consent, or none does. */
  rememberWaiting(digest: string | undefined): void;
  /**
   * Whether what this approval consents to was carried out before: it does not count twice.
   *
   * @throws Error when that cannot be found out
   */
  isUsed(approval: Approval): Promise<boolean>;
  rememberUse(approval: Approval): void;
  /**
   * Waits until everything is stored.
   *
   * @returns what went wrong since the last time
   */
  settle(): Promise<readonly string[]>;
}

/**
 * The knowledge of one instance of the function.
 *
 * @param ipSetPrefix tells what this function knows from what others know in the same bucket
 */
export function createKnowledge(store: TextStore, ipSetPrefix: string): Knowledge {
  const waitingKey = KNOWLEDGE_KEYS.waiting(ipSetPrefix);
  const memory = new Map<string, Known>();
  /** What the bucket has under each key, as far as this instance knows. */
  const stored = new Map<string, string>();
  /** Expiries of the approvals that were carried out, by digest. */
  const used = new Map<string, Set<string>>();
  const pending = new Map<string, Promise<void>>();
  let faults: string[] = [];

  const note = (error: unknown): undefined => {
    faults.push(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  };

  const usesOf = (digest: string): Set<string> => {
    const uses = used.get(digest) ?? new Set<string>();
    used.set(digest, uses);
    return uses;
  };

  /** @param mark tells this text from others under the same key */
  const put = (key: string, text: string, mark: string): void => {
    if (stored.get(key) === mark) return;
    stored.set(key, mark);
    // One after the other for each key: of two that overtake each other, the older might stay.
    const before = pending.get(key) ?? Promise.resolve();
    const done = before
      .then(() => store.put(key, text))
      .catch((error: unknown) => {
        stored.delete(key);
        note(error);
      });
    pending.set(key, done);
  };

  /** What the bucket has of a set; `none` when it has nothing, undefined when that is not known. */
  const fetchSet = async (name: string): Promise<Known | "none" | undefined> => {
    const key = KNOWLEDGE_KEYS.set(name);
    try {
      const object = await store.get(key);
      if (object === undefined) return "none";
      const end = object.indexOf("\n");
      const [lockToken, text] = [object.slice(0, end), object.slice(end + 1)];
      const digest = textDigest(text);
      stored.set(key, `${lockToken} ${digest}`);
      return { lockToken, text, digest };
    } catch (error) {
      note(error);
      return undefined;
    }
  };

  return {
    async recall({ name, lockToken, description }) {
      const known = memory.get(name);
      if (known?.lockToken === lockToken) return known.text;
      const digest = parseDescription(description)?.digest;
      // The same description under another token: somebody else has written the set and left, or put back, what described it.
      if (digest === undefined || known?.digest === digest) return undefined;

      const object = await fetchSet(name);
      // A set that was never written is as the stack describes it.
      if (object === "none") return known === undefined && digest === textDigest("") ? "" : undefined;
      if (object?.lockToken !== lockToken || object.digest !== digest) return undefined;
      memory.set(name, object);
      return object.text;
    },

    async described({ name, description }) {
      const digest = parseDescription(description)?.digest;
      if (digest === undefined) return undefined;
      const known = memory.get(name);
      if (known?.digest === digest) return known.text;
      const object = await fetchSet(name);
      return object !== "none" && object?.digest === digest ? object.text : undefined;
    },

    async last(name) {
      const known = memory.get(name) ?? (await fetchSet(name));
      return known === "none" ? undefined : known?.text;
    },

    remember({ name, lockToken }, text) {
      const digest = textDigest(text);
      memory.set(name, { lockToken, text, digest });
      put(KNOWLEDGE_KEYS.set(name), `${lockToken}\n${text}`, `${lockToken} ${digest}`);
    },

    async recallPlan(digest) {
      const text = await store.get(KNOWLEDGE_KEYS.plan(digest)).catch(note);
      return text !== undefined && textDigest(text) === digest ? text : undefined;
    },

    rememberPlan(digest, text) {
      put(KNOWLEDGE_KEYS.plan(digest), text, digest);
    },

    async isWaiting(digest) {
      const waiting = stored.get(waitingKey) ?? (await store.get(waitingKey).catch(note));
      return waiting === digest;
    },

    rememberWaiting(digest) {
      // Usually nothing waits, and then nothing needs to be stored. What another instance stored may so outlast its end: then
      // that plan, should it come again, waits once too often, which is the safe side.
      if (digest !== undefined || stored.has(waitingKey)) put(waitingKey, digest ?? "", digest ?? "");
    },

    async isUsed({ digest, expires }) {
      const uses = usesOf(digest);
      if (uses.has(String(expires))) return true;
      // Another instance may have carried out what this one has not.
      const text = await store.get(KNOWLEDGE_KEYS.use(digest));
      for (const use of addressesIn(text ?? "")) uses.add(use);
      return uses.has(String(expires));
    },

    rememberUse({ digest, expires }) {
      const text = textOf(usesOf(digest).add(String(expires)));
      put(KNOWLEDGE_KEYS.use(digest), text, text);
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
