import { describe, expect, it } from '@jest/globals';
import { configsOf } from '../../../web/src/pages/repository/dataset-viewer/dataset-configs.js';

const shape = (configs: ReturnType<typeof configsOf>): unknown =>
  Object.fromEntries(
    configs.map(({ name, splits }) => [
      name,
      Object.fromEntries(splits.map(({ name: split, paths }) => [split, paths])),
    ]),
  );

describe('configurations without a card', () => {
  it.each<[string, string[], Record<string, string[]>]>([
    [
      'file names',
      ['train.csv', 'test.csv', 'valid.csv'],
      { train: ['train.csv'], validation: ['valid.csv'], test: ['test.csv'] },
    ],
    ['folders', ['data/test/0.csv', 'data/dev/0.csv'], { validation: ['data/dev/0.csv'], test: ['data/test/0.csv'] }],
    ['a file name before its folder', ['test/my-train.csv'], { train: ['test/my-train.csv'] }],
    ['no words', ['a.csv', 'latest.csv', 'b/c.csv'], { train: ['a.csv', 'latest.csv', 'b/c.csv'] }],
    [
      'shards with any name',
      ['data/extra-00000-of-00002.parquet', 'data/extra-00001-of-00002.parquet'],
      { extra: ['data/extra-00000-of-00002.parquet', 'data/extra-00001-of-00002.parquet'] },
    ],
    [
      'the most frequent format',
      ['a.csv', 'b.parquet', 'c.parquet', 'README.md'],
      { train: ['b.parquet', 'c.parquet'] },
    ],
  ])('have splits by %s', (_, paths, splits) => {
    expect(shape(configsOf(undefined, paths))).toEqual({ default: splits });
  });

  it('do not exist without files with rows', () => {
    expect(configsOf(undefined, ['README.md', 'dataset_infos.json', '.config.json', 'a.png'])).toEqual([]);
  });
});

describe('configurations of a card', () => {
  const PATHS = ['en/train-1.csv', 'en/train-2.csv', 'en/test.csv', 'de/all.jsonl', 'deep/er/x.csv'];
  it.each<[string, unknown, unknown]>([
    [
      'splits with one or more patterns',
      [
        {
          config_name: 'en',
          data_files: [
            { split: 'train', path: ['en/train-*.csv'] },
            { split: 'test', path: 'en/test.csv' },
            { split: 'none', path: 'en/none.csv' },
          ],
        },
      ],
      { en: { train: ['en/train-1.csv', 'en/train-2.csv'], test: ['en/test.csv'] } },
    ],
    ['one pattern', [{ config_name: 'de', data_files: 'de/*' }], { de: { train: ['de/all.jsonl'] } }],
    [
      'a list of patterns',
      [{ config_name: 'a', data_files: ['en/test.csv', './de/all.jsonl'] }],
      { a: { train: ['de/all.jsonl'], test: ['en/test.csv'] } },
    ],
    [
      'a folder',
      [{ config_name: 'en', data_dir: './en/' }],
      { en: { train: ['en/train-1.csv', 'en/train-2.csv'], test: ['en/test.csv'] } },
    ],
    [
      'a pattern in a folder',
      [{ config_name: 'en', data_dir: 'en', data_files: 'test.*' }],
      { en: { test: ['en/test.csv'] } },
    ],
    [
      'any depth',
      [{ data_files: '**/*.csv', config_name: 'deep', data_dir: 'deep' }],
      { deep: { train: ['deep/er/x.csv'] } },
    ],
  ])('%s', (_, configs, expected) => {
    expect(shape(configsOf(configs, PATHS))).toEqual(expected);
  });

  it('begin with the default one', () => {
    const configs = [
      { config_name: 'de', data_files: 'de/*' },
      { config_name: 'en', data_files: 'en/*', default: true },
    ];
    expect(configsOf(configs, PATHS).map(({ name }) => name)).toEqual(['en', 'de']);
  });

  it.each([[{}], ['en'], [[1, null, 'x', { config_name: {} }, { data_files: 7 }]], [[{ data_files: 'missing/*' }]]])(
    'are ignored if they are invalid or match nothing: %j',
    (configs) => {
      expect(configsOf(configs, ['a.csv'])).toEqual([
        { name: 'default', splits: [{ name: 'train', paths: ['a.csv'] }] },
      ]);
    },
  );

  it('with costly patterns end soon', () => {
    const paths = Array.from({ length: 5000 }, (_, n) => `${'a'.repeat(180)}/${n}.csv`);
    const configs = Array.from({ length: 200 }, () => ({
      data_files: Array.from({ length: 100 }, () => `${'*a'.repeat(200)}b`),
    }));
    const [found] = configsOf(configs, paths); // takes hours without a limit
    expect(found!.splits[0]!.paths.length).toBe(5000);
  });
});
