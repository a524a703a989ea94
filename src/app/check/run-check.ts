import type { HubConfig } from '../../platform/config/hub-config.js';
import { CACHE } from './check-cache.js';
import { COMMITS_CHECK } from './check-commits.js';
import { CONTENTS } from './check-contents.js';
import type { Check, CheckContext } from './check-context.js';
import { OWNER } from './check-owner.js';
import { QUOTAS } from './check-quotas.js';
import { existingKeys } from './open-checked-hub.js';
import { REFS } from './check-refs.js';
import { Findings, type CheckReport, type CheckResult } from './check-report.js';
import { SOURCES } from './check-sources.js';
import { SUMS } from './check-sums.js';
import { TREES } from './check-trees.js';
import { UPLOADS } from './check-uploads.js';

/** All checks. The ones that need only the database are first. */
const CHECKS: readonly Check[] = [SOURCES, OWNER, REFS, COMMITS_CHECK, TREES, QUOTAS, SUMS, UPLOADS, CONTENTS, CACHE];

/** The opened hub, and the options of the command. */
export type CheckOptions = Omit<CheckContext, 'findings' | 'keys'>;

/**
 * Compares the database with the storage.
 * @param onProgress - called with a line for people when a check begins
 * @throws if the database or the storage cannot be read
 */
export async function runCheck(
  config: HubConfig,
  options: CheckOptions,
  onProgress: (line: string) => void,
): Promise<CheckReport> {
  const started = new Date();
  const findings = new Findings();
  const context: CheckContext = { ...options, keys: existingKeys(config), findings };
  const checks: CheckResult[] = [];
  for (const { name, run } of CHECKS) {
    onProgress(`Checking ${name}…`);
    checks.push(findings.resultOf(name, await run(context)));
  }
  return {
    format: 1,
    version: config.version,
    database: config.databaseUrl === undefined ? 'embedded' : 'server',
    storage: config.s3 ? 's3' : 'fs',
    hashes: options.hashes,
    started_at: started.toISOString(),
    finished_at: new Date().toISOString(),
    status: findings.remaining === 0 ? 'ok' : 'problems',
    checks,
    problems: findings.problems,
    problems_omitted: findings.total - findings.problems.length,
    notes: findings.notes,
  };
}
