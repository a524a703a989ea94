export type PreviewKind =
  | 'markdown'
  | 'json'
  | 'table'
  | 'parquet'
  | 'safetensors'
  | 'gguf'
  | 'notebook'
  | 'image'
  | 'audio'
  | 'video'
  | 'text'
  | 'binary'
  | 'unknown';

const KINDS: Readonly<Partial<Record<PreviewKind, string>>> = {
  markdown: 'md markdown mdx',
  json: 'json geojson webmanifest',
  table: 'csv tsv jsonl ndjson',
  parquet: 'parquet',
  safetensors: 'safetensors',
  gguf: 'gguf',
  notebook: 'ipynb',
  image: 'png jpg jpeg gif webp avif svg bmp ico',
  audio: 'mp3 wav flac ogg opus m4a',
  video: 'mp4 webm mov',
  binary:
    'bin pt pth ckpt onnx ggml h5 hdf5 keras pb tflite msgpack npy npz pkl pickle joblib model zip gz tgz tar zst xz 7z bz2 arrow ' +
    'feather lance db sqlite pdf whl so dll exe woff woff2 ttf otf mlmodel mar nemo pdparams pdmodel',
};

/** Highlighter languages of extensions and file names that it does not know. */
const LANGUAGES: Readonly<Record<string, string>> = {
  jinja: 'django',
  j2: 'django',
  ipynb: 'json',
  geojson: 'json',
  jsonl: 'json',
  ndjson: 'json',
  cfg: 'ini',
  conf: 'ini',
  markdown: 'markdown',
  mdx: 'markdown',
  cu: 'cpp',
  cuh: 'cpp',
  h: 'c',
  tex: 'latex',
  jl: 'julia',
  ps1: 'powershell',
  vue: 'xml',
  svg: 'xml',
  htm: 'xml',
  dockerfile: 'dockerfile',
  makefile: 'makefile',
  gitattributes: 'ini',
};

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1).toLowerCase();
const extension = (path: string): string => fileName(path).split('.').at(-1)!;

/** The kind of preview by file extension. Files of unknown kind are shown as text if their content is text. */
export function kindOf(path: string): PreviewKind {
  const suffix = extension(path);
  const match = Object.entries(KINDS).find(([, names]) => names.split(' ').includes(suffix));
  return (match?.[0] as PreviewKind | undefined) ?? 'unknown';
}

/** The language to pass to the highlighter. */
export const languageOf = (path: string): string => LANGUAGES[extension(path)] ?? extension(path);
