import { GGMLFileQuantizationType, GGMLQuantizationType, gguf } from '@huggingface/gguf';
import type { GgufReply, GgufRequest } from './read-gguf';

/** Reads the header of a GGUF file in a worker, since a hostile header can keep the library busy for a long time. */

const MAX_TENSORS = 50_000;
const MAX_KEYS = 5_000;
const MAX_VALUE_LENGTH = 20_000;
const MAX_SHOWN_ITEMS = 20;

/** Long lists, such as vocabularies, are shortened. */
function textOf(value: unknown): string {
  if (!Array.isArray(value)) return String(value).slice(0, MAX_VALUE_LENGTH);
  const items = (value as unknown[]).slice(0, MAX_SHOWN_ITEMS).map((item) => String(item).slice(0, 200));
  const more = value.length > items.length ? `, … (${value.length.toLocaleString('en')} items)` : '';
  return `[${items.join(', ')}${more}]`;
}

async function read({ url, size }: GgufRequest): Promise<GgufReply> {
  const { metadata, tensorInfos, tensorDataOffset } = await gguf(url);
  // the library reads zeros behind the end of a file that was cut off
  if (Number(tensorDataOffset) > size) throw new Error('The file ends before its tensors.');
  const fields = new Map<string, unknown>(Object.entries(metadata));
  const type = Number(fields.get('general.file_type'));
  return {
    quantization: fields.has('general.file_type') ? GGMLFileQuantizationType[type] : undefined,
    fields: [...fields].slice(0, MAX_KEYS).map(([key, value]) => [key.slice(0, 500), textOf(value)]),
    tensors: tensorInfos.slice(0, MAX_TENSORS).map(({ name, dtype, shape }) => {
      const sizes = shape.map(Number);
      const parameters = sizes.reduce((product, size) => product * size, 1);
      return { name, dtype: GGMLQuantizationType[dtype] ?? `type ${dtype}`, shape: sizes, parameters };
    }),
  };
}

onmessage = ({ data: request }: MessageEvent<GgufRequest>) =>
  void read(request).then(
    (reply) => postMessage(reply),
    (error: unknown) => postMessage({ problem: error instanceof Error ? error.message : String(error) }),
  );
