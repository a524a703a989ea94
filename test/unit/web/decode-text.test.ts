import { decodeText } from '../../../web/src/pages/repository/previews/decode-text.js';

const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

test.each([
  ['UTF-8', 'Grüße, 世界\n', Buffer.from('Grüße, 世界\n')],
  ['UTF-8', '', Buffer.alloc(0)],
  ['UTF-8', '\u001b[31mred\u001b[0m', Buffer.from('\u001b[31mred\u001b[0m')],
  ['UTF-8', 'half ', Buffer.from('half ü').subarray(0, 6)], // an incomplete last character
  ['Windows-1252', 'Grüße', Buffer.from('Grüße', 'latin1')],
  ['UTF-16 LE', 'Grüße, 世界', Buffer.from('\ufeffGrüße, 世界', 'utf16le')],
  ['UTF-16 LE', 'Without a mark', Buffer.from('Without a mark', 'utf16le')],
  ['UTF-16 BE', 'Grüße', utf16be('\ufeffGrüße')],
  ['UTF-16 BE', 'Without a mark', utf16be('Without a mark')],
])('decodes %s: %j', (encoding, text, bytes) => {
  expect(decodeText(bytes)).toEqual({ text, encoding });
});

test.each([
  ['a pickle', Buffer.from([0x80, 0x02, 0x7d, 0x71, 0x00, 0x2e])],
  ['zeros', Buffer.alloc(100)],
  ['a PNG', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
  ['control characters', Buffer.from([0xff, 0x01, 0x41])],
])('rejects %s', (_, bytes) => {
  expect(decodeText(bytes)).toBeUndefined();
});
