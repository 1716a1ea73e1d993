import { join, resolve } from "node:path";

import ts from "typescript";

const ROOT = resolve(__dirname, "..", "..");

/**
 * What the compiler says of pieces of code, all compiled at once by the project's own settings and written nowhere.
 *
 * @param folder where the pieces would stand, relative to the project, so that their imports resolve from there
 * @param pieces source by name
 */
export function compilerFaults(folder: string, pieces: Readonly<Record<string, string>>): Record<string, string[]> {
  const sources = new Map(
    Object.entries(pieces).map(([name, text], index) => [join(ROOT, folder, `piece-${index}.ts`), { name, text }]),
  );
  const options = compilerOptions();
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (file) => sources.has(file) || disk.fileExists(file),
    readFile: (file) => sources.get(file)?.text ?? disk.readFile(file),
    getSourceFile: (file, version) => {
      const text = sources.get(file)?.text;
      return text === undefined ? disk.getSourceFile(file, version) : ts.createSourceFile(file, text, version);
    },
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  return Object.fromEntries(
    [...sources].map(([file, { name }]) => {
      const faults = program.getSemanticDiagnostics(program.getSourceFile(file));
      return [name, faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))];
    }),
  );
}

/** The project's own, without ambient types, of which the pieces need none. */
function compilerOptions(): ts.CompilerOptions {
  const file = join(ROOT, "tsconfig.json");
  const { config } = ts.readConfigFile(file, (path) => ts.sys.readFile(path)) as { config: unknown };
  return {
    ...ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, ROOT).options,
    types: [],
  };
}
