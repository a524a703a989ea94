import type { RepoType } from '../../../../src/domain/repo-id.js';
import { cardWarnings } from '../../../../src/repos/card/card-warnings.js';
import type { CardData } from '../../../../src/repos/card/card-metadata.js';

describe('cardWarnings', () => {
  it.each<[RepoType, CardData, RegExp[]]>([
    ['model', { license: 'mit', tags: ['a'] }, []],
    ['model', { license: ['mit', 'other'] }, []],
    ['model', {}, [/no "license"/]],
    ['dataset', { license: 'MIT' }, [/"MIT" is not a known identifier/]],
    [
      'dataset',
      { license: { name: 'x' }, task_categories: 'qa' },
      [/"task_categories" should be a list/, /not a known identifier/],
    ],
    ['space', { tags: 'a' }, [/"tags" should be a list/]],
    ['space', { sdk: 'gradio' }, []],
  ])('for a %s with %j', (type, data, expected) => {
    const warnings = cardWarnings(type, data);
    expect(warnings).toEqual(expected.map((pattern) => expect.stringMatching(pattern) as string));
  });
});
