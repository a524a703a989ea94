import { searchWords } from '../../../src/domain/search-words.js';

test.each<[string, string, string[]]>([
  ['the words of an ID', 'Bert-base_v1.5', ['bert', 'base', 'v1', '5']],
  ['other scripts', 'Über 日本語', ['über', '日本語']],
  ['words without query operators', `a'b"c\\d:*|&!<->`, ['a', 'b', 'c', 'd']],
  ['nothing for punctuation', '-- !', []],
])('searchWords returns %s', (_name, text, expected) => expect(searchWords([text, text])).toEqual(expected));
