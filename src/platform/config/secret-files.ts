import { readFileSync } from 'node:fs';
import { ParseFailure } from './parsers.js';
import type { Environment, Variable } from './variable.js';

/**
 * The variable with the path of a file that contains the value of a secret, as Docker and Kubernetes mount it. None for other settings.
 */
export const fileVariableOf = ({ name, secret }: Variable<unknown>): string | undefined =>
  secret ? `${name}_FILE` : undefined;

/**
 * Reads the file of a secret. Files often end with a line break, which is not part of the value.
 * @param text - the value of the variable itself
 * @returns undefined if no file is set; failures name the variable
 */
export function readSecretFile(
  variable: Variable<unknown>,
  env: Environment,
  text: string | undefined,
): string | ParseFailure | undefined {
  const fileVariable = fileVariableOf(variable);
  const path = fileVariable && env[fileVariable]?.trim();
  if (!path) return undefined;
  if (text !== undefined) return new ParseFailure([`${variable.name} and ${fileVariable} are both set. Remove one.`]);
  const unusable = (problem: string): ParseFailure =>
    new ParseFailure([`${fileVariable} is ${JSON.stringify(path)}: expected a file with the value, but it ${problem}`]);
  try {
    return readFileSync(path, 'utf8').trim() || unusable('is empty');
  } catch (error) {
    const { code = 'unknown error' } = error as { code?: string };
    return unusable(`cannot be read (${code})`);
  }
}
