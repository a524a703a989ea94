import { ParseFailure } from './parsers.js';
import { fileVariableOf, readSecretFile } from './secret-files.js';
import type { Environment, Variable } from './variable.js';
import { VARIABLES, type Settings } from './variables.js';

/**
 * Proxy variables are traditionally lower-case, which curl prefers. Empty variables count as unset, because compose files set them to an empty
 * string.
 */
const textOf = (env: Environment, name: string): string | undefined =>
  (name.endsWith('_PROXY') && env[name.toLowerCase()]?.trim()) || env[name]?.trim() || undefined;

const describeProblem = (variable: Variable<unknown>, text: string, line: string): string =>
  variable.secret
    ? `${variable.name} (value not shown): ${line}`
    : `${variable.name} is ${JSON.stringify(text)}: ${line}`;

/** The settings that an environment describes, and what is wrong with single variables. */
export function readSettings(env: Environment): { settings: Settings; problems: string[] } {
  const problems: string[] = [];
  const read = (variable: Variable<unknown>): unknown => {
    const inEnvironment = textOf(env, variable.name);
    const inFile = readSecretFile(variable, env, inEnvironment);
    if (inFile instanceof ParseFailure) {
      problems.push(...inFile.lines);
      return inFile;
    }
    const text = inFile ?? inEnvironment ?? variable.defaultText;
    if (text === undefined) return undefined;
    const value = variable.parse(text);
    if (value instanceof ParseFailure)
      problems.push(...value.lines.map((line) => describeProblem(variable, text, line)));
    return value;
  };
  const values = Object.entries(VARIABLES).map(([key, variable]) => [key, read(variable)]);
  return { settings: Object.fromEntries(values) as Settings, problems };
}

/** The names of all settings, and of the variables with files of secrets. */
export const settingNames = (): string[] =>
  Object.values(VARIABLES).flatMap((variable) => [variable.name, fileVariableOf(variable) ?? []].flat());

/** Variables with the prefix of the hub that are not settings: most likely typos, or settings of another version. */
export function unknownNames(env: Environment): string[] {
  const names = new Set(settingNames());
  return Object.keys(env).filter((name) => name.startsWith('KOHAKU_HUB_') && !names.has(name));
}
