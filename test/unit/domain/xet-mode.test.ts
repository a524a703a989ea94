import { PLAIN_HTTP_LIMIT, xetModeOf, type XetSettings } from '../../../src/domain/xet-mode.js';

const SETTINGS: XetSettings = { xet: null, delivery: 'redirect', hasCredentials: false, offline: false };

it.each<[Partial<XetSettings>, number | null, string]>([
  [{}, PLAIN_HTTP_LIMIT, 'hide'],
  [{}, PLAIN_HTTP_LIMIT + 1, 'relay'],
  [{ hasCredentials: true, delivery: 'cache' }, PLAIN_HTTP_LIMIT + 1, 'relay'],
  [{}, null, 'hide'],
  [{ xet: 'relay' }, 1, 'relay'],
  [{ xet: 'relay' }, null, 'hide'],
  [{ xet: 'relay', delivery: 'proxy' }, 1, 'relay'],
  [{ xet: 'relay', delivery: 'deny' }, 1, 'hide'],
  [{ xet: 'relay', offline: true }, 1, 'hide'],
  [{ xet: 'hide' }, PLAIN_HTTP_LIMIT + 1, 'hide'],
  [{ xet: 'pass' }, 1, 'pass'],
  [{ xet: 'pass', delivery: 'proxy' }, PLAIN_HTTP_LIMIT + 1, 'hide'],
  [{ xet: 'pass', hasCredentials: true }, PLAIN_HTTP_LIMIT + 1, 'hide'],
])('a file of a source with %j and size %s is offered as %s', (facts, size, mode) => {
  expect(xetModeOf({ ...SETTINGS, ...facts }, size)).toBe(mode);
});
