import { gguf, ggufAllShards } from '@huggingface/gguf';
import { parseSafetensorsMetadata } from '@huggingface/hub';
import { fieldsOf, type Fields } from '../../domain/read-fields.js';
import { configFacts, type ConfigFiles } from './config-facts.js';
import type { FileFetch } from './file-fetch.js';
import type { GgufFacts, SafetensorsFacts, WeightsFacts } from './model-facts.js';

const MAX_TEMPLATE_LENGTH = 256 * 1024;
const MAX_NAME_LENGTH = 200;
const MAX_CONFIG_BYTES = 8 * 1024 * 1024;
const PART = /-\d{5}-of-\d{5}\.gguf$/i;
const EXTENSION = /\.gguf$/i;

/**
 * Reads the header of a GGUF model. Runs in its own process: parsing a vocabulary takes up to a second.
 * @param path - of the first part
 * @throws Error if the header is invalid or exceeds the limits of the library
 */
export async function readGguf(path: string, files: FileFetch): Promise<GgufFacts> {
  const url = files.urlOf(path);
  const { fetch } = files;
  const { metadata, parameterCount, headerBytes } = PART.test(path)
    ? await allParts(url, fetch)
    : await onePart(url, fetch);
  const architecture = text(metadata['general.architecture'], MAX_NAME_LENGTH);
  if (!architecture) throw new Error('The header has no architecture');
  const size = files.sizeOf(EXTENSION);
  // the library reads zeros behind the end of a file that was cut off
  if (headerBytes > size || !fits(parameterCount, size)) throw new Error('The file ends before its tensors');
  const length = Number(metadata[`${architecture}.context_length`]);
  return {
    total: parameterCount,
    architecture,
    ...(Number.isSafeInteger(length) && length > 0 && { context_length: length }),
    ...texts(metadata),
  };
}

interface ParsedGguf {
  readonly metadata: Fields;
  readonly parameterCount: number;
  /** The length of the headers of all parts. */
  readonly headerBytes: number;
}

async function onePart(url: string, fetch: FileFetch['fetch']): Promise<ParsedGguf> {
  const parsed = await gguf(url, { fetch, computeParametersCount: true });
  const { metadata, parameterCount, tensorDataOffset } = parsed;
  return { metadata: fieldsOf(metadata), parameterCount, headerBytes: Number(tensorDataOffset) };
}

async function allParts(url: string, fetch: FileFetch['fetch']): Promise<ParsedGguf> {
  const { shards, parameterCount } = await ggufAllShards(url, { fetch, parallelDownloads: 1 });
  const headerBytes = shards.reduce((sum, { tensorDataOffset }) => sum + Number(tensorDataOffset), 0);
  return { metadata: fieldsOf(shards[0]?.metadata), parameterCount, headerBytes };
}

function texts(metadata: Fields): Omit<GgufFacts, 'total'> {
  const tokens = metadata['tokenizer.ggml.tokens'];
  const token = (id: unknown): string | undefined =>
    Array.isArray(tokens) ? text((tokens as unknown[])[Number(id)], MAX_NAME_LENGTH) : undefined;
  const found = {
    quantize_imatrix_file: text(metadata['quantize.imatrix.file'], MAX_NAME_LENGTH),
    chat_template: text(metadata['tokenizer.chat_template'], MAX_TEMPLATE_LENGTH),
    bos_token: token(metadata['tokenizer.ggml.bos_token_id']),
    eos_token: token(metadata['tokenizer.ggml.eos_token_id']),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

const text = (value: unknown, maxLength: number): string | undefined =>
  typeof value === 'string' && value.length <= maxLength ? value.replaceAll('\0', '') : undefined;

/** Reads the configuration of a model, and the headers of its safetensors files. A file that cannot be parsed is left out. */
export async function readWeights(files: FileFetch): Promise<WeightsFacts> {
  const config = configFacts(await configFiles(files));
  const safetensors = await readSafetensors(files, config.diffusers ? 'diffusers' : undefined);
  return { ...(safetensors && { safetensors }), ...(Object.keys(config).length > 0 && { config }) };
}

async function configFiles(files: FileFetch): Promise<ConfigFiles> {
  const json = async (path: string): Promise<Fields> => {
    const content = await files.text(path, MAX_CONFIG_BYTES);
    return content === undefined ? {} : parse(content);
  };
  return {
    config: await json('config.json'),
    tokenizer: await json('tokenizer_config.json'),
    chatTemplate: await files.text('chat_template.jinja', MAX_TEMPLATE_LENGTH),
    adapter: await json('adapter_config.json'),
    pipeline: await json('model_index.json'),
  };
}

function parse(content: string): Fields {
  try {
    return fieldsOf(JSON.parse(content));
  } catch {
    return {};
  }
}

async function readSafetensors(files: FileFetch, library: string | undefined): Promise<SafetensorsFacts | undefined> {
  const { fetch, hub, repo } = files;
  const found = await parseSafetensorsMetadata({
    repo,
    hubUrl: hub,
    fetch,
    library,
    computeParametersCount: true,
  }).catch(() => undefined);
  if (!found) return undefined;
  const parameters = Object.entries(found.parameterCount);
  const total = found.parameterTotal ?? parameters.reduce((sum, [, count]) => sum + count, 0);
  const isValid =
    parameters.length > 0 && parameters.every(([type, count]) => TYPE.test(type) && Number.isSafeInteger(count));
  return isValid && fits(total, files.sizeOf(/\.safetensors$/))
    ? { parameters: Object.fromEntries(parameters), total }
    : undefined;
}

/** The name of a type, such as `F8_E4M3`. */
const TYPE = /^[A-Z]+\d*(?:_[A-Z\d]+)?$/;

/** Headers are not trusted: even in the smallest quantization, a parameter has a bit. */
const fits = (parameters: number, bytes: number): boolean => parameters >= 0 && parameters <= bytes * 8;
