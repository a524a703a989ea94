import fc from 'fast-check';
import { jsonParts } from '../../../../src/platform/http/json-parts.js';

async function textOf(fields: Record<string, unknown>): Promise<{ text: string; parts: number }> {
  const parts: Uint8Array[] = [];
  for await (const part of jsonParts(fields)) parts.push(part);
  return { text: Buffer.concat(parts).toString(), parts: parts.length };
}

it('has the result of JSON.stringify', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (fields) => {
      expect((await textOf(fields)).text).toBe(JSON.stringify(fields));
    }),
  );
});

it.each([1_000, 1_001, 2_000, 2_001, 5_500])('sends a list of %d entries in parts', async (length) => {
  const siblings = Array.from({ length }, (_, n) => ({ rfilename: `ünïcode-${n}.txt`, size: n, lfs: undefined }));
  const fields = { id: 'o/r', missing: undefined, siblings, tags: [], sha: null };
  const { text, parts } = await textOf(fields);
  expect(text).toBe(JSON.stringify(fields));
  expect(parts).toBeGreaterThan(length / 1_000);
});
