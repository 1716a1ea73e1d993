/** The values of the metrics in one period; `undefined` for one that was not measured. */
export type Period = Readonly<Record<string, number | undefined>>;

/** A number of the expression itself, or the value of a series in the period, if it has one. */
interface Operand {
  readonly value: number | undefined;
  readonly isSeries: boolean;
}

/**
 * What CloudWatch makes of an expression in one period, `undefined` for no value: numbers, names, `+ - * /`, `>=`, `IF` and
 * `FILL`, by the rules of the Amazon CloudWatch User Guide, "Using math expressions with CloudWatch metrics".
 *
 * @throws Error about what it cannot read
 */
export function evaluate(expression: string, period: Period): number | undefined {
  const tokens = expression.match(/\d+(?:\.\d+)?|\w+|>=|[-+*/(),]|\S/g) ?? [];
  const reader = new Reader(tokens, period);
  const { value } = reader.comparison();
  reader.end();
  return value;
}

class Reader {
  #at = 0;

  constructor(
    private readonly tokens: readonly string[],
    private readonly period: Period,
  ) {}

  comparison(): Operand {
    const left = this.sum();
    return this.#skip(">=") ? joined(left, this.sum(), (a, b) => Number(a >= b)) : left;
  }

  sum(): Operand {
    let result = this.product();
    for (;;) {
      if (this.#skip("+")) result = joined(result, this.product(), (a, b) => a + b);
      else if (this.#skip("-")) result = joined(result, this.product(), (a, b) => a - b);
      else return result;
    }
  }

  product(): Operand {
    let result = this.atom();
    for (;;) {
      if (this.#skip("*")) result = joined(result, this.atom(), (a, b) => a * b);
      else if (this.#skip("/")) result = joined(result, this.atom(), (a, b) => (b === 0 ? undefined : a / b));
      else return result;
    }
  }

  atom(): Operand {
    const token = this.#next();
    if (token === "(") {
      const result = this.comparison();
      this.#expect(")");
      return result;
    }
    if (token === "IF") {
      const [condition, then, otherwise] = [this.#argument("("), this.#argument(","), this.#argument(",")];
      this.#expect(")");
      if (condition.value === undefined) return condition;
      return { value: (condition.value === 0 ? otherwise : then).value, isSeries: true };
    }
    if (token === "FILL") {
      const [series, filler] = [this.#argument("("), this.#argument(",")];
      this.#expect(")");
      return { value: series.value ?? filler.value, isSeries: true };
    }
    if (/^\d/.test(token)) return { value: Number(token), isSeries: false };
    if (!(token in this.period)) throw new Error(`the expression names ${token}, of which nothing is known`);
    return { value: this.period[token], isSeries: true };
  }

  end(): void {
    if (this.#at < this.tokens.length) throw new Error(`unread: ${this.tokens.slice(this.#at).join(" ")}`);
  }

  #argument(before: string): Operand {
    this.#expect(before);
    return this.comparison();
  }

  #next(): string {
    const token = this.tokens[this.#at];
    if (token === undefined) throw new Error("the expression ends too early");
    this.#at += 1;
    return token;
  }

  #skip(token: string): boolean {
    if (this.tokens[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }

  #expect(token: string): void {
    const found = this.#next();
    if (found !== token) throw new Error(`expected ${token}, found ${found}`);
  }
}

/** Where one series has a value, what the other lacks is a 0; where none has, there is no result. */
function joined(left: Operand, right: Operand, operator: (a: number, b: number) => number | undefined): Operand {
  const isSeries = left.isSeries || right.isSeries;
  const isMissing = [left, right].every((operand) => operand.value === undefined || !operand.isSeries);
  if (isSeries && isMissing) return { value: undefined, isSeries };
  return { value: operator(left.value ?? 0, right.value ?? 0), isSeries };
}
