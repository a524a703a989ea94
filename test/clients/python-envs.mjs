// Creates the two Python environments of the client tests: `node test/clients/python-envs.mjs`.
// There are two, because versions 1.x and 2.x of huggingface_hub differ: 2.x follows redirects to a hub's host with the caller's token.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(fileURLToPath(import.meta.url), '../../..');

/** Packages of each environment. */
const ENVS = {
  hf1: ['huggingface_hub<2', 'datasets', 'transformers', 'jinja2'], // jinja2: model cards of `push_to_hub`
  hf2: ['huggingface_hub>=2', 'fsspec'],
};
/** Attempts per installation. pip itself retries only a few times, because an unreachable index would otherwise take minutes per package. */
const ATTEMPTS = 5;

/** Python compiles modules when they are imported; most modules of the packages never are. */
const PIP_OPTIONS = ['--quiet', '--retries', '1', '--no-compile'];

/** The interpreter of an environment; it exists once `node test/clients/python-envs.mjs` has run. */
export const pythonOf = (env) => join(ROOT, '.venvs', env, 'bin', 'python');

/** Written last, so that interrupted installations are repeated. */
const doneMark = (env) => join(ROOT, '.venvs', env, 'installed');

const contents = (packages) => packages.join('\n');

/** Whether an environment is complete, with today's packages. */
export const pythonReady = (env) =>
  existsSync(doneMark(env)) && readFileSync(doneMark(env), 'utf8') === contents(ENVS[env]);

const run = (command, args) => spawnSync(command, args, { stdio: 'inherit' }).status === 0;

function install(env, packages) {
  const home = join(ROOT, '.venvs', env);
  rmSync(home, { recursive: true, force: true });
  if (!run('python3', ['-m', 'venv', home])) throw new Error(`python3 -m venv failed for ${env}`);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (run(pythonOf(env), ['-m', 'pip', 'install', ...PIP_OPTIONS, ...packages])) {
      writeFileSync(doneMark(env), contents(packages));
      return;
    }
    console.error(`pip install for ${env} failed, attempt ${attempt} of ${ATTEMPTS}`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, attempt * 5_000);
  }
  throw new Error(`pip could not install ${packages.join(' ')}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [env, packages] of Object.entries(ENVS)) if (!pythonReady(env)) install(env, packages);
}
