/** Kinds of files that are weights, archives or media: large in practice, and never worth a text diff. */
const LARGE = [
  ...['7z', 'arrow', 'bin', 'bz2', 'ckpt', 'ftz', 'gguf', 'gz', 'h5', 'joblib', 'lfs.*', 'mlmodel', 'model', 'msgpack'],
  ...['npy', 'npz', 'onnx', 'ot', 'parquet', 'pb', 'pickle', 'pkl', 'pt', 'pth', 'rar', 'safetensors', 'tar', 'tflite'],
  ...['tgz', 'wasm', 'xz', 'zip', 'zst'],
];
const LARGE_MEDIA = ['flac', 'jpeg', 'jpg', 'mp3', 'mp4', 'ogg', 'png', 'tiff', 'wav', 'webm', 'webp'];

/** The `.gitattributes` that a repository is born with: which files git keeps as pointers. Datasets hold media by nature. */
export function defaultGitAttributes(type: string): string {
  const extensions = type === 'dataset' ? [...LARGE, ...LARGE_MEDIA] : LARGE;
  return extensions.map((extension) => `*.${extension} filter=lfs diff=lfs merge=lfs -text\n`).join('');
}
