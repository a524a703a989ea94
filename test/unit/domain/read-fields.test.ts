import { isAccountName, sourceSpelling } from '../../../src/domain/account-name.js';
import { countOf, fieldsOf, dateTextOf, textOf, webUrlOf } from '../../../src/domain/read-fields.js';
import { socialMediaOf } from '../../../src/domain/social-media.js';

test.each([
  [{ a: 1 }, { a: 1 }],
  [[1], {}],
  [null, {}],
  ['text', {}],
])('fieldsOf(%j)', (value, fields) => expect(fieldsOf(value)).toEqual(fields));

test.each([
  ['text', 'text'],
  ['longer than that', 'longer tha'],
  ['  ', null],
  [5, null],
  [{}, null],
])('textOf(%j)', (value, text) => expect(textOf(value, 10)).toBe(text));

test.each([
  [0, 0],
  [7, 7],
  [-1, undefined],
  [1.5, undefined],
  ['7', undefined],
  [Infinity, undefined],
])('countOf(%j)', (value, count) => expect(countOf(value)).toBe(count));

test.each([
  ['https://a.example/x', 'https://a.example/x'],
  ['HTTP://A.example', 'http://a.example/'],
  ['javascript:alert(1)', null],
  ['https://user:secret@a.example', null],
  ['//a.example', null],
  ['data:text/html,x', null],
  [undefined, null],
])('webAddressOf(%j)', (value, address) => expect(webUrlOf(value)).toBe(address));

test.each([
  ['2019-11-23T17:38:25.000Z', '2019-11-23T17:38:25.000Z'],
  ['soon', null],
  [5, null],
])('momentOf(%j)', (value, moment) => expect(dateTextOf(value)).toBe(moment));

test.each([
  [
    { github: 'a', twitter_x: '@b', threads: 'https://t.example/c' },
    { github: 'a', twitter_x: '@b', threads: 'https://t.example/c' },
  ],
  [{ github: 'javascript:alert(1)', elsewhere: 'x', threads: 7, huggingface: '' }, null],
  ['x', null],
])('socialMediaOf(%j)', (value, handles) => expect(socialMediaOf(value)).toEqual(handles));

test.each([
  ['Qwen', true],
  ['a.b-c_d', true],
  ['..', false],
  ['.a', false],
  ['a/b', false],
  ['', false],
  ['x'.repeat(97), false],
  ['é', false],
])('isAccountName(%j) is %s', (name, expected) => expect(isAccountName(name)).toBe(expected));

test('spelledBy accepts the letter case of a source, but not another name', () => {
  expect(sourceSpelling('thebloke', 'TheBloke')).toBe('TheBloke');
  expect(sourceSpelling('mallory', 'alice')).toBe('mallory');
  expect(sourceSpelling('mallory', undefined)).toBe('mallory');
});
