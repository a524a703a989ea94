import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { formatBytes } from '../../domain/byte-size.js';
import { findingsOf, type Finding } from './finding.js';

const { ok, warning, problem } = findingsOf('limits');
const MIN_FILES = 1024;
const ENOUGH_FILES = 8192;
const MIN_MEMORY = 512 * 1024 ** 2;
const ENOUGH_MEMORY = 1024 ** 3;

/** Maximum number of open files of this process. `undefined` if the system does not report it. */
function openFilesLimit(): number | undefined {
  try {
    const [, limit] = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return limit === 'unlimited' ? Infinity : Number(limit);
  } catch {
    return undefined; // not Linux
  }
}

/** The memory that this process may use: that of the container, otherwise of the machine. */
function memoryLimit(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}

/** Examines the limits that the system sets for the process. */
export const examineLimits = (): Finding[] => [...examineOpenFiles(), examineMemory(), ...examineNode()];

function examineOpenFiles(): Finding[] {
  const limit = openFilesLimit();
  if (limit === undefined) return [];
  if (limit >= ENOUGH_FILES) return [ok(`The process may open ${limit === Infinity ? 'any number of' : limit} files.`)];
  const message = `The process may open ${limit} files, and each connection is one.`;
  const advice = `Raise the limit to ${ENOUGH_FILES} or more (ulimit -n, LimitNOFILE of systemd, --ulimit of Docker).`;
  return [limit < MIN_FILES ? problem(message, advice) : warning(message, advice)];
}

function examineMemory(): Finding {
  const memory = memoryLimit();
  if (memory >= ENOUGH_MEMORY) return ok(`The process may use ${formatBytes(memory)} of memory.`);
  const message = `The process may use ${formatBytes(memory)} of memory.`;
  const advice = 'Set the limit of the container to 1 GiB or more.';
  return memory < MIN_MEMORY ? problem(message, advice) : warning(message, advice);
}

function examineNode(): Finding[] {
  const [major = 0] = process.versions.node.split('.').map(Number);
  return major % 2 === 0
    ? [ok(`Node.js ${process.versions.node}.`)]
    : [
        warning(
          `Node.js ${process.versions.node} is not a release with long-term support.`,
          'Use an even major version.',
        ),
      ];
}
