import { parseArgs } from 'node:util';
import { Logger } from '@nestjs/common';
import { withoutTrailingSlashes } from '../../domain/trailing-slashes.js';
import { processEnvironment } from '../../platform/config/load-config.js';
import type { CommandResult } from '../command.js';
import { lineOf, summaryOf, type Finding } from './finding.js';
import { runDoctor } from './run-doctor.js';

const USAGE = 'Usage: doctor [--json] [--url URL]';

interface Arguments {
  readonly json: boolean;
  readonly url: string | undefined;
}

function readArguments(args: readonly string[]): Arguments | string {
  try {
    const options = { json: { type: 'boolean', default: false }, url: { type: 'string' } } as const;
    const { json, url } = parseArgs({ args: [...args], options }).values;
    if (url !== undefined && !/^https?:\/\/[^/]/.test(url)) return `${url} is not a URL. ${USAGE}`;
    return { json, url: url && withoutTrailingSlashes(url) };
  } catch (error) {
    return `${(error as Error).message.replace(/\.?$/, '.')} ${USAGE}`;
  }
}

/** The command `doctor`: a line for each finding, or all in JSON. The exit code is 0 without problems, 1 with problems, 2 for wrong arguments. */
export async function doctorCommand(args: readonly string[]): Promise<CommandResult> {
  Logger.overrideLogger(false); // stdout is the report
  const options = readArguments(args);
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n`);
    return { output: '', code: 2 };
  }
  const findings: Finding[] = [];
  for await (const finding of runDoctor({ env: processEnvironment(), url: options.url })) {
    findings.push(finding);
    if (!options.json) process.stdout.write(`${lineOf(finding)}\n`);
  }
  const code = findings.some(({ level }) => level === 'problem') ? 1 : 0;
  const output = options.json ? JSON.stringify({ format: 1, findings }, null, 2) : summaryOf(findings);
  return { output, code };
}
