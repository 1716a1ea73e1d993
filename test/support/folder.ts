import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs something with a folder of its own, which is gone afterwards. */
export function withFolder<Result>(use: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
