import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const at = (file) => new URL(file, import.meta.url).pathname;

export const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Starts a server script of this folder and waits until it listens. */
export async function start(script, ...args) {
  const port = await freePort();
  const child = fork(at(script), [String(port), ...args], { stdio: 'inherit' });
  await new Promise((resolve) => child.once('message', resolve));
  return { url: `http://127.0.0.1:${port}`, pid: child.pid, stop: () => child.kill() };
}

/** Starts the built hub with these sources, and with an embedded database in a temporary folder, which `stop` deletes unless it is to be kept. */
export async function startHub(sources, extra = {}) {
  const port = await freePort();
  const dataDir = extra.KOHAKU_HUB_DATA_DIR ?? (await mkdtemp(join(tmpdir(), 'hubfall-bench-')));
  const env = {
    ...process.env,
    NODE_ENV: 'production',
    PORT: String(port),
    HOST: '127.0.0.1',
    LOG_LEVEL: 'warn',
    KOHAKU_HUB_RATE_LIMIT_FACTOR: '0', // one client sends all requests
    KOHAKU_HUB_BASE_URL: `http://127.0.0.1:${port}`,
    KOHAKU_HUB_DATA_DIR: dataDir,
    KOHAKU_HUB_FALLBACK_SOURCES: JSON.stringify(sources),
    ...extra,
  };
  const child = fork(at('../dist/src/main.js'), [], { env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  await new Promise((resolve, reject) => {
    child.stdout.on('data', (text) => String(text).includes('is up') && resolve());
    child.once('exit', (code) => reject(new Error(`The hub exited with code ${code}`)));
  });
  const stop = async ({ keep = false } = {}) => {
    child.kill();
    await new Promise((resolve) => child.once('exit', resolve));
    if (!keep) await rm(dataDir, { recursive: true, force: true });
  };
  return { url: `http://127.0.0.1:${port}`, pid: child.pid, stop };
}

/** CPU time of a process so far, in microseconds (Linux). */
export function cpuMicros(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** Resident memory in MB (Linux). */
export const residentMb = (pid) =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024);
