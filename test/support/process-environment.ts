import ts from "typescript";

/**
 * The places at which a TypeScript source can reach the process environment, as `line: text`.
 *
 * Refused are `process.env` in any spelling, `process` taken as a value (destructured, passed on, indexed by a variable),
 * `process` as a property of the global object, and the module `node:process`. Other properties of `process` are free.
 */
export function environmentReads(source: string): readonly string[] {
  const file = ts.createSourceFile("source.ts", source, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node)) {
      return;
    }
    if (reachesEnvironment(node)) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      found.push(`${line + 1}: ${node.parent.getText(file).split("\n")[0] ?? ""}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function reachesEnvironment(node: ts.Node): boolean {
  if (ts.isStringLiteralLike(node)) {
    return namesProcessModule(node) || isGlobalProperty(node);
  }
  if (!ts.isIdentifier(node) || node.text !== "process") {
    return false;
  }
  return isGlobalProperty(node) || (isValue(node) && !isHarmlessUse(node));
}

/** `import ... from "node:process"`, `export ... from`, `import()`, `require()` and `process.getBuiltinModule()` of it. */
function namesProcessModule(node: ts.StringLiteralLike): boolean {
  const { parent } = node;
  return (
    /^(node:)?process$/.test(node.text) &&
    (ts.isImportDeclaration(parent) ||
      ts.isExportDeclaration(parent) ||
      ts.isExternalModuleReference(parent) ||
      (ts.isCallExpression(parent) && /\b(import|require|getBuiltinModule)$/.test(parent.expression.getText())))
  );
}

/** `globalThis.process`, `globalThis["process"]`. */
function isGlobalProperty(node: ts.Identifier | ts.StringLiteralLike): boolean {
  const { parent } = node;
  const owner =
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isElementAccessExpression(parent) && parent.argumentExpression === node)
      ? parent.expression
      : undefined;
  return node.text === "process" && owner !== undefined && ts.isIdentifier(owner) && /^global(This)?$/.test(owner.text);
}

/** False where the identifier only names something: a property, a parameter, a declaration, a key. */
function isValue(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) {
    return parent.expression === node;
  }
  if (ts.isShorthandPropertyAssignment(parent)) {
    return true;
  }
  return !("name" in parent && parent.name === node) && !("propertyName" in parent && parent.propertyName === node);
}

/** `process.pid`, `process["pid"]`: one property, named, and not the environment. */
function isHarmlessUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) {
    return parent.name.text !== "env";
  }
  return (
    ts.isElementAccessExpression(parent) &&
    parent.expression === node &&
    ts.isStringLiteralLike(parent.argumentExpression) &&
    parent.argumentExpression.text !== "env"
  );
}
