import { expect, it } from '@jest/globals';
import { commitMessage, signatureName } from '../../../../src/repos/store/commit-message.js';

it.each([
  ['Title', undefined, 'Title', ''],
  [' Title \n', '  body \n', 'Title', 'body'],
  ['Title\r\nsecond', 'body\rend', 'Title', 'second\n\nbody\nend'],
  ['Title\n\nsecond', '', 'Title', 'second'],
  ['Ti\0tle', '\0', 'Title', ''],
])('%j with %j reads %j and %j', (summary, description, title, rest) => {
  expect(commitMessage(summary, description)).toEqual({ title, description: rest });
});

it.each(['', '  ', '\n\n', '\0'])('%j is no summary', (summary) => {
  expect(() => commitMessage(summary, 'body')).toThrow(expect.objectContaining({ code: 'BadRequest' }));
});

it("a signature's name holds nothing that ends it", () => {
  expect(signatureName(' Eve <eve@x>\nauthor ')).toBe('Eve eve@xauthor');
});
