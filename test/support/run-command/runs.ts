import { base64, manifest } from "./manifest";
import { type Registration, type Run, RunCommandWorld, type Surroundings } from "./world";

/** As long as Rancher's. */
export const TOKEN = "qx7v9kzr4tbn2mwh8cjl5dfp6sgy3aexq7v9kzr4tbn2mwh8cjl5df";
export const OTHER_TOKEN = "p2m8wq5xzv7c4n9bk6tjh3rgl8fdsy5ep2m8wq5xzv7c4n9bk6tjh3";

/** Where Rancher serves the manifest for a token. */
export function manifestUrl(token: string): string {
  return `https://rancher.example.com/v3/import/${token}_c-m-abcde.yaml`;
}

/** What a suite holds runs of the deployment script to, whatever it is that it looks for besides. */
export interface Runs {
  /** The world of this test. */
  readonly world: RunCommandWorld;
  run(around?: Surroundings, registration?: Registration): Promise<Run>;
  /** Runs the script to a failure. Returns how it is explained, in the one line that all who look find. */
  runToFailure(around?: Surroundings, registration?: Registration): Promise<string>;
}

/** Gives each test of a suite a world of its own, in which Rancher serves the manifest for {@link TOKEN}. */
export function withRuns(options: Parameters<typeof RunCommandWorld.create>[0] = {}): Runs {
  let world: RunCommandWorld;
  beforeEach(() => {
    world = RunCommandWorld.create(options);
    world.serve(manifest({ token: TOKEN }));
  });
  afterEach(() => {
    world.remove();
  });

  const run: Runs["run"] = async (around = {}, registration = { manifestUrl: manifestUrl(TOKEN) }) => {
    world.surround(around);
    const ended = await world.run(registration);
    const visible = world.visible(ended);
    // The agent itself logs half of it.
    for (const secret of [TOKEN, OTHER_TOKEN].flatMap((token) => [token.slice(0, 12), base64(token)])) {
      expect(visible).not.toContain(secret);
    }
    expect(world.leftovers()).toEqual([]);
    return ended;
  };
  return {
    get world() {
      return world;
    },
    run,
    runToFailure: async (around, registration) => {
      const { status, stderr, outputs } = await run(around, registration);
      const [, explained = ""] =
        /^Rancher's agent has not joined from the cluster payments: (.+)\n$/.exec(stderr) ?? [];
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: expect.stringContaining(explained || "a reason") as string,
      });
      expect(outputs).toEqual({ outcome: "failed", cluster: "payments", message: explained });
      return explained;
    },
  };
}
