import { ScanCommand, type ScanCommandOutput } from "@aws-sdk/client-dynamodb";
import {
  GetObjectCommand,
  PutObjectCommand,
  type GetObjectCommandOutput,
  type PutObjectCommandOutput,
} from "@aws-sdk/client-s3";
import {
  GetIPSetCommand,
  ListIPSetsCommand,
  type GetIPSetCommandOutput,
  type ListIPSetsCommandOutput,
  type UpdateIPSetCommand,
  type UpdateIPSetCommandInput,
  type UpdateIPSetCommandOutput,
} from "@aws-sdk/client-wafv2";
import type { Config } from "../../../../lambda/allowlist-sync/config";
import type { createHandler, SyncHandler } from "../../../../lambda/allowlist-sync/create-handler";
import type { SyncEvent } from "../../../../lambda/allowlist-sync/trigger";
import type { FakeBucket, FakeTable, FakeWaf, VirtualClock } from "../../../support/aws";
import { denied } from "./denied";
import type { Pass } from "./pass";
import type { Random } from "./random";
import type { Operation, Traffic } from "./traffic";
import { WaitingMemory } from "./waiting";

/** The longest that Lambda lets a function run. Source: AWS Lambda Developer Guide, "Lambda quotas". */
export const LONGEST_SECONDS = 900;

/** What processes are made of, and with. */
export interface ProcessDependencies {
  readonly createHandler: typeof createHandler;
  readonly config: Config;
  readonly maxPerSet: number;
  readonly waf: FakeWaf;
  readonly table: FakeTable;
  readonly bucket: FakeBucket;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly traffic: Traffic;
  /** The table's history now. */
  readonly moment: () => number;
  /** Addresses in the sets now. */
  readonly present: () => number;
  /** Whether the bucket refuses every call. */
  readonly isBucketDenied: () => boolean;
  /** Sees every update as it is sent, those included that WAF refuses. */
  readonly sent: (input: UpdateIPSetCommandInput) => void;
}

/** A process of the function: starts cold, stays warm, may run out of time or die between two calls. */
export class Process {
  /** It died, and will never run again. */
  isGone = false;
  /** What it remembers of a plan that waits. */
  readonly memory = new WaitingMemory();
  readonly #handler: SyncHandler;
  #pass: Pass | undefined;

  constructor(
    private readonly world: ProcessDependencies,
    readonly number: number,
  ) {
    const { createHandler: create, config, maxPerSet, clock, random } = world;
    this.#handler = create({
      config,
      maxPerSet,
      clock,
      dynamoDb: this,
      waf: this,
      s3: this,
      random: () => random.fraction(),
      write: (line) => this.#pass?.lines.push(line),
    });
  }

  get isBusy(): boolean {
    return this.#pass !== undefined;
  }

  /** One pass, to its end, good or bad. */
  async run(event: SyncEvent, seconds: number): Promise<Pass> {
    const { clock, moment, present, traffic } = this.world;
    const beganAt = clock.now();
    const began = moment();
    const pass: Pass = {
      process: this.number,
      depth: traffic.depth,
      began,
      since: began,
      hasCompany: false,
      beganAt,
      endsAt: beganAt + seconds * 1000,
      lines: [],
      removed: new Set(),
      present: present(),
      writes: 0,
      looks: 0,
      orderedLook: 0,
      stage: 0,
      isDead: false,
      hasFailedToStore: false,
      error: undefined,
    };
    this.#pass = pass;
    traffic.begin(pass);
    try {
      await this.#handler(event, { getRemainingTimeInMillis: () => pass.endsAt - clock.now() });
    } catch (error) {
      pass.error = error;
    } finally {
      traffic.end(pass);
      this.#pass = undefined;
      this.isGone = pass.isDead;
      this.memory.learn(pass);
    }
    return pass;
  }

  send(command: ScanCommand): Promise<ScanCommandOutput>;
  send(command: ListIPSetsCommand): Promise<ListIPSetsCommandOutput>;
  send(command: GetIPSetCommand): Promise<GetIPSetCommandOutput>;
  send(command: UpdateIPSetCommand): Promise<UpdateIPSetCommandOutput>;
  send(command: GetObjectCommand): Promise<GetObjectCommandOutput>;
  send(command: PutObjectCommand): Promise<PutObjectCommandOutput>;
  async send(
    command:
      ScanCommand | ListIPSetsCommand | GetIPSetCommand | UpdateIPSetCommand | GetObjectCommand | PutObjectCommand,
  ): Promise<unknown> {
    const { table, waf, bucket, isBucketDenied } = this.world;
    if (command instanceof ScanCommand) {
      if (this.#pass !== undefined && command.input.ExclusiveStartKey === undefined) this.#pass.looks += 1;
      return this.#call("Scan", () => table.send(command));
    }
    if (command instanceof GetObjectCommand) {
      return this.#call("GetObject", () => (isBucketDenied() ? Promise.reject(denied()) : bucket.send(command)));
    }
    if (command instanceof PutObjectCommand) {
      return this.#call("PutObject", () => (isBucketDenied() ? Promise.reject(denied()) : bucket.send(command)));
    }
    if (command instanceof ListIPSetsCommand) return this.#call("ListIPSets", () => waf.send(command));
    if (command instanceof GetIPSetCommand) return this.#call("GetIPSet", () => waf.send(command));
    this.world.sent(command.input);
    return this.#call("UpdateIPSet", () => waf.send(command));
  }

  async #call<T>(operation: Operation, send: () => Promise<T>): Promise<T> {
    const pass = this.#pass;
    if (pass === undefined) throw new Error(`${operation} was called outside any pass`);
    const { random, traffic } = this.world;
    traffic.depart(pass, operation);
    // Of passes that run at once, now this one is faster, now that.
    if (pass.hasCompany) for (let step = random.below(4); step > 0; step -= 1) await Promise.resolve();
    this.#requireLife(pass);
    try {
      const reply = await traffic.carry(pass, operation, send);
      this.#requireLife(pass);
      return reply;
    } catch (error) {
      if (operation === "PutObject") pass.hasFailedToStore = true;
      throw error;
    }
  }

  /** What died makes no call and hears no answer; neither does what Lambda has ended. */
  #requireLife(pass: Pass): void {
    if (this.world.clock.now() >= pass.endsAt) pass.isDead = true;
    if (pass.isDead) throw new Error("the process is gone");
  }
}
