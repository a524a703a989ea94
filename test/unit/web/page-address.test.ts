import { isPageAddress, wantsPage } from '../../../src/web/page-address.js';
import { isPreview, mustProxy } from '../../../src/repos/store/client-headers.js';

describe('which addresses are pages', () => {
  it.each([
    '',
    'models',
    'alice',
    'alice/near',
    'datasets/a/b/tree/main/x',
    'admin',
    'admin/cache',
    'a/b/blob/main/raw.txt',
    'rawhide/x',
  ])('/%s is one', (path) => expect(isPageAddress(path.split('/').filter(Boolean))).toBe(true));

  it.each([
    'api/nothing',
    'admin/api/x',
    'a/b/resolve/main/x',
    'gpt2/raw/main/x',
    'a/b.git/info/refs',
    'v2/x',
    'assets/x.js',
    '.env',
    'metrics',
  ])('/%s is none', (path) => expect(isPageAddress(path.split('/'))).toBe(false));

  it.each([
    ['text/html,application/xhtml+xml,*/*;q=0.8', true],
    ['*/*', false],
    ['application/json', false],
    [undefined, false],
  ])('Accept: %s wants a page: %s', (accept, wanted) => expect(wantsPage(accept)).toBe(wanted));
});

describe('who is not led to a source', () => {
  it.each([
    ['a script of the hub’s own pages', { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' }, true],
    ['a picture of the hub’s own pages', { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'image' }, false],
    ['a script of another page', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'empty' }, false],
    ['who seeks Xet', { accept: 'application/vnd.xet-fileinfo+json, */*' }, true],
    ['any other client', { accept: '*/*' }, false],
  ])('%s', (_, hints, stays) => expect(mustProxy(hints)).toBe(stays));
});

describe('what the hub’s own pages show', () => {
  it.each([
    ['a script’s', { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' }, true],
    ['a picture', { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'image' }, true],
    ['a link that a person follows', { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'document' }, false],
    ['another page’s', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' }, false],
    ['a program’s', {}, false],
  ])('%s', (_, hints, shown) => expect(isPreview(hints)).toBe(shown));
});
