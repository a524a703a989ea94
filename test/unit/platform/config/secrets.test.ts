import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { secretFiles, secretsIn } from '../../../../src/platform/config/secrets.js';

describe('generated secrets', () => {
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'hubfall-secrets-')), 'data');
  });
  afterEach(() => rmSync(dirname(folder), { recursive: true }));

  it('are generated once and then reused', () => {
    const first = secretsIn(folder);
    expect(first.adminToken).toMatch(/^hfadmin_[\w-]{43}$/);
    expect(first.secretKey).toMatch(/^[\w-]{43}$/);
    expect(secretsIn(folder)).toEqual(first);
    expect(readFileSync(secretFiles(folder).adminToken, 'utf8')).toBe(`${first.adminToken}\n`);
  });

  it('are readable by their owner only, and no temporary file remains', () => {
    secretsIn(folder);
    const files = secretFiles(folder);
    const mode = (path: string): number => statSync(path).mode & 0o777;
    expect([mode(files.adminToken), mode(files.secretKey)]).toEqual([0o600, 0o600]);
    expect(mode(dirname(files.adminToken))).toBe(0o700);
    expect(readdirSync(dirname(files.adminToken)).sort()).toEqual(['admin-token', 'secret-key']);
  });

  it('are not replaced if their file is empty', () => {
    secretsIn(folder);
    writeFileSync(secretFiles(folder).secretKey, '\n');
    expect(() => secretsIn(folder)).toThrow(/secret-key is empty. Delete the file/);
  });
});
