import { isPageAddress, wantsPage } from '../../../src/web/page-address.js';

describe('isPageAddress', () => {
  it.each([
    '',
    'models',
    'alice',
    'alice/local',
    'datasets/a/b/tree/main/x',
    'admin',
    'admin/cache',
    'a/b/blob/main/raw.txt',
    'rawhide/x',
  ])('accepts /%s', (path) => expect(isPageAddress(path.split('/').filter(Boolean))).toBe(true));

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
  ])('rejects /%s', (path) => expect(isPageAddress(path.split('/'))).toBe(false));

  it.each([
    ['text/html,application/xhtml+xml,*/*;q=0.8', true],
    ['*/*', false],
    ['application/json', false],
    [undefined, false],
  ])('wantsPage for Accept: %s returns %s', (accept, expected) => expect(wantsPage(accept, ['a'])).toBe(expected));

  it.each([
    ['text/html', true],
    ['*/*', true],
    [undefined, true],
    ['application/json', false],
  ])('wantsPage of pages that programs link to, for Accept: %s, returns %s', (accept, expected) => {
    for (const path of [[], ['device'], ['login']]) expect(wantsPage(accept, path)).toBe(expected);
  });

  it('wantsPage of addresses below such a page is false without text/html', () =>
    expect(wantsPage('*/*', ['device', 'x'])).toBe(false));
});
