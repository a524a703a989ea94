import type { RepoType } from '../../../../src/domain/repo-id.js';
import { cardWarnings } from '../../../../src/repos/card/card-warnings.js';
import type { CardData } from '../../../../src/repos/card/card-metadata.js';

describe('what the author of a card may want to know', () => {
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
  ])('%s %j', (type, data, expected) => {
    const advice = cardWarnings(type, data);
    expect(advice).toEqual(expected.map((pattern) => expect.stringMatching(pattern) as string));
  });
});
