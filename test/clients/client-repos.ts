import type { FakeFiles, FakeRepoSpec } from '../support/fake-repo.js';

/** Deterministic pseudo-random bytes. */
const noise = (length: number, seed: number): Buffer => {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[i] = state >>> 16;
  }
  return bytes;
};

const GPT2_CONFIG = JSON.stringify({ model_type: 'gpt2', n_layer: 2, n_head: 2, n_embd: 8, vocab_size: 16 });

/** File names that must be escaped in URLs. */
export const ODD_NAMES = [
  'odd/with space.txt',
  'odd/hash#tag.txt',
  'odd/what?.txt',
  'odd/100%.txt',
  'odd/a%20b.txt',
  'odd/a+b.txt',
  'odd/grüße 日本.txt',
];

export const TINY_FILES: FakeFiles = {
  '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n*.safetensors filter=lfs diff=lfs merge=lfs -text\n',
  'README.md': '---\nlicense: mit\n---\n# Tiny\n',
  'config.json': GPT2_CONFIG,
  'empty.txt': '',
  'model.safetensors': { lfs: noise(300_000, 1) },
  'shards/part 1#.bin': { lfs: noise(70_000, 2) },
  'shards/deep/er/part-2.bin': { lfs: noise(5, 3) },
  ...Object.fromEntries(ODD_NAMES.map((name, n) => [name, `content ${n} of ${name}\n`])),
};

/** A model with every kind of file and revision. */
export const TINY: FakeRepoSpec = {
  id: 'far-ai/tiny',
  files: TINY_FILES,
  history: [{ 'README.md': '# Tiny\n' }, { 'README.md': '# Tiny\n', 'config.json': '{}' }],
  refs: {
    'refs/heads/feat/x': { 'README.md': 'branch with a slash\n', 'config.json': GPT2_CONFIG },
    'refs/tags/v1.0': { 'README.md': 'tagged\n' },
    'refs/pr/1': { 'README.md': 'proposed\n', 'new/file.txt': 'from the pull request\n' },
  },
};

export const ROWS: FakeRepoSpec = {
  id: 'far-ai/rows',
  type: 'dataset',
  files: {
    'README.md': '---\nlicense: mit\n---\nRows.\n',
    'data/train.csv': 'id,text\n1,one\n2,"two, and a comma"\n3,drei\n',
    'data/test.csv': 'id,text\n4,vier\n',
  },
};

/** A model of 50 files; every fifth is an LFS file. */
export const SHARDS: FakeRepoSpec = {
  id: 'far-ai/shards',
  files: Object.fromEntries(
    Array.from({ length: 50 }, (_, n) =>
      n % 5 === 0 ? [`shard-${n}.safetensors`, { lfs: noise(5_000, n) }] : [`part-${n}.json`, `{"part":${n}}`],
    ),
  ),
};

/** Repositories of the fake huggingface.co in the client tests. */
export const CLIENT_REPOS: readonly FakeRepoSpec[] = [
  TINY,
  ROWS,
  { id: 'openai-community/gpt2', aliases: ['gpt2'], files: { 'config.json': GPT2_CONFIG, 'README.md': '# GPT-2\n' } },
  { id: 'far-ai/new-name', aliases: ['far-ai/old-name'], files: { 'config.json': GPT2_CONFIG } },
  {
    id: 'far-ai/demo',
    type: 'space',
    files: { 'app.py': 'print(1)\n', 'README.md': '# Demo\n' },
    info: { sdk: 'gradio' },
  },
  { id: 'far-ai/gated', files: { 'config.json': '{}' }, gated: 'manual' },
  { id: 'far-ai/private', files: { 'config.json': '{}' }, private: true },
  { id: 'far-ai/disabled', files: { 'config.json': '{}' }, disabled: true },
];

/** The content that a client must receive. */
export const contentOf = (files: FakeFiles, path: string): Buffer => {
  const given = files[path];
  if (given === undefined) throw new Error(`no ${path} in the fixture`);
  return Buffer.from(typeof given === 'object' && 'lfs' in given ? given.lfs : given);
};
