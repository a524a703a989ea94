import { parseArgs } from 'node:util';
import { Logger } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import type { CommandResult } from '../command.js';
import { CommandError, describeBootError } from '../describe-boot-error.js';
import { summaryOf, type HashMode } from './check-report.js';
import { openStores } from '../../platform/storage/stores.js';
import { loadExistingConfig, openExistingDatabase } from './open-checked-hub.js';
import { runCheck } from './run-check.js';

const HASH_MODES = ['none', 'sample', 'all'] as const satisfies readonly HashMode[];
const USAGE = 'Usage: check [--repair] [--hashes none|sample|all]';

/** Exit codes. */
const OK = 0;
const PROBLEMS = 1;
const FAILED = 2;

interface Arguments {
  readonly repair: boolean;
  readonly hashes: HashMode;
}

/** @throws CommandError for other arguments */
function readArguments(args: readonly string[]): Arguments {
  try {
    const options = {
      repair: { type: 'boolean', default: false },
      hashes: { type: 'string', default: 'sample' },
    } as const;
    const { repair, hashes } = parseArgs({ args: [...args], options }).values;
    const mode = HASH_MODES.find((name) => name === hashes);
    if (mode === undefined) throw new Error(`Unknown value of --hashes: ${hashes}.`);
    return { repair, hashes: mode };
  } catch (error) {
    throw new CommandError(`${(error as Error).message.replace(/\.?$/, '.')} ${USAGE}`);
  }
}

/** The sentence of a start for a bucket that cannot be used. Other errors are described as at a start. */
async function describeFailure(error: unknown): Promise<string> {
  const { describeS3Rejection } = await import('../../platform/storage/s3-startup-test.js'); // the AWS SDK is large
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const rejection = cause instanceof CommandError ? undefined : describeS3Rejection(cause);
    if (rejection !== undefined) return `${rejection}.`;
  }
  return error instanceof HubError ? error.message : describeBootError(error);
}

/** The command `check`: the report in JSON on stdout, a summary on stderr. */
export async function checkCommand(args: readonly string[]): Promise<CommandResult> {
  Logger.overrideLogger(false); // stdout is the report
  const print = (line: string): void => void process.stderr.write(`${line}\n`);
  try {
    const options = readArguments(args);
    const config = loadExistingConfig();
    const database = await openExistingDatabase(config);
    try {
      const report = await runCheck(config, { ...(await openStores(config)), database, ...options }, print);
      print(summaryOf(report));
      return { output: JSON.stringify(report, null, 2), code: report.status === 'ok' ? OK : PROBLEMS };
    } finally {
      await database.destroy();
    }
  } catch (error) {
    const reason = await describeFailure(error);
    print(reason);
    return { output: JSON.stringify({ format: 1, status: 'failed', error: reason }, null, 2), code: FAILED };
  }
}
