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

/**
 * Reads the header of a GGUF model. Runs in its own process: parsing a vocabulary takes up to a second.
 * @param path - of the first part
 * @throws Error if the header is invalid or exceeds the limits of the library
 */
export async function readGguf(path: string, files: FileFetch): Promise<GgufFacts> {
  const url = files.urlOf(path);
  const { fetch } = files;
  const { metadata, parameterCount } = PART.test(path) ? await allParts(url, fetch) : await onePart(url, fetch);
  const architecture = text(metadata['general.architecture'], MAX_NAME_LENGTH);
  const length = Number(metadata[`${architecture}.context_length`]);
  return {
    total: parameterCount,
    ...(architecture !== undefined && { architecture }),
    ...(Number.isSafeInteger(length) && length > 0 && { context_length: length }),
    ...texts(metadata),
  };
}

interface ParsedGguf {
  readonly metadata: Fields;
  readonly parameterCount: number;
}

async function onePart(url: string, fetch: FileFetch['fetch']): Promise<ParsedGguf> {
  const { metadata, parameterCount } = await gguf(url, { fetch, computeParametersCount: true });
  return { metadata: fieldsOf(metadata), parameterCount };
}

async function allParts(url: string, fetch: FileFetch['fetch']): Promise<ParsedGguf> {
  const { shards, parameterCount } = await ggufAllShards(url, { fetch, parallelDownloads: 1 });
  return { metadata: fieldsOf(shards[0]?.metadata), parameterCount };
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
  const parameters = Object.fromEntries(Object.entries(found.parameterCount).slice(0, MAX_TYPES));
  const sum = Object.values(parameters).reduce((total, count) => total + count, 0);
  return { parameters, total: found.parameterTotal ?? sum };
}

/** Safetensors has about 20 types. */
const MAX_TYPES = 50;
