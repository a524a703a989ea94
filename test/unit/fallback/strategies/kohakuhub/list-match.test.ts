import { parseListParameters } from '../../../../../src/lists/list-parameters.js';
import { matchesList } from '../../../../../src/fallback/strategies/kohakuhub/list-match.js';

test.each<[string, boolean]>([
  ['search=ert+ba', true],
  ['search=mit', true],
  ['search=it', false],
  ['author=ANN', true],
  ['author=an', false],
  ['filter=license:mit', true],
  ['filter=license:mit,x', false],
  ['pipeline_tag=fill-mask', true],
  ['pipeline_tag=other', false],
  ['gated=true', true],
  ['gated=auto', true],
  ['gated=manual', false],
  ['gated=false', false],
])('matchesList with %s is %s', (query, expected) => {
  const entry = { id: 'Ann/bert-base', tags: ['license:mit', 5], pipeline_tag: 'fill-mask', gated: 'auto' };
  expect(matchesList(parseListParameters('model', [...new URLSearchParams(query)]), entry)).toBe(expected);
});
