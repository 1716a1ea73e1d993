/** A long hostile run: `npm run soak -- [events] [seed]`. */
import { hostileRun } from "./run";

const [events = 1_000_000, seed = Date.now() % 2 ** 31] = process.argv.slice(2).map(Number);
const started = performance.now();

async function main(): Promise<void> {
  console.log(`${events} hostile events from seed ${seed}`);
  let told = 0;
  const summary = await hostileRun({
    seed,
    events,
    progress: (done) => {
      if (done < told + events / 20) return;
      told = done;
      const seconds = (performance.now() - started) / 1000;
      const megabytes = process.memoryUsage().rss / 2 ** 20;
      console.log(`${done} events, ${seconds.toFixed(0)} s, ${megabytes.toFixed(0)} MB`);
    },
  });
  console.log(JSON.stringify(summary, undefined, 2));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
