import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unknownNames } from '../../../../src/platform/config/read-settings.js';
import { fileVariableOf } from '../../../../src/platform/config/secret-files.js';
import { VARIABLES } from '../../../../src/platform/config/variables.js';
import { problemsOf, readEnvironment } from '../../../support/read-environment.js';

const folder = mkdtempSync(join(tmpdir(), 'secret-files-'));
const fileWith = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const KEY = '0123456789abcdef0123';

describe('settings in files', () => {
  it('are exactly the secrets', () => {
    const names = Object.values(VARIABLES).map(fileVariableOf);
    expect(names.filter((name) => name !== undefined)).toEqual([
      'KOHAKU_HUB_DATABASE_URL_FILE',
      'KOHAKU_HUB_REDIS_URL_FILE',
      'KOHAKU_HUB_ADMIN_SECRET_TOKEN_FILE',
      'KOHAKU_HUB_SECRET_KEY_FILE',
      'KOHAKU_HUB_NEW_SECRET_KEY_FILE',
      'KOHAKU_HUB_OIDC_CLIENT_SECRET_FILE',
      'KOHAKU_HUB_OIDC_PROVIDERS_FILE',
      'KOHAKU_HUB_S3_ACCESS_KEY_FILE',
      'KOHAKU_HUB_S3_SECRET_KEY_FILE',
      'KOHAKU_HUB_FALLBACK_SOURCES_FILE',
      'HTTP_PROXY_FILE',
      'HTTPS_PROXY_FILE',
      'ALL_PROXY_FILE',
      'KOHAKU_HUB_METRICS_TOKEN_FILE',
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT_FILE',
      'OTEL_EXPORTER_OTLP_ENDPOINT_FILE',
      'OTEL_EXPORTER_OTLP_HEADERS_FILE',
    ]);
  });

  it('are read without the line break at the end', () => {
    const config = readEnvironment({
      KOHAKU_HUB_SECRET_KEY_FILE: fileWith('key', `${KEY}\n`),
      KOHAKU_HUB_DATABASE_URL_FILE: fileWith('database', 'postgresql://hubfall:p@db/hubfall\r\n'),
      KOHAKU_HUB_FALLBACK_SOURCES_FILE: fileWith('sources', '[]'),
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      OTEL_EXPORTER_OTLP_HEADERS_FILE: fileWith('headers', 'authorization=Bearer%20word\n'),
      HTTPS_PROXY_FILE: fileWith('proxy', 'http://user:password@proxy:3128'),
    });
    expect(config).toMatchObject({
      secretKeys: [KEY],
      isSecretKeyGenerated: false,
      databaseUrl: 'postgresql://hubfall:p@db/hubfall',
      fallback: { sources: [] },
      proxy: { https: { url: 'http://proxy:3128' } },
      tracing: { variables: { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20word' } },
    });
  });

  it('count as unset if the variable is empty', () => {
    expect(readEnvironment({ KOHAKU_HUB_SECRET_KEY_FILE: ' ' })).toEqual(readEnvironment());
    expect(
      readEnvironment({ KOHAKU_HUB_SECRET_KEY: '', KOHAKU_HUB_SECRET_KEY_FILE: fileWith('k', KEY) }),
    ).toMatchObject({ secretKeys: [KEY] });
  });

  const NAME = 'KOHAKU_HUB_SECRET_KEY_FILE';
  it.each<[string, Record<string, string>, string]>([
    [
      'the variable is also set',
      { KOHAKU_HUB_SECRET_KEY: KEY, [NAME]: fileWith('both', KEY) },
      `KOHAKU_HUB_SECRET_KEY and ${NAME} are both set. Remove one.`,
    ],
    [
      'the file is missing',
      { [NAME]: '/missing/key' },
      `${NAME} is "/missing/key": expected a file with the value, but it cannot be read (ENOENT)`,
    ],
    [
      'it is a folder',
      { [NAME]: folder },
      `${NAME} is "${folder}": expected a file with the value, but it cannot be read (EISDIR)`,
    ],
    [
      'it is empty',
      { [NAME]: fileWith('empty', '\n') },
      `${NAME} is "${join(folder, 'empty')}": expected a file with the value, but it is empty`,
    ],
    [
      'its value is invalid, without showing it',
      { [NAME]: fileWith('short', 'hidden') },
      'KOHAKU_HUB_SECRET_KEY (value not shown): expected 16 to 500 printable ASCII characters without spaces',
    ],
  ])('are rejected if %s', (_case, env, problem) => {
    expect(problemsOf(env)).toEqual([problem]);
  });

  it('are known settings; files of other settings are not', () => {
    expect(unknownNames({ KOHAKU_HUB_SECRET_KEY_FILE: '', KOHAKU_HUB_SITE_NAME_FILE: '' })).toEqual([
      'KOHAKU_HUB_SITE_NAME_FILE',
    ]);
  });
});
