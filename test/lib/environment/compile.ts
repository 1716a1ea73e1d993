import { join, resolve } from "node:path";

import ts from "typescript";

const ROOT = resolve(__dirname, "..", "..", "..");

/** What the compiler says of calls of `defineEnvironment` with these arguments, all compiled at once and written nowhere. */
export function environmentTypeFaults(snippets: Readonly<Record<string, string>>): Record<string, string[]> {
  const sources = new Map(
    Object.entries(snippets).map(([name, argument]) => [
      join(ROOT, "environments", `snippet-${name}.ts`),
      `import { defineEnvironment } from "../lib/environment";\nexport default defineEnvironment(${argument});\n`,
    ]),
  );
  const options = compilerOptions();
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (file) => sources.has(file) || disk.fileExists(file),
    readFile: (file) => sources.get(file) ?? disk.readFile(file),
    getSourceFile: (file, version) => {
      const text = sources.get(file);
      return text === undefined ? disk.getSourceFile(file, version) : ts.createSourceFile(file, text, version);
    },
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  return Object.fromEntries(
    [...sources.keys()].map((file, index) => {
      const faults = program.getSemanticDiagnostics(program.getSourceFile(file));
      const messages = faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
      return [Object.keys(snippets)[index] ?? file, messages];
    }),
  );
}

/** The project's own, with no more ambient types than an environment file needs. */
function compilerOptions(): ts.CompilerOptions {
  const file = join(ROOT, "tsconfig.json");
  const { config } = ts.readConfigFile(file, (path) => ts.sys.readFile(path)) as { config: unknown };
  return {
    ...ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, ROOT).options,
    types: ["node"],
  };
}
