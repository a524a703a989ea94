import { tokenIn } from '../../../../src/platform/http/authorization.js';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('tokenIn', () => {
  const headers: [header: string, token: string | undefined][] = [
    ['Bearer hf_abc', 'hf_abc'],
    ['bearer hf_abc', 'hf_abc'],
    [' Bearer  hf_abc ', 'hf_abc'],
    [basic('user:hf_abc'), 'hf_abc'],
    [basic(':hf_abc'), 'hf_abc'],
    [basic('user:'), undefined],
    [basic('hf_abc'), undefined],
    [basic('user:pass:word'), undefined],
    ['Basic ???', undefined],
    ['Bearer', undefined],
    ['Bearer a b', undefined],
    ['Bearer é', undefined],
    ['Token hf_abc', undefined],
    ['hf_abc', undefined],
    [`Bearer ${'x'.repeat(2049)}`, undefined],
    ['', undefined],
  ];

  it('returns the token of a Bearer or Basic header', () => {
    expect(headers.map(([header]) => [header, tokenIn(header)])).toEqual(headers);
  });
});
