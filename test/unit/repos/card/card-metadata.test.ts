import {
  cardMetadata,
  emptyCardMetadata,
  type CardData,
  type CardContext,
} from '../../../../src/repos/card/card-metadata.js';

const model: CardContext = { type: 'model', sdk: null };
const dataset: CardContext = { type: 'dataset', sdk: null };
const space: CardContext = { type: 'space', sdk: 'docker' };

describe('the tags of a repository', () => {
  it.each<[string, CardContext, CardData, string[]]>([
    [
      'include every field of a model card',
      model,
      {
        library_name: 'transformers',
        pipeline_tag: 'text-generation',
        tags: ['chat', 'chat', 7],
        language: ['en', 'no'],
        datasets: ['acme/d'],
        base_model: 'o/base',
        license: 'mit',
      },
      [
        'transformers',
        'text-generation',
        'chat',
        '7',
        'en',
        'no',
        'dataset:acme/d',
        'base_model:o/base',
        'license:mit',
      ],
    ],
    [
      'include the relation to the base model',
      model,
      { base_model: ['o/a', 'o/b'], base_model_relation: 'merge' },
      ['base_model:o/a', 'base_model:o/b', 'base_model:merge:o/a', 'base_model:merge:o/b'],
    ],
    [
      'have the fields of a dataset card by name before its tags',
      dataset,
      {
        tags: ['code'],
        size_categories: ['1K<n<10K'],
        task_categories: ['question-answering'],
        language: 'fr',
        license: ['mit', 'apache-2.0'],
        pipeline_tag: 'x',
      },
      [
        'task_categories:question-answering',
        'language:fr',
        'license:mit',
        'license:apache-2.0',
        'size_categories:1K<n<10K',
        'code',
      ],
    ],
    ['include the SDK in the card of a space', space, { sdk: 'gradio', tags: ['demo'] }, ['gradio', 'demo']],
    ['include the SDK that a space was created with', space, {}, ['docker']],
    ['omit values that are not strings', model, { tags: [{ a: 1 }, null, ' '], license: {}, language: true }, []],
    ['omit values above the maximum length', model, { tags: ['x'.repeat(101)], library_name: 'y'.repeat(101) }, []],
  ])('%s', (_case, subject, data, tags) => {
    expect(cardMetadata(subject, data).tags).toEqual(tags);
  });
});

it('pipeline tag, library and license are separate fields for lists', () => {
  expect(
    cardMetadata(model, { pipeline_tag: 'fill-mask', library_name: 'timm', license: ['mit', 'other'] }),
  ).toMatchObject({
    pipelineTag: 'fill-mask',
    libraryName: 'timm',
    license: 'mit',
    cardWarning: null,
    cardData: { pipeline_tag: 'fill-mask' },
  });
  expect(cardMetadata(model, { pipeline_tag: ['fill-mask'] }).pipelineTag).toBeNull();
});

it('empty metadata is stored as null', () => {
  expect(cardMetadata(model, {}).cardData).toBeNull();
  expect(emptyCardMetadata(space, 'broken')).toEqual({
    cardData: null,
    cardWarning: 'broken',
    gateFields: null,
    tags: ['docker'],
    pipelineTag: null,
    libraryName: null,
    license: null,
  });
});
