import { isPreview, mustProxy } from '../../../../src/repos/store/client-headers.js';

describe('mustProxy', () => {
  it.each([
    ['a script of a hub page', { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' }, true],
    ['an image of a hub page', { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'image' }, false],
    ['a script of another page', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'empty' }, false],
    ['a client that requests Xet metadata', { accept: 'application/vnd.xet-fileinfo+json, */*' }, true],
    ['any other client', { accept: '*/*' }, false],
  ])('for %s', (_, headers, expected) => expect(mustProxy(headers)).toBe(expected));
});

describe('isPreview', () => {
  it.each([
    ['a script of a hub page', { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' }, true],
    ['an image of a hub page', { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'image' }, true],
    ['a followed link', { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'document' }, false],
    ['an image of another page', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' }, false],
    ['a client without browser headers', {}, false],
  ])('for %s', (_, headers, expected) => expect(isPreview(headers)).toBe(expected));
});
