import { fieldsOf, type Fields } from '../../domain/read-fields.js';
import type { ConfigFacts } from './model-facts.js';

/** The parsed configuration files of a model; empty if they are missing. */
export interface ConfigFiles {
  readonly config: Fields;
  readonly tokenizer: Fields;
  /** Content of `chat_template.jinja`, which newer models have instead of a field. */
  readonly chatTemplate: string | undefined;
  readonly adapter: Fields;
  /** `model_index.json` of diffusers. */
  readonly pipeline: Fields;
}

const MAX_LENGTH = 200;
const MAX_TEMPLATE_LENGTH = 256 * 1024;
const MAX_ITEMS = 20;
const TOKENS = ['bos_token', 'eos_token', 'pad_token', 'unk_token', 'mask_token', 'sep_token', 'cls_token'];

/** The selection of configuration fields that the Hub shows. */
export function configFacts({ config, tokenizer, chatTemplate, adapter, pipeline }: ConfigFiles): ConfigFacts {
  const architectures = namesIn(config['architectures']);
  const autoMap = autoMapOf(config['auto_map']);
  const quantization = quantizationOf(fieldsOf(config['quantization_config']));
  const tokenizerConfig = tokenizerOf(tokenizer, chatTemplate);
  const peft = defined({
    base_model_name_or_path: nameOf(adapter['base_model_name_or_path']),
    task_type: nameOf(adapter['task_type']),
  });
  const className = nameOf(pipeline['_class_name']);
  return defined({
    architectures: architectures.length > 0 ? architectures : undefined,
    model_type: nameOf(config['model_type']),
    auto_map: autoMap,
    quantization_config: quantization,
    tokenizer_config: tokenizerConfig,
    peft: Object.keys(adapter).length > 0 ? peft : undefined,
    diffusers: className === undefined ? undefined : { _class_name: className },
  });
}

const nameOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= MAX_LENGTH ? plain(value) : undefined;

/** PostgreSQL cannot store NUL characters. */
const plain = (text: string): string => text.replaceAll('\0', '');

const namesIn = (value: unknown): string[] =>
  Array.isArray(value)
    ? (value as unknown[])
        .slice(0, MAX_ITEMS)
        .map(nameOf)
        .filter((name) => name !== undefined)
    : [];

function autoMapOf(value: unknown): Readonly<Record<string, string>> | undefined {
  const entries = Object.entries(fieldsOf(value)).slice(0, MAX_ITEMS);
  const named = entries.flatMap(([key, target]) => {
    const [name, module] = [nameOf(key), nameOf(target)];
    return name !== undefined && module !== undefined ? [[name, module] as const] : [];
  });
  return named.length > 0 ? Object.fromEntries(named) : undefined;
}

function quantizationOf(fields: Fields): ConfigFacts['quantization_config'] {
  const bits = fields['bits'];
  const found = defined({
    quant_method: nameOf(fields['quant_method']),
    bits: typeof bits === 'number' && Number.isFinite(bits) ? bits : undefined,
  });
  return Object.keys(found).length > 0 ? found : undefined;
}

function tokenizerOf(tokenizer: Fields, chatTemplate: string | undefined): ConfigFacts['tokenizer_config'] {
  const own = tokenizer['chat_template'];
  const template = typeof own === 'string' ? own : chatTemplate;
  const entries: [string, string | null][] = [];
  for (const name of TOKENS) {
    const value = tokenizer[name];
    const token = nameOf(typeof value === 'object' ? fieldsOf(value)['content'] : value);
    if (token !== undefined || value === null) entries.push([name, token ?? null]);
  }
  if (template !== undefined && template.length <= MAX_TEMPLATE_LENGTH)
    entries.push(['chat_template', plain(template)]);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

const defined = <T extends object>(fields: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
