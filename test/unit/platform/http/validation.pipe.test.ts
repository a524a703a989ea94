import { describe, expect, it } from '@jest/globals';
import { BodyValidationPipe } from '../../../../src/platform/http/validation.pipe.js';
import { CompletionDto } from '../../../../src/repos/lfs/dto/completion.dto.js';

const OID = 'a'.repeat(64);
const validate = (body: object): Promise<unknown> =>
  new BodyValidationPipe().transform(body, { type: 'body', metatype: CompletionDto });
const partsOf = (count: number): { partNumber: number; etag: string }[] =>
  Array.from({ length: count }, (_, n) => ({ partNumber: n + 1, etag: `"${n}"` }));

describe('the validation of a body with a long list', () => {
  it.each([0, 1, 100, 101, 10_000])('returns all of %d items in their order', async (count) => {
    const body = await validate({ oid: OID, parts: partsOf(count) });
    expect(body).toBeInstanceOf(CompletionDto);
    expect(body).toEqual({ oid: OID, parts: partsOf(count) });
  });

  it('does not stop other requests', async () => {
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await validate({ oid: OID, parts: partsOf(10_000) });
    isDone = true;
    expect(turns).toBeGreaterThan(5);
  });

  it('names an invalid item by its index in the whole list', async () => {
    const parts = [...partsOf(250), { partNumber: 'x', etag: '"x"' }];
    await expect(validate({ oid: OID, parts })).rejects.toMatchObject({
      code: 'BadRequest',
      message: 'Validation failed. "parts.250.partNumber": must be an integer number.',
    });
  });

  it('refuses unknown fields of any item, and other invalid fields', async () => {
    const parts = [...partsOf(150), { partNumber: 1, etag: '"x"', size: 1 }];
    await expect(validate({ oid: OID, parts })).rejects.toThrow('Unknown field "parts.150.size"');
    await expect(validate({ oid: 1, parts: partsOf(300) })).rejects.toThrow('"oid": must be a string.');
    await expect(validate({ oid: OID, parts: {} })).rejects.toThrow('"parts": must be an array.');
    await expect(validate({ oid: OID })).rejects.toThrow('"parts"');
  });

  it('refuses more items than allowed without validating them', async () => {
    await expect(validate({ oid: OID, parts: Array(10_001).fill({}) })).rejects.toThrow(
      'Validation failed. "parts": must contain no more than 10000 elements.',
    );
  });
});
