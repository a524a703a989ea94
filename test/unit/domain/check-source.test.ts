import { checkSource, checkSources, type SourceProblem } from '../../../src/domain/check-source.js';

const valid = { name: 'Hub', url: 'https://hub.example', source_type: 'huggingface' };
const problemsOf = (input: unknown): readonly SourceProblem[] => {
  const check = checkSource(input, ['huggingface', 'kohakuhub']);
  return 'problems' in check ? check.problems : [];
};
const settingOf = (input: unknown) => {
  const check = checkSource(input, ['huggingface', 'kohakuhub']);
  if ('problems' in check) throw new Error(JSON.stringify(check.problems));
  return check.setting;
};

describe('checkSource', () => {
  test('fills in the defaults', () => {
    expect(settingOf(valid)).toEqual({
      ...valid,
      priority: 100,
      namespace: '',
      enabled: true,
      require_auth: false,
      delivery: 'redirect',
      rules: [],
      xet: null,
      on_error: 'next',
      timeout_seconds: null,
      fresh_seconds: null,
      offline: false,
      max_bytes_per_second: null,
      include: [],
      exclude: [],
    });
  });

  test('accepts the examples of the specification, with an empty token and a missing name', () => {
    const example = {
      url: 'https://huggingface.co',
      token: '',
      priority: 1,
      name: 'HuggingFace',
      source_type: 'huggingface',
    };
    expect(settingOf(example)).toMatchObject({ token: null, priority: 1, name: 'HuggingFace' });
    expect(
      settingOf({ namespace: 'ml-team', url: 'https://team.example:8443', source_type: 'kohakuhub' }),
    ).toMatchObject({
      name: 'team.example:8443',
      namespace: 'ml-team',
    });
  });

  test.each([
    ['https://Hub.Example/', 'https://hub.example'],
    ['HTTPS://hub.example:443', 'https://hub.example'],
    ['http://127.0.0.1:8080//', 'http://127.0.0.1:8080'],
    ['https://hub.example/under/a/path/', 'https://hub.example/under/a/path'],
    ['https://h\u00fcb.example', 'https://xn--hb-xka.example'],
  ])('normalizes %s to %s', (url, normalized) => {
    expect(settingOf({ ...valid, url }).url).toBe(normalized);
  });

  const invalidValues: [field: string, value: unknown][] = [
    ['url', ''],
    ['url', 7],
    ['url', 'hub.example'],
    ['url', 'ftp://hub.example'],
    ['url', 'file:///etc/passwd'],
    ['url', 'https://'],
    ['url', 'https:///hub.example'],
    ['url', 'https://hub.example:99999'],
    ['url', 'https://user:secret@hub.example'],
    ['url', 'https://user@hub.example'],
    ['url', 'https://@hub.example'],
    ['url', 'https://hub.example/?q=1'],
    ['url', 'https://hub.example/?'],
    ['url', 'https://hub.example/#x'],
    ['url', 'https://hub.example/a b'],
    ['url', ' https://hub.example'],
    ['url', 'https://hub.example\\@evil.example'],
    ['url', 'https://hub.exa\nmple'],
    ['url', 'http://169.254.169.254/latest'],
    ['url', 'http://[fe80::1]'],
    ['url', `https://hub.example/${'x'.repeat(2000)}`],
    ['name', ''],
    ['name', '  '],
    ['name', 'x'.repeat(101)],
    ['name', 'a\r\nb'],
    ['name', 'a\u202eb'],
    ['name', null],
    ['source_type', 'git'],
    ['source_type', null],
    ['priority', 0],
    ['priority', 10_001],
    ['priority', 1.5],
    ['priority', '1'],
    ['namespace', 'a/b'],
    ['namespace', '-a'],
    ['namespace', 'a.'],
    ['namespace', 'a--b'],
    ['namespace', 'x'.repeat(97)],
    ['namespace', null],
    ['enabled', 'true'],
    ['require_auth', 1],
    ['delivery', 'stream'],
    ['on_error', 'stop'],
    ['xet', 'redirect'],
    ['include', 'acme/*'],
    ['include', ['a//b']],
    ['include', ['datasets:*/*']],
    ['exclude', [7]],
    ['exclude', new Array(101).fill('a')],
    ['token', 7],
    ['token', 'x'.repeat(501)],
    ['token', 'a\nb'],
    ['token', '\u4f60'],
    ['sourceType', 'huggingface'],
  ];

  test('reports each invalid value for its field only', () => {
    const problems = invalidValues.map(([field, value]) => {
      const fields = problemsOf({ ...valid, [field]: value }).map((problem) => problem.field);
      return { field, value, fields };
    });
    expect(problems).toEqual(invalidValues.map(([field, value]) => ({ field, value, fields: [field] })));
  });

  test.each<[string, unknown]>([
    ['name', '\u{1F468}\u200d\u{1F469} H\u00fcb'],
    ['name', '\u{1F917}'.repeat(100)],
    ['priority', 10_000],
    ['namespace', 'Acme_1.x'],
    ['include', ['meta-llama/*', 'dataset:*/*', 'gpt2']],
    ['xet', null],
    ['xet', 'pass'],
    ['token', 'hf_abc'],
    ['token', null],
    ['token', undefined],
  ])('accepts %s: %j', (field, value) => {
    expect(problemsOf({ ...valid, [field]: value })).toEqual([]);
  });

  test.each([
    { token: 'hf_abc' },
    { basic_auth: 'user:password' },
    { headers: { 'X-Key': 'secret' } },
    { delivery: 'proxy' },
    { delivery: 'cache-async' },
  ])('refuses xet: pass with %j, and accepts relay', (facts) => {
    const [problem, ...others] = problemsOf({ ...valid, ...facts, xet: 'pass' });
    expect([problem?.field, others]).toEqual(['xet', []]);
    expect(problem?.message).toMatch(/^pass requires .*Choose relay, or /);
    expect(problemsOf({ ...valid, ...facts, xet: 'relay' })).toEqual([]);
  });

  test('reports all problems at once', () => {
    expect(problemsOf({ name: '', priority: 0, colour: 'red' }).map((problem) => problem.field)).toEqual([
      'source_type',
      'url',
      'name',
      'priority',
      'colour',
    ]);
  });

  test.each([null, 'x', 7, [], undefined])('rejects %j', (input) => {
    expect(problemsOf(input)).toHaveLength(1);
  });
});

describe('checkSources', () => {
  test('requires unique names within a namespace, case-insensitively', () => {
    const list = [valid, { ...valid, namespace: 'Acme' }, { ...valid, namespace: 'acme' }];
    expect(checkSources(list)).toMatchObject({ problems: [{ field: '2.name' }] });
    expect(checkSources(list.slice(0, 2))).toMatchObject({ settings: [{ namespace: '' }, { namespace: 'Acme' }] });
  });
  test('reports the index of a problem', () => {
    expect(checkSources([valid, { ...valid, name: 'B', url: 'x' }, 7])).toMatchObject({
      problems: [{ field: '1.url' }, { field: '2' }],
    });
  });
  test('accepts only lists', () => {
    expect(checkSources({})).toMatchObject({ problems: [{ field: '' }] });
    expect(checkSources([])).toEqual({ settings: [] });
  });
});
