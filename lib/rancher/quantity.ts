/** As people write them: `100m`, `0.5`, `256Mi`. */
const QUANTITY = /^(\d+)(?:\.(\d+))?(m|Ki|Mi|Gi)?$/;

/** Kubernetes documentation, "Quantity": suffixes in steps of 1000, and in steps of 1024. */
const DECIMAL = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/** Kubernetes counts in billionths and no finer. */
const ONE = 10n ** 9n;

/**
 * A quantity as Kubernetes writes it back: `1` for `1000m`, `1Gi` for `1024Mi`. Rancher keeps it so, and another spelling of the same would
 * be a difference in every plan.
 *
 * @throws Error when the text is no quantity, or one that Kubernetes would round
 */
export function canonicalQuantity(text: string): string {
  const [, whole, fraction = "", suffix = ""] = QUANTITY.exec(text) ?? [];
  if (whole === undefined) throw new Error(`${text} is no quantity of Kubernetes; write for example 100m or 256Mi`);
  const unit = suffix === "m" ? ONE / 1000n : ONE * 1024n ** BigInt(BINARY.indexOf(suffix));
  const numerator = BigInt(whole + fraction) * unit;
  const denominator = 10n ** BigInt(fraction.length);
  if (numerator % denominator !== 0n)
    throw new Error(`${text} is finer than Kubernetes counts; write a rounder number`);
  const billionths = numerator / denominator;
  const isBinary = suffix.endsWith("i") && billionths % ONE === 0n;
  return isBinary ? inSteps(billionths / ONE, 1024n, BINARY) : inSteps(billionths, 1000n, DECIMAL);
}

/** With the largest suffix that leaves a whole number. */
function inSteps(count: bigint, step: bigint, [suffix = "", ...larger]: readonly string[]): string {
  if (count === 0n) return "0";
  return count % step === 0n && larger.length > 0 ? inSteps(count / step, step, larger) : `${count}${suffix}`;
}
