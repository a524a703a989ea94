import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { formatBytes } from '../../domain/byte-size.js';
import type { HubConfig } from '../../platform/config/hub-config.js';
import { secretFiles } from '../../platform/config/secrets.js';
import { findingsOf, type Finding } from './finding.js';

const { ok, warning, problem } = findingsOf('disk');
const ANOTHER = 'or set KOHAKU_HUB_DATA_DIR to another directory.';
const FEW_INODES = 10_000;

/** File systems by their number in Linux (`statfs`), on which data is lost or damaged. */
const RISKY: ReadonlyMap<number, readonly [message: string, advice: string]> = new Map([
  [0x01021994, ['is in memory, so it is lost when the machine restarts', 'Mount a disk there']],
  [0x794c7630, ["is part of the container's image, so it is lost with the container", 'Mount a volume there']],
]);
const NETWORK: ReadonlySet<number> = new Set([0x6969, 0xff534d42, 0xfe534d42]);

/** The nearest existing folder. */
function existing(folder: string): string {
  return existsSync(folder) ? folder : existing(dirname(folder));
}

/** Whether files can be created there. */
function writeProblem(folder: string): string | undefined {
  const file = join(folder, `.doctor-${randomBytes(6).toString('hex')}`);
  try {
    writeFileSync(file, 'x', { flag: 'wx' });
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    rmSync(file, { force: true });
  }
}

/** Examines the data directory. Creates nothing that stays. */
export function examineDisk(config: HubConfig): Finding[] {
  const { dataDir, s3, databaseUrl } = config;
  const folder = existing(resolve(dataDir));
  if (!statSync(folder).isDirectory()) return [problem(`${folder} is a file.`, `Move it away, ${ANOTHER}`)];
  const code = writeProblem(folder);
  if (code !== undefined)
    return [
      problem(
        `The data directory ${dataDir} cannot be written (${code}).`,
        `Change its owner or permissions, ${ANOTHER}`,
      ),
    ];
  const isStore = s3 === undefined || databaseUrl === undefined;
  const found = [
    ...examineSpace(folder, config),
    ...(isStore ? examineKind(folder, config) : []),
    ...examineSecrets(dataDir),
  ];
  return found.length > 0 ? found : [ok(`The data directory ${dataDir} is writable.`)];
}

function examineSpace(folder: string, { limits, s3, dataDir }: HubConfig): Finding[] {
  const { bavail, bsize, files, ffree } = statfsSync(folder);
  const free = bavail * bsize;
  const space = `The disk of ${dataDir} has ${formatBytes(free)} free`;
  const inodes =
    files > 0 && ffree < FEW_INODES
      ? [warning(`The disk of ${dataDir} has only ${ffree} inodes left, one for each file.`, `Free some, ${ANOTHER}`)]
      : [];
  if (s3 !== undefined) return [ok(`${space}.`), ...inodes];
  const needed = formatBytes(limits.minFreeDisk);
  if (free < limits.minFreeDisk)
    return [
      problem(
        `${space}, so uploads are refused: ${needed} must stay free.`,
        'Free some space, or set KOHAKU_HUB_MIN_FREE_DISK.',
      ),
    ];
  if (free < 2 * limits.minFreeDisk)
    return [
      warning(`${space}. Uploads are refused below ${needed}.`, 'Free some space, or enlarge the disk.'),
      ...inodes,
    ];
  return [ok(`${space}.`), ...inodes];
}

function examineKind(folder: string, { dataDir, databaseUrl }: HubConfig): Finding[] {
  const { type } = statfsSync(folder);
  const risk = RISKY.get(type);
  if (risk) return [warning(`The data directory ${dataDir} ${risk[0]}.`, `${risk[1]}, ${ANOTHER}`)];
  if (databaseUrl === undefined && NETWORK.has(type))
    return [
      warning(
        `The data directory ${dataDir} is on a network file system, which the embedded database is not made for.`,
        'Use a local disk, or a PostgreSQL server.',
      ),
    ];
  return [];
}

function examineSecrets(dataDir: string): Finding[] {
  return Object.values(secretFiles(dataDir))
    .filter((file) => existsSync(file) && (statSync(file).mode & 0o077) !== 0)
    .map((file) => warning(`Other users of this machine can read the secret in ${file}.`, `Run chmod 600 ${file}.`));
}
