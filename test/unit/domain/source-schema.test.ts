import { checkSourceField } from '../../../src/domain/check-source.js';
import { schemaOf, SOURCE_FIELDS } from '../../../src/domain/source-schema.js';
import { PUBLIC_FIELDS, toPublicFields, toSourceProperties, type PublicFields } from '../../../src/domain/source.js';

const FIELDS: PublicFields = {
  name: 'Team hub',
  source_type: 'kohakuhub',
  url: 'https://hub.example',
  priority: 7,
  namespace: 'acme',
  enabled: false,
  require_auth: true,
  delivery: 'proxy',
  rules: [{ files: '*.bin', delivery: 'deny' }],
  xet: 'relay',
  on_error: 'fail',
  timeout_seconds: 30,
  fresh_seconds: 30,
  offline: true,
  max_bytes_per_second: 1_000_000,
  include: ['acme/*'],
  exclude: ['*/*-GGUF'],
};

test('settings and sources have the same values under different names', () => {
  const source = toSourceProperties(FIELDS);
  expect(source).toMatchObject({ type: 'kohakuhub', requireAuth: true, onError: 'fail' });
  expect(toPublicFields(source)).toEqual(FIELDS);
});

test('the token is never among the public fields', () => {
  expect(SOURCE_FIELDS).toContain('token');
  expect(PUBLIC_FIELDS).not.toContain('token');
  expect(toSourceProperties({ ...FIELDS, token: 'hf_secret' } as PublicFields)).not.toHaveProperty('token');
});

test.each(SOURCE_FIELDS)('the default and the example of %s are valid', (field) => {
  const { default: value, example } = schemaOf(field);
  for (const valid of [value, example].filter((given) => given !== undefined))
    expect(checkSourceField(field, valid)).toBeUndefined();
});

test.each<[string, (typeof SOURCE_FIELDS)[number], unknown, string]>([
  ['a text', 'name', 'x'.repeat(101), 'Use 1 to 100 characters'],
  ['a URL', 'url', 'ftp://hub.example', 'Must be an http:// or https:// URL'],
  ['a number', 'priority', 0, 'Must be a whole number from 1 to 10000'],
  ['a choice', 'delivery', 'stream', 'Must be one of redirect, proxy, cache, cache-async, deny'],
  ['a boolean', 'enabled', 'yes', 'Must be true or false'],
  [
    'a pattern',
    'include',
    ['a//b'],
    '"a//b" is not a pattern such as meta-llama/* or dataset:*/* (types: model, dataset, space)',
  ],
])('an invalid %s is described in a sentence', (_kind, field, value, message) => {
  expect(checkSourceField(field, value)).toBe(message);
});

test('the known source types are an argument', () => {
  expect(checkSourceField('source_type', 'gitea')).toBeUndefined();
  expect(checkSourceField('source_type', 'gitea', ['huggingface'])).toBe('Must be one of huggingface');
});
