import { outgoingVia, parseVia, viaEntry } from '../../../../src/fallback/upstream/via.js';

const own = viaEntry('0123456789abcdef');
const other = viaEntry('fedcba9876543210');

it.each([
  [undefined, []],
  ['', []],
  ['1.1 a', ['1.1 a']],
  [` ${other} ,1.1 nginx `, [other, '1.1 nginx']],
])('parseVia(%j)', (header, entries) => expect(parseVia(header)).toEqual(entries));

it.each([
  ['no entries', [], own],
  ['another hub', [other], `${other}, ${own}`],
  ['a proxy and another hub', ['1.1 nginx', other], `${other}, ${own}`],
  ['entries that contain tokens', ['1.1 hf_abcdefgh', '1.1 hubfall-hf_abcdefgh', `${other} (hf_abcdefgh)`], own],
])('outgoingVia with %s', (_, incoming, sent) => expect(outgoingVia(incoming, own)).toBe(sent));
