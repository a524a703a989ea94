import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { HubConfig } from '../../platform/config/hub-config.js';
import type { Environment } from '../../platform/config/variable.js';
import { findingsOf, type Finding } from './finding.js';
import type { ProbeRepository } from './probe-repository.js';

const { ok, problem } = findingsOf('client');
const TIMEOUT_MS = 180_000;
/** Large enough for LFS or Xet, and for a direct upload to a bucket. */
const LARGE_BYTES = 12_000_000;
const FILES = ['small.txt', 'large.bin'] as const;
/** Variables from which hf and its libraries read the trusted authorities. Each replaces their own list. */
const AUTHORITIES = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'] as const;

/** The settings of the hub that its client needs as well. */
export interface ClientSettings extends Pick<HubConfig, 'certificateAuthorities'> {
  readonly env: Environment;
}

/** The path of an installed program. */
export function findProgram(name: string, path = ''): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Uploads files with the `hf` command of this machine, downloads them, and compares them. */
export async function examineClient(url: string, probe: ProbeRepository, own: ClientSettings): Promise<Finding> {
  const hf = findProgram('hf', own.env['PATH']);
  if (hf === undefined) return ok('The command hf is not installed here, so no upload and download was tried.');
  const folder = await mkdtemp(join(tmpdir(), 'hubfall-doctor-'));
  try {
    return await transfer({ hf, url, probe, folder, ...own });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Transfer extends ClientSettings {
  readonly hf: string;
  readonly url: string;
  readonly probe: ProbeRepository;
  readonly folder: string;
}

async function transfer({ hf, url, probe, folder, env, certificateAuthorities }: Transfer): Promise<Finding> {
  const [from, to] = [join(folder, 'from'), join(folder, 'to')];
  await mkdir(from);
  await writeFile(join(from, FILES[0]), 'a small file\n');
  await writeFile(join(from, FILES[1]), randomBytes(LARGE_BYTES));
  const variables = {
    ...env,
    ...withoutProxy(url, env),
    ...(await trusting(certificateAuthorities, folder, env)),
    HF_ENDPOINT: url,
    HF_TOKEN: probe.token,
    HF_HOME: join(folder, 'home'),
    HF_HUB_DISABLE_PROGRESS_BARS: '1',
    HF_HUB_DISABLE_TELEMETRY: '1',
  };
  for (const [action, args] of [
    ['upload', ['upload', probe.id, from, '.']],
    ['download', ['download', probe.id, '--local-dir', to]],
  ] as const) {
    const failed = await run(hf, args, variables);
    if (failed !== undefined)
      return problem(
        `hf could not ${action} files at ${url}: ${failed}`,
        'Fix the problems above first. The log of the hub has the requests.',
      );
  }
  const different = await firstDifference(from, to);
  if (different !== undefined)
    return problem(
      `hf downloaded other bytes of ${different} than it uploaded.`,
      'Check for a proxy that changes bodies, and run check.',
    );
  return ok(`hf uploaded and downloaded files at ${url}.`);
}

/** The hub is examined without the proxy of this machine, as by the other parts of doctor. Programs read the names in both cases. */
function withoutProxy(url: string, env: Environment): Environment {
  const hosts = [env['NO_PROXY'] ?? env['no_proxy'], new URL(url).hostname].filter(Boolean).join(',');
  return { NO_PROXY: hosts, no_proxy: hosts };
}

/** Programs trust the authorities of the hub. What the environment sets for them has priority, as for any program of this machine. */
async function trusting(
  authorities: HubConfig['certificateAuthorities'],
  folder: string,
  env: Environment,
): Promise<Environment> {
  if (authorities === undefined) return {};
  const file = join(folder, 'authorities.pem');
  await writeFile(file, authorities.join('\n'));
  return Object.fromEntries(AUTHORITIES.map((name) => [name, env[name] || file]));
}

async function firstDifference(from: string, to: string): Promise<string | undefined> {
  const digest = async (file: string): Promise<string> =>
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  for (const name of FILES) if ((await digest(join(from, name))) !== (await digest(join(to, name)))) return name;
  return undefined;
}

/** Returns the last line of the error output if the program fails. */
function run(program: string, args: readonly string[], env: Environment): Promise<string | undefined> {
  return new Promise((done) => {
    const child = spawn(program, args, {
      env: env as NodeJS.ProcessEnv,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: TIMEOUT_MS,
    });
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4000)));
    child.once('error', (error) => done(error.message));
    child.once('close', (code, signal) =>
      done(code === 0 ? undefined : lastLine(output) || (signal ?? `exit code ${code}`)),
    );
  });
}

const lastLine = (text: string): string => stripVTControlCharacters(text).trim().split('\n').at(-1)!.trim();
