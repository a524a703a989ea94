import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';

const INTERVAL_MS = 100;

/**
 * Kills a process that occupies more memory. V8 limits its own heap only, not buffers. Linux reports the memory of processes; on other
 * systems, nothing is limited.
 *
 * @returns ends the checks
 */
export function watchMemory(child: ChildProcess, maxBytes: number): () => void {
  const timer = setInterval(() => {
    void residentBytes(child.pid).then((bytes) => bytes > maxBytes && child.kill('SIGKILL'));
  }, INTERVAL_MS);
  return () => clearInterval(timer);
}

async function residentBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}
