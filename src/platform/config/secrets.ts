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

/** The secrets of a hub. */
export interface Secrets {
  readonly adminToken: string;
  readonly secretKey: string;
}

/** Paths of the generated secrets in a data directory. */
export const secretFiles = (dataDir: string): { adminToken: string; secretKey: string } => ({
  adminToken: join(dataDir, 'secrets', 'admin-token'),
  secretKey: join(dataDir, 'secrets', 'secret-key'),
});

/** Where an administrator finds the admin token, as part of a sentence. */
export function adminTokenPlace(dataDir: string, env: NodeJS.ProcessEnv = process.env): string {
  const { KOHAKU_HUB_ADMIN_SECRET_TOKEN: token, KOHAKU_HUB_ADMIN_SECRET_TOKEN_FILE: file } = env;
  return token
    ? 'the value of KOHAKU_HUB_ADMIN_SECRET_TOKEN'
    : `in the file ${file || secretFiles(dataDir).adminToken}`;
}

const hasCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;

function readSecret(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8').trim();
    if (text === '') throw new Error(`The secret in ${file} is empty. Delete the file to generate a new one.`);
    return text;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * Writes a secret atomically without replacing an existing one: it is written to a temporary file and then linked, which fails if the
 * target exists.
 */
function writeSecret(file: string, text: string): void {
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(handle, `${text}\n`);
    fsyncSync(handle);
    closeSync(handle);
    linkSync(temporary, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function readOrGenerate(file: string, prefix: string): string {
  const existing = readSecret(file);
  if (existing !== undefined) return existing;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const generated = prefix + randomBytes(32).toString('base64url');
  writeSecret(file, generated);
  return readSecret(file) ?? generated;
}

/** A key rotation was interrupted. Running it again completes it. */
export class UnfinishedRotationError extends Error {
  constructor(file: string) {
    super(`A rotation of the secret key was interrupted (${file} exists). Run the rotate-key command again.`);
    this.name = 'UnfinishedRotationError';
  }
}

const nextFile = (dataDir: string): string => `${secretFiles(dataDir).secretKey}.next`;

/** The new key of a rotation, stored before it is used. An interrupted rotation continues with the key that it stored. */
export function nextKeyIn(dataDir: string, given: string | undefined): string {
  const file = nextFile(dataDir);
  const existing = readSecret(file);
  if (existing !== undefined) return existing;
  const generated = given ?? randomBytes(32).toString('base64url');
  writeSecret(file, generated);
  return generated;
}

/** Replaces the current key with the new one. */
export const adoptNextKey = (dataDir: string): void => renameSync(nextFile(dataDir), secretFiles(dataDir).secretKey);

/**
 * The secrets in a data directory. Missing ones are generated, as files that only their owner can read.
 * @throws UnfinishedRotationError
 */
export function secretsIn(dataDir: string): Secrets {
  if (existsSync(nextFile(dataDir))) throw new UnfinishedRotationError(nextFile(dataDir));
  return secretsInRotation(dataDir);
}

/** Like `secretsIn`, but for the `rotate-key` command: during a rotation, the old key is still the current one. */
export function secretsInRotation(dataDir: string): Secrets {
  const files = secretFiles(dataDir);
  return { adminToken: readOrGenerate(files.adminToken, 'hfadmin_'), secretKey: readOrGenerate(files.secretKey, '') };
}
