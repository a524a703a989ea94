/** Extensions of weights, archives and other binary formats: usually large, never useful as a text diff. */
const BINARY_EXTENSIONS = (
  '7z arrow bin bz2 ckpt ftz gguf gz h5 joblib lfs.* mlmodel model msgpack npy npz onnx ot parquet pb pickle pkl pt pth rar ' +
  'safetensors tar tflite tgz wasm xz zip zst'
).split(' ');
const MEDIA_EXTENSIONS = 'flac jpeg jpg mp3 mp4 ogg png tiff wav webm webp'.split(' ');

/** The `.gitattributes` of a new repository: the files that git stores as LFS pointers. Datasets usually contain media files. */
export function defaultGitAttributes(type: string): string {
  const extensions = type === 'dataset' ? [...BINARY_EXTENSIONS, ...MEDIA_EXTENSIONS] : BINARY_EXTENSIONS;
  return extensions.map((extension) => `*.${extension} filter=lfs diff=lfs merge=lfs -text\n`).join('');
}
