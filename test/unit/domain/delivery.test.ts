import { checkSourceField } from '../../../src/domain/check-source.js';
import { type Delivery, type DeliveryRule } from '../../../src/domain/delivery-rule.js';
import { DeliveryRules } from '../../../src/domain/delivery.js';
import { describeRule } from '../../../src/domain/describe-rule.js';
import type { RepoType } from '../../../src/domain/repo-id.js';

const MB = 1_000_000;
const decide = (rules: readonly DeliveryRule[], name: string, path: string, size?: number | null): unknown => {
  const [type, id] = name.includes(':') ? (name.split(':') as [RepoType, string]) : (['model', name] as const);
  const [first, second] = id.split('/');
  const repo = { type, namespace: second === undefined ? '' : first!, name: second ?? first! };
  const file = { repo, path: path.split('/'), ...(size !== undefined && { size }) };
  return new DeliveryRules({ delivery: 'redirect', rules }).decide(file)?.delivery;
};
const deny = (rule: Omit<DeliveryRule, 'delivery'>): DeliveryRule[] => [{ ...rule, delivery: 'deny' }];

describe('rules for downloads', () => {
  test.each<[string, Omit<DeliveryRule, 'delivery'>, string, string, boolean]>([
    ['every file without properties', {}, 'gpt2', 'a/b.bin', true],
    ['a name in any folder', { files: '*.bin' }, 'o/m', 'a/b/c.bin', true],
    ['a name in any case', { files: '*.bin' }, 'o/m', 'A.BIN', true],
    ['not the folder of a file', { files: 'a*' }, 'o/m', 'a/b', false],
    ['a path', { files: 'onnx/*' }, 'o/m', 'onnx/model.onnx', true],
    ['not below its folder', { files: 'onnx/*' }, 'o/m', 'onnx/fp16/model.onnx', false],
    ['all below a folder', { files: 'onnx/**' }, 'o/m', 'onnx/fp16/model.onnx', true],
    ['other characters', { files: 'Résumé (1) +.txt' }, 'o/m', 'résumé (1) +.txt', true],
    ['repositories', { repos: 'meta-llama/*' }, 'Meta-Llama/Llama', 'x', true],
    ['not other repositories', { repos: 'meta-llama/*' }, 'o/m', 'x', false],
    ['a type in the pattern', { repos: 'dataset:*/*' }, 'dataset:o/m', 'x', true],
    ['not another type', { repos: 'dataset:*/*' }, 'o/m', 'x', false],
    ['a list of types', { types: ['dataset', 'space'] }, 'space:o/m', 'x', true],
    ['not types outside of the list', { types: ['dataset', 'space'] }, 'o/m', 'x', false],
  ])('match %s', (_, rule, repo, path, expected) => {
    expect(decide(deny(rule), repo, path, 1)).toBe(expected ? 'deny' : 'redirect');
  });

  test.each<[number | null, Delivery]>([
    [9 * MB, 'redirect'],
    [10 * MB, 'cache'],
    [20 * MB, 'cache'],
    [20 * MB + 1, 'redirect'],
    [null, 'redirect'],
  ])('match sizes: %s', (size, expected) => {
    expect(decide([{ min_size: 10 * MB, max_size: 20 * MB, delivery: 'cache' }], 'o/m', 'x', size)).toBe(expected);
  });

  test('need the size only if it decides', () => {
    const rules: DeliveryRule[] = [
      { files: '*.json', delivery: 'proxy' },
      { files: '*.bin', min_size: 1, delivery: 'deny' },
    ];
    expect(['a.json', 'a.bin', 'a.txt'].map((path) => decide(rules, 'o/m', path))).toEqual([
      'proxy',
      undefined,
      'redirect',
    ]);
  });

  test('are applied in their order', () => {
    const rules: DeliveryRule[] = [
      { files: '*.bin', repos: 'o/*', delivery: 'cache' },
      { files: '*.bin', delivery: 'deny' },
    ];
    expect([decide(rules, 'o/m', 'a.bin'), decide(rules, 'p/m', 'a.bin')]).toEqual(['cache', 'deny']);
  });

  test('for a whole repository end with the first one that matches all files', () => {
    const rules: DeliveryRule[] = [
      { files: '*.bin', delivery: 'cache' },
      { repos: 'o/*', delivery: 'proxy' },
      { delivery: 'deny' },
    ];
    const possible = (namespace: string): unknown =>
      new DeliveryRules({ delivery: 'redirect', rules })
        .possible({ type: 'model', namespace, name: 'm' })
        .map(({ delivery }) => delivery);
    expect([possible('o'), possible('p')]).toEqual([
      ['cache', 'proxy'],
      ['cache', 'deny'],
    ]);
  });

  test('cannot take long for any path', () => {
    const rules = Array.from({ length: 100 }, () => ({ files: '*a'.repeat(99), delivery: 'deny' }) as const);
    const started = process.cpuUsage();
    expect(() => decide(rules, 'o/m', `${'a'.repeat(4000)}b`)).toThrow('take too long');
    expect(process.cpuUsage(started).user).toBeLessThan(500_000);
  });

  test('are described for people', () => {
    expect(
      describeRule({ repos: 'o/*', files: '*.bin', min_size: 10 * MB, types: ['dataset'], delivery: 'deny' }),
    ).toBe('*.bin of datasets, o/*, at least 10 MB');
    expect(describeRule({ delivery: 'deny' })).toBe('all files');
  });
});

test.each<[unknown, string]>([
  ['*.bin', 'Must be a list of at most 100 rules'],
  [Array.from({ length: 101 }, () => ({ delivery: 'deny' })), 'Must be a list of at most 100 rules'],
  [[{ delivery: 'deny' }, 'x'], 'Rule 2: delivery must be one of redirect, proxy, cache, cache-async, deny'],
  [[{ delivery: 'stream' }], 'Rule 1: delivery must be one of redirect, proxy, cache, cache-async, deny'],
  [
    [{ delivery: 'deny', repo: 'a/b' }],
    'Rule 1: repo is not a property of a rule, which has repos, files, min_size, max_size, types, delivery',
  ],
  [[{ delivery: 'deny', repos: 'a//b' }], 'Rule 1: repos must be a pattern such as meta-llama/* or dataset:*/*'],
  [
    [{ delivery: 'deny', files: '/a' }],
    'Rule 1: files must be a pattern such as *.safetensors or onnx/**, of at most 200 characters',
  ],
  [
    [{ delivery: 'deny', files: 'x'.repeat(201) }],
    'Rule 1: files must be a pattern such as *.safetensors or onnx/**, of at most 200 characters',
  ],
  [[{ delivery: 'deny', min_size: '1GB' }], 'Rule 1: min_size must be a number of bytes'],
  [[{ delivery: 'deny', min_size: 2, max_size: 1 }], 'Rule 1: min_size must not be larger than max_size'],
  [[{ delivery: 'deny', types: ['models'] }], 'Rule 1: types must be a list of model, dataset, space'],
])('invalid rules are explained: %j', (rules, message) => {
  expect(checkSourceField('rules', rules)).toBe(message);
});
