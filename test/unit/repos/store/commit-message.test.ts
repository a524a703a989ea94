import { expect, it } from '@jest/globals';
import { commitMessage, signatureName } from '../../../../src/repos/store/commit-message.js';

it.each([
  ['Title', undefined, 'Title', ''],
  [' Title \n', '  body \n', 'Title', 'body'],
  ['Title\r\nsecond', 'body\rend', 'Title', 'second\n\nbody\nend'],
  ['Title\n\nsecond', '', 'Title', 'second'],
  ['Ti\0tle', '\0', 'Title', ''],
])('commitMessage(%j, %j) returns the title %j and the description %j', (summary, description, title, text) => {
  expect(commitMessage(summary, description)).toEqual({ title, description: text });
});

it.each(['', '  ', '\n\n', '\0'])('commitMessage rejects the summary %j', (summary) => {
  expect(() => commitMessage(summary, 'body')).toThrow(expect.objectContaining({ code: 'BadRequest' }));
});

it('signatureName removes characters that end the name', () => {
  expect(signatureName(' Eve <eve@x>\nauthor ')).toBe('Eve eve@xauthor');
});
