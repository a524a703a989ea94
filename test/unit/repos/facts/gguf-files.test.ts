import {
  ggufModels,
  modelWithTag,
  projectorOf,
  tagsOf,
  type RepoFile,
} from '../../../../src/repos/facts/gguf-files.js';

const files = (...paths: readonly string[]): RepoFile[] => paths.map((path) => ({ path, size: 1, oid: path }));

describe('modelWithTag', () => {
  const repository = files(
    'model-Q4_K_M.gguf',
    'model-Q4_K_S.gguf',
    'model-Q8_0.gguf',
    'model-IQ3_S-imat.gguf',
    'model-UD-Q4_K_XL.gguf',
    'BF16/model-BF16-00001-of-00002.gguf',
    'BF16/model-BF16-00002-of-00002.gguf',
    'F16/model-F16-00001-of-00003.gguf',
    'mmproj-model-F16.gguf',
    'imatrix.gguf',
    'README.md',
  );

  it.each([
    ['latest', 'model-Q4_K_M'],
    ['LATEST', 'model-Q4_K_M'],
    ['q8_0', 'model-Q8_0'],
    ['Q4_K_S', 'model-Q4_K_S'],
    ['Q4_K', undefined],
    ['M', undefined],
    ['IQ3_S', 'model-IQ3_S-imat'],
    ['IQ3_S-imat', 'model-IQ3_S-imat'],
    ['Q4_K_XL', 'model-UD-Q4_K_XL'],
    ['ud-q4_k_xl', 'model-UD-Q4_K_XL'],
    ['bf16', 'BF16/model-BF16'],
    ['model-Q8_0.gguf', 'model-Q8_0'],
    ['BF16/model-BF16-00001-of-00002.gguf', 'BF16/model-BF16'],
    ['F16', undefined], // parts are missing
    ['imatrix', undefined],
  ])('%s is %s', (tag, stem) => {
    expect(modelWithTag(ggufModels(repository), tag)?.stem).toBe(stem);
  });

  it.each([
    [['a-Q8_0.gguf', 'a-Q4_0.gguf'], 'a-Q4_0'],
    [['a-Q8_0.gguf', 'a-IQ4_XS.gguf'], 'a-IQ4_XS'],
    [['b_q5_k_m.gguf', 'a_q8_0.gguf'], 'a_q8_0'],
    [['model.gguf'], 'model'],
    [['mmproj.gguf'], undefined],
  ])('latest of %j is %s', (paths, stem) => {
    expect(modelWithTag(ggufModels(files(...paths)), 'latest')?.stem).toBe(stem);
  });

  it('takes time in proportion to the length of the names', () => {
    const name = `${'-Q4_K_M'.repeat(500)}!.gguf`;
    expect(tagsOf(ggufModels(files(name, `${'-00001-of-'.repeat(400)}.gguf`)))).toHaveLength(3);
  });
});

it('tagsOf lists quantizations, and names of files that have none', () => {
  const models = ggufModels(files('x/a-Q4_0.gguf', 'a_q8_0.gguf', 'model.gguf'));
  expect(tagsOf(models)).toEqual(['Q8_0', 'model', 'Q4_0', 'latest']);
});

describe('projectorOf', () => {
  it.each([
    [['m.gguf', 'mmproj-F32.gguf', 'mmproj-BF16.gguf', 'mmproj-F16.gguf'], 'mmproj-F16.gguf'],
    [['m.gguf', 'mmproj-F32.gguf', 'mmproj-BF16.gguf'], 'mmproj-BF16.gguf'],
    [['a/m.gguf', 'a/mmproj-F32.gguf', 'mmproj-F16.gguf', 'b/mmproj-F16.gguf'], 'a/mmproj-F32.gguf'],
    [['m.gguf', 'b/mmproj-F16.gguf'], undefined],
  ])('the projector for %j is %s', (paths, expected) => {
    const all = files(...paths);
    expect(projectorOf(all, ggufModels(all)[0]!)?.path).toBe(expected);
  });
});
