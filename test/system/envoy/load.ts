import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { ask, askDirectly } from "../nginx/client";
import { callGrpc } from "./raw";
import type { World } from "./world";

/** What a load balancer saw of a task that was told to stop. */
export interface Outcome {
  readonly answered: number;
  readonly answeredAfterStop: number;
  /** Requests that got no answer, or a wrong one. */
  readonly lost: readonly string[];
  readonly milliseconds: number;
}

/**
 * Sends requests of all kinds at once, as a load balancer does to a target: on connections that it keeps, and until the target's health
 * check has failed twice. Tells the task to stop in the middle of it.
 */
export async function stopUnderLoad(world: World, stop: () => Promise<number>): Promise<Outcome> {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const lost: string[] = [];
  let answered = 0;
  let stopped = false;
  let answeredAfterStop = 0;
  let healthy = true;

  const send = async (name: string, request: () => Promise<boolean>): Promise<void> => {
    while (healthy) {
      try {
        if (await request()) answered += 1;
        else lost.push(name);
      } catch (error) {
        lost.push(`${name}: ${String(error)}`);
      }
      if (stopped) answeredAfterStop += 1;
      await sleep(2);
    }
  };
  const get = (path: string) => async (): Promise<boolean> => (await ask(world.http, { path, agent })).status === 200;
  const post = async (): Promise<boolean> => {
    const body = Buffer.alloc(50_000, "body ");
    return (await ask(world.http, { method: "POST", body, agent })).body.equals(body);
  };
  const call = async (): Promise<boolean> =>
    (await callGrpc(world.grpc, "grpc.example.com", "/pkg.Service/Do", { body: "x" })).trailers["grpc-status"] === "0";

  const work = Promise.all([
    ...Array.from({ length: 8 }, async () => send("quick", get("/"))),
    ...Array.from({ length: 4 }, async () => send("slow", get("/slow"))),
    ...Array.from({ length: 2 }, async () => send("drip", get("/drip"))),
    ...Array.from({ length: 4 }, async () => send("post", post)),
    ...Array.from({ length: 2 }, async () => send("grpc", call)),
  ]);
  await sleep(500);
  stopped = true;
  const ended = stop();
  for (let failures = 0; failures < 2;) {
    await sleep(250);
    const status = await askDirectly(world.health, { path: "/healthz" }).then(
      (answer) => answer.status,
      () => 0,
    );
    failures = status === 200 ? 0 : failures + 1;
  }
  healthy = false;
  await work;
  agent.destroy();
  return { answered, answeredAfterStop, lost, milliseconds: await ended };
}
