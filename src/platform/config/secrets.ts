import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** What the hub must know and nobody else. */
export interface Secrets {
  readonly adminToken: string;
  readonly secretKey: string;
}

/** Where the generated secrets of a data directory lie. */
export const secretFiles = (dataDir: string): { adminToken: string; secretKey: string } => ({
  adminToken: join(dataDir, 'secrets', 'admin-token'),
  secretKey: join(dataDir, 'secrets', 'secret-key'),
});

const hasCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;

function readSecret(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8').trim();
    if (text === '') throw new Error(`The secret in ${file} is empty; delete the file to have a new one made.`);
    return text;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Whole or not at all, and never over another's: written beside its place, then linked to it, which fails when that is taken. */
function keepSecret(file: string, text: string): void {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = openSync(draft, 'wx', 0o600);
  try {
    writeSync(handle, `${text}\n`);
    fsyncSync(handle);
    closeSync(handle);
    linkSync(draft, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function secretIn(file: string, prefix: string): string {
  const kept = readSecret(file);
  if (kept !== undefined) return kept;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = prefix + randomBytes(32).toString('base64url');
  keepSecret(file, fresh);
  return readSecret(file) ?? fresh;
}

/** A key rotation was cut off: which key the tokens are sealed under is known when it is run again. */
export class RotationUnfinished extends Error {
  constructor(file: string) {
    super(`A change of the secret key was cut off (${file} is there): run the command rotate-key again.`);
    this.name = 'RotationUnfinished';
  }
}

const nextFile = (dataDir: string): string => `${secretFiles(dataDir).secretKey}.next`;

/** The key that takes the place of a data directory's, durable before it is used; a rotation that was cut off goes on with its own. */
export function nextKeyIn(dataDir: string, given: string | undefined): string {
  const file = nextFile(dataDir);
  const kept = readSecret(file);
  if (kept !== undefined) return kept;
  const fresh = given ?? randomBytes(32).toString('base64url');
  keepSecret(file, fresh);
  return fresh;
}

/** From now on the next key is the key. */
export const adoptNextKey = (dataDir: string): void => renameSync(nextFile(dataDir), secretFiles(dataDir).secretKey);

/**
 * The secrets kept in a data directory, made on first use: files only their owner can read, in a folder only they can enter.
 * @throws RotationUnfinished
 */
export function secretsIn(dataDir: string): Secrets {
  if (existsSync(nextFile(dataDir))) throw new RotationUnfinished(nextFile(dataDir));
  return secretsInRotation(dataDir);
}

/** The same in the middle of a key rotation, where the old key still is the key. */
export function secretsInRotation(dataDir: string): Secrets {
  const files = secretFiles(dataDir);
  return { adminToken: secretIn(files.adminToken, 'hfadmin_'), secretKey: secretIn(files.secretKey, '') };
}
