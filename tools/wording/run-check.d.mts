import type { Hit } from './check-text.mjs';

/** Checks the files of a repository. */
export function runCheck(
  root: string,
  paths: readonly string[],
  places?: readonly string[],
): { files: string[]; hits: Hit[]; errors: string[] };
