import { NO_FACTS, type ConfigFacts, type GgufFacts, type ModelFacts, type WeightsFacts } from './model-facts.js';
import { transformersInfo } from './transformers-info.js';

/** Tags for the formats of files, as on huggingface.co. */
const FORMATS: readonly (readonly [tag: string, files: RegExp])[] = [
  ['pytorch', /(?:^|\/)pytorch_model[\w.-]*\.bin$/],
  ['tf', /(?:^|\/)tf_model[\w.-]*\.h5$/],
  ['jax', /(?:^|\/)flax_model[\w.-]*\.msgpack$/],
  ['rust', /(?:^|\/)rust_model\.ot$/],
  ['safetensors', /\.safetensors$/],
  ['gguf', /\.gguf$/i],
  ['onnx', /\.onnx$/],
  ['openvino', /(?:^|\/)openvino_[\w.-]*\.xml$/],
  ['coreml', /\.(?:mlmodel|mlpackage\/[^/]*)$/],
  ['tflite', /\.tflite$/],
  ['joblib', /\.joblib$/],
  ['keras', /\.keras$/],
  ['tensorboard', /(?:^|\/)events\.out\.tfevents\./],
];

/** Libraries that are known by a file at the root. The first one that matches counts. */
const LIBRARIES: readonly (readonly [library: string, file: string])[] = [
  ['setfit', 'config_setfit.json'],
  ['sentence-transformers', 'config_sentence_transformers.json'],
  ['peft', 'adapter_config.json'],
  ['diffusers', 'model_index.json'],
  ['open_clip', 'open_clip_config.json'],
];

/** Collects what paths show about a model, one by one, since a repository may have very many. */
export class PathFacts {
  private readonly formats = new Set<string>();
  private library: string | undefined;

  add(path: string): void {
    for (const [tag, files] of FORMATS) if (files.test(path)) this.formats.add(tag);
    const rank = LIBRARIES.findIndex(([, file]) => file === path);
    const current = LIBRARIES.findIndex(([library]) => library === this.library);
    if (rank >= 0 && (current < 0 || rank < current)) this.library = LIBRARIES[rank]![0];
  }

  /** Describes the model with what its files contain, as far as they have been read. */
  describe(gguf: GgufFacts | undefined, { config, safetensors }: WeightsFacts): ModelFacts {
    const libraryName = this.library ?? libraryOf(config, this.formats);
    if (libraryName === null && this.formats.size === 0 && !config) return NO_FACTS;
    const info = libraryName === 'transformers' && config ? transformersInfo(config) : undefined;
    return {
      tags: [...FORMATS.map(([tag]) => tag).filter((tag) => this.formats.has(tag)), ...configTags(config, gguf)],
      libraryName,
      pipelineTag: info?.pipeline_tag ?? null,
      ...(config && { config }),
      ...(info && { transformersInfo: info }),
      ...(gguf && { gguf }),
      ...(safetensors && { safetensors }),
    };
  }
}

function libraryOf(config: ConfigFacts | undefined, formats: ReadonlySet<string>): string | null {
  if (config?.model_type !== undefined || config?.architectures) return 'transformers';
  const only = ['gguf', 'keras'].find((format) => formats.has(format) && formats.size === 1);
  return only ?? null;
}

function configTags(config: ConfigFacts | undefined, gguf: GgufFacts | undefined): string[] {
  const { quant_method: method, bits } = config?.quantization_config ?? {};
  const hasTemplate = config?.tokenizer_config?.['chat_template'] != null || gguf?.chat_template !== undefined;
  return [
    ...(config?.model_type === undefined ? [] : [config.model_type]),
    ...(config?.auto_map ? ['custom_code'] : []),
    ...(hasTemplate ? ['conversational'] : []),
    ...(bits === 4 || bits === 8 ? [`${bits}-bit`] : []),
    ...(method === undefined ? [] : [method]),
  ];
}
