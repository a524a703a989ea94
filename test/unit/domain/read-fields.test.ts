import { isAccountName, sourceSpelling } from '../../../src/domain/account-name.js';
import { countOf, fieldsOf, dateTextOf, textOf, webUrlOf } from '../../../src/domain/read-fields.js';
import { socialMediaOf } from '../../../src/domain/social-media.js';

test.each([
  [{ a: 1 }, { a: 1 }],
  [[1], {}],
  [null, {}],
  ['text', {}],
])('fields of %j', (value, fields) => expect(fieldsOf(value)).toEqual(fields));

test.each([
  ['text', 'text'],
  ['longer than that', 'longer tha'],
  ['  ', null],
  [5, null],
  [{}, null],
])('text of %j', (value, text) => expect(textOf(value, 10)).toBe(text));

test.each([
  [0, 0],
  [7, 7],
  [-1, undefined],
  [1.5, undefined],
  ['7', undefined],
  [Infinity, undefined],
])('count of %j', (value, count) => expect(countOf(value)).toBe(count));

test.each([
  ['https://a.example/x', 'https://a.example/x'],
  ['HTTP://A.example', 'http://a.example/'],
  ['javascript:alert(1)', null],
  ['https://user:secret@a.example', null],
  ['//a.example', null],
  ['data:text/html,x', null],
  [undefined, null],
])('web address of %j', (value, address) => expect(webUrlOf(value)).toBe(address));

test.each([
  ['2019-11-23T17:38:25.000Z', '2019-11-23T17:38:25.000Z'],
  ['soon', null],
  [5, null],
])('moment of %j', (value, moment) => expect(dateTextOf(value)).toBe(moment));

test.each([
  [
    { github: 'a', twitter_x: '@b', threads: 'https://t.example/c' },
    { github: 'a', twitter_x: '@b', threads: 'https://t.example/c' },
  ],
  [{ github: 'javascript:alert(1)', elsewhere: 'x', threads: 7, huggingface: '' }, null],
  ['x', null],
])('social media of %j', (value, handles) => expect(socialMediaOf(value)).toEqual(handles));

test.each([
  ['Qwen', true],
  ['a.b-c_d', true],
  ['..', false],
  ['.a', false],
  ['a/b', false],
  ['', false],
  ['x'.repeat(97), false],
  ['é', false],
])('%j as a name', (name, is) => expect(isAccountName(name)).toBe(is));

test('a source spells a name it was asked for, and gives it no other', () => {
  expect(sourceSpelling('thebloke', 'TheBloke')).toBe('TheBloke');
  expect(sourceSpelling('mallory', 'alice')).toBe('mallory');
  expect(sourceSpelling('mallory', undefined)).toBe('mallory');
});
