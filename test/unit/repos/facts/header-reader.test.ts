import { FileFetch } from '../../../../src/repos/facts/file-fetch.js';
import { readGguf, readWeights } from '../../../../src/repos/facts/header-reader.service.js';
import { ggufFile } from '../../../support/gguf-file.js';
import { lengthOf, safetensorsFile } from '../../../support/safetensors-file.js';

const filesOf = (contents: Readonly<Record<string, Buffer>>): FileFetch =>
  new FileFetch(
    Object.entries(contents).map(([path, { length: size }]) => ({ path, size })) as never,
    ({ path, start, end }) => Promise.resolve(contents[path]!.subarray(start, end + 1)),
  );
const safetensors = async (content: Buffer): Promise<unknown> =>
  (await readWeights(filesOf({ 'model.safetensors': content }))).safetensors;
const withHeader = (header: string, bytes: number): Buffer =>
  Buffer.concat([lengthOf(Buffer.byteLength(header)), Buffer.from(header), Buffer.alloc(bytes)]);

it('reads the types of safetensors files', async () => {
  const file = safetensorsFile({ a: ['F32', 2, 3], b: ['BF16', 4] });
  expect(await safetensors(file)).toEqual({ parameters: { F32: 6, BF16: 4 }, total: 10 });
});

it.each<[what: string, header: string, bytes: number]>([
  [
    'a type that is the name of a property of every object',
    '{"w":{"dtype":"constructor","shape":[2],"data_offsets":[0,8]}}',
    8,
  ],
  ['a tensor and a type named __proto__', '{"__proto__":{"dtype":"__proto__","shape":[2],"data_offsets":[0,8]}}', 8],
  ['shapes larger than the file', '{"w":{"dtype":"F32","shape":[4000000000,4000000000],"data_offsets":[0,128]}}', 128],
  ['negative shapes', '{"w":{"dtype":"F32","shape":[-4],"data_offsets":[0,16]}}', 16],
])('describes no safetensors file with %s', async (_, header, bytes) => {
  expect(await safetensors(withHeader(header, bytes))).toBeUndefined();
});

const GGUF = ggufFile({ 'general.architecture': 'llama', 'llama.context_length': 128 });

it('reads the architecture of GGUF files', async () => {
  expect(await readGguf('m.gguf', filesOf({ 'm.gguf': GGUF }))).toEqual({
    total: 32,
    architecture: 'llama',
    context_length: 128,
  });
});

it.each([24, 40, 60, 64, 80, 100, 120])('describes no GGUF file that is cut off after %d bytes', async (length) => {
  await expect(readGguf('m.gguf', filesOf({ 'm.gguf': GGUF.subarray(0, length) }))).rejects.toThrow();
});
