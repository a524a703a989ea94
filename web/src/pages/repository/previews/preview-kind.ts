/** How a file is shown. */
export type PreviewKind =
  | 'markdown'
  | 'json'
  | 'table'
  | 'parquet'
  | 'safetensors'
  | 'image'
  | 'audio'
  | 'video'
  | 'text'
  | 'binary'
  | 'unknown';

const KINDS: Readonly<Partial<Record<PreviewKind, string>>> = {
  markdown: 'md markdown mdx',
  json: 'json ipynb geojson webmanifest',
  table: 'csv tsv jsonl ndjson',
  parquet: 'parquet',
  safetensors: 'safetensors',
  image: 'png jpg jpeg gif webp avif svg bmp ico',
  audio: 'mp3 wav flac ogg opus m4a',
  video: 'mp4 webm mov',
  binary:
    'bin pt pth ckpt onnx gguf ggml h5 hdf5 keras pb tflite msgpack npy npz pkl pickle joblib model zip gz tgz tar zst xz 7z bz2 arrow ' +
    'feather lance db sqlite pdf whl so dll exe woff woff2 ttf otf mlmodel mar nemo pdparams pdmodel',
};

/** Extensions and whole names whose language is called otherwise; the highlighter knows the others itself. */
const LANGUAGES: Readonly<Record<string, string>> = {
  ...{
    jinja: 'django',
    j2: 'django',
    ipynb: 'json',
    geojson: 'json',
    jsonl: 'json',
    ndjson: 'json',
    cfg: 'ini',
    conf: 'ini',
  },
  ...{
    markdown: 'markdown',
    mdx: 'markdown',
    cu: 'cpp',
    cuh: 'cpp',
    h: 'c',
    tex: 'latex',
    jl: 'julia',
    ps1: 'powershell',
  },
  ...{ vue: 'xml', svg: 'xml', htm: 'xml', dockerfile: 'dockerfile', makefile: 'makefile', gitattributes: 'ini' },
};

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1).toLowerCase();
const extension = (path: string): string => fileName(path).split('.').at(-1)!;

/** Tells by its name how a file can be shown; what nobody knows is looked into. */
export function kindOf(path: string): PreviewKind {
  const wanted = extension(path);
  const found = Object.entries(KINDS).find(([, names]) => names.split(' ').includes(wanted));
  return (found?.[0] as PreviewKind | undefined) ?? 'unknown';
}

/** The language that the highlighter may know a file by. */
export const languageOf = (path: string): string => LANGUAGES[extension(path)] ?? extension(path);

/** Is it text in UTF-8? A character may be cut where the bytes end. */
export function isText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
