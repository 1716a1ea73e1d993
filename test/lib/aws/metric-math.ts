/** The values of the metrics in one period; `undefined` for one that was not measured. */
export type Period = Readonly<Record<string, number | undefined>>;

/**
 * What CloudWatch makes of an expression in one period, `undefined` for no value: numbers, names, `+ - * /`, `>=`, `IF` and `FILL`, by the
 * rules of the Amazon CloudWatch User Guide, "Using math expressions with CloudWatch metrics".
 *
 * @throws Error about what it cannot read
 */
export function evaluate(expression: string, period: Period): number | undefined {
  const tokens = expression.match(/\d+(?:\.\d+)?|\w+|>=|[-+*/(),]|\S/g) ?? [];
  const reader = new Reader(tokens, period);
  const value = reader.comparison();
  reader.end();
  return value;
}

class Reader {
  #at = 0;

  constructor(
    private readonly tokens: readonly string[],
    private readonly period: Period,
  ) {}

  comparison(): number | undefined {
    const left = this.sum();
    if (!this.#skip(">=")) return left;
    const right = this.sum();
    return left === undefined || right === undefined ? undefined : Number(left >= right);
  }

  sum(): number | undefined {
    let value = this.product();
    for (;;) {
      if (this.#skip("+")) value = joined(value, this.product(), (left, right) => left + right);
      else if (this.#skip("-")) value = joined(value, this.product(), (left, right) => left - right);
      else return value;
    }
  }

  product(): number | undefined {
    let value = this.atom();
    for (;;) {
      if (this.#skip("*")) value = joined(value, this.atom(), (left, right) => left * right);
      else if (this.#skip("/"))
        value = joined(value, this.atom(), (left, right) => (right === 0 ? undefined : left / right));
      else return value;
    }
  }

  atom(): number | undefined {
    const token = this.#next();
    if (token === "(") {
      const value = this.comparison();
      this.#expect(")");
      return value;
    }
    if (token === "IF") {
      const [condition, then, otherwise] = this.#arguments(3);
      if (condition === undefined) return undefined;
      return condition === 0 ? otherwise : then;
    }
    if (token === "FILL") {
      const [value, filler] = this.#arguments(2);
      return value ?? filler;
    }
    if (/^\d/.test(token)) return Number(token);
    if (!(token in this.period)) throw new Error(`the expression names ${token}, of which nothing is known`);
    return this.period[token];
  }

  end(): void {
    if (this.#at < this.tokens.length) throw new Error(`unread: ${this.tokens.slice(this.#at).join(" ")}`);
  }

  #arguments(count: number): readonly (number | undefined)[] {
    return Array.from({ length: count }, (_, index) => {
      this.#expect(index === 0 ? "(" : ",");
      const value = this.comparison();
      if (index === count - 1) this.#expect(")");
      return value;
    });
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

/** Arithmetic takes what is missing for 0, unless nothing is there. */
function joined(
  left: number | undefined,
  right: number | undefined,
  operator: (left: number, right: number) => number | undefined,
): number | undefined {
  return left === undefined && right === undefined ? undefined : operator(left ?? 0, right ?? 0);
}
