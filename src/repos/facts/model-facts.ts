/** The format of a model file as the Hub describes it (`gguf` in the info of a repository). */
export interface GgufFacts {
  /** Number of parameters. */
  readonly total: number;
  readonly architecture?: string;
  readonly context_length?: number;
  readonly quantize_imatrix_file?: string;
  readonly chat_template?: string;
  readonly bos_token?: string;
  readonly eos_token?: string;
}

/** `safetensors` in the info of a repository: the number of parameters by type, and of all types. */
export interface SafetensorsFacts {
  readonly parameters: Readonly<Record<string, number>>;
  readonly total: number;
}

/** `config` in the info of a repository: a selection of the configuration files. */
export interface ConfigFacts {
  readonly architectures?: readonly string[];
  readonly model_type?: string;
  readonly auto_map?: Readonly<Record<string, string>>;
  readonly quantization_config?: { readonly quant_method?: string; readonly bits?: number };
  readonly tokenizer_config?: Readonly<Record<string, string | null>>;
  readonly peft?: { readonly base_model_name_or_path?: string; readonly task_type?: string };
  readonly diffusers?: { readonly _class_name?: string };
}

/** The contents of the files that describe a model in the formats of transformers, diffusers and peft. */
export interface WeightsFacts {
  readonly safetensors?: SafetensorsFacts;
  readonly config?: ConfigFacts;
}

/** The chat template of a GGUF model for Ollama; empty if it cannot be converted. */
export interface TemplateFacts {
  /** In the language of Go's text/template. */
  readonly template?: string;
  /** Parameters of Ollama, such as `stop`. */
  readonly params?: Readonly<Record<string, unknown>>;
}

/** `transformersInfo` in the info of a repository. */
export interface TransformersInfo {
  readonly auto_model: string;
  readonly pipeline_tag?: string;
  readonly processor?: string;
}

/** Metadata that does not come from the card, by which lists are filtered. */
export interface FileMetadata {
  readonly tags: readonly string[];
  readonly libraryName: string | null;
  readonly pipelineTag: string | null;
  /** Number of parameters. */
  readonly parameters?: number;
}

/** Everything that the files of a model show about it. */
export interface ModelFacts extends FileMetadata, WeightsFacts {
  readonly gguf?: GgufFacts;
  readonly transformersInfo?: TransformersInfo;
}

export const NO_FACTS: ModelFacts = { tags: [], libraryName: null, pipelineTag: null };

/** The metadata of a model by which lists are filtered. */
export function fileMetadata({ tags, libraryName, pipelineTag, safetensors, gguf }: ModelFacts): FileMetadata {
  const parameters = safetensors?.total ?? gguf?.total;
  return { tags, libraryName, pipelineTag, ...(parameters !== undefined && { parameters }) };
}

/** Adds what the files show to the metadata of a card, which has precedence. */
export function withFileMetadata<
  Card extends { readonly tags: string[]; readonly pipelineTag: string | null; readonly libraryName: string | null },
>(card: Card, { tags, libraryName, pipelineTag }: FileMetadata): Card {
  const library = card.libraryName ?? libraryName;
  const pipeline = card.pipelineTag ?? pipelineTag;
  const first = [library, ...tags, pipeline].filter((tag) => tag !== null);
  const isUnchanged = tags.length === 0 && library === card.libraryName && pipeline === card.pipelineTag;
  return isUnchanged
    ? card
    : { ...card, tags: [...new Set([...first, ...card.tags])], libraryName: library, pipelineTag: pipeline };
}
