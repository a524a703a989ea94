import fc from 'fast-check';
import { forwardableQuery, withoutCredentials } from '../../../src/domain/forward-query.js';
import type { QueryPairs } from '../../../src/domain/query.js';

const TOKEN = 'hf_AbCdEfGh12345678';
const SECRETS = [
  'token',
  'Token',
  'access_token',
  'api_key',
  'apikey',
  'auth',
  '__sign',
  'x-admin-token',
  'authorization',
  'Authorization',
  'hubfall_session',
  'session',
  'password',
  'key',
  'sig',
  'fallback',
  'x',
  '__proto__',
  '',
];
const EXPAND = ['expand', 'expand[]'];
const INFO = [...EXPAND, 'blobs', 'files_metadata', 'securityStatus'];
const PAGE = ['limit', 'cursor', 'p', 'page', 'offset', 'skip', 'after'];
const FILTERS = ['author', 'search', 'filter', 'pipeline_tag', 'sort', 'direction', 'limit'];
const FIELDS = ['full', 'cardData', 'config', 'fetch_config'];
const OTHERS = ['gated', 'apps', 'inference', 'inference_provider', 'num_parameters'];
const SPACES = ['linked', 'models', 'datasets'];

const forwarded = [
  ['resolve', ['download', 'noContentDisposition']],
  ['info', INFO],
  ['revision', INFO],
  ['tree', [...EXPAND, ...PAGE, 'recursive', 'name_prefix']],
  ['pathsInfo', EXPAND],
  ['refs', ['include_prs']],
  ['commits', [...EXPAND, ...PAGE, 'formatted']],
  ['list', [...EXPAND, ...FILTERS, ...FIELDS, ...OTHERS, ...SPACES]],
  ['accountList', PAGE],
] as const;

describe.each(forwarded)('operation %s', (kind, names) => {
  const all = [...new Set([...forwarded.flatMap(([, known]) => known), ...SECRETS])];

  it(`only ${names.join(', ')} are forwarded`, () => {
    const kept = forwardableQuery(
      kind,
      all.map((name) => [name, 'x'] as const),
    );
    expect(kept.map(([name]) => name).sort()).toEqual([...names].sort());
  });

  it('an access token is not forwarded in any parameter', () => {
    const pairs = all.flatMap((name) => [TOKEN, `Bearer ${TOKEN}`].map((value) => [name, value] as const));
    expect(forwardableQuery(kind, pairs)).toEqual([]);
  });
});

it('forwards parameters with order and repetitions', () => {
  const query = [
    ['expand', 'a'],
    ['blobs', 'true'],
    ['expand', 'b'],
    ['expand', ''],
  ] as const;
  expect(forwardableQuery('info', query)).toEqual(query);
});

describe("the parameters of a source's own link", () => {
  it.each(['fallback', 'token', 'Token', 'access_token', 'api_key', 'apikey', 'auth', '__sign'])(
    'do not include %s',
    (name) => expect(withoutCredentials([[name, 'x']])).toEqual([]),
  );

  it('otherwise include names of any kind', () => {
    const query = [
      ['cursor', 'hf_short'],
      ['marker', 'b'],
      ['', ''],
    ] as const;
    expect(withoutCredentials(query)).toEqual(query);
  });

  it('never include a token in any position', () => {
    const pair = fc
      .tuple(fc.string(), fc.string())
      .chain(([a, b]) => fc.constantFrom([a + TOKEN + b, a], [a, b + TOKEN], [b, `${TOKEN}${a}`], [a, b]));
    fc.assert(
      fc.property(fc.array(pair), (query) => {
        expect(JSON.stringify(withoutCredentials(query as unknown as QueryPairs))).not.toContain(TOKEN);
      }),
    );
  });
});
