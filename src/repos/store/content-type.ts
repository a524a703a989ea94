const TEXT = 'text/plain; charset=utf-8';
const TEXT_EXTENSIONS =
  'txt md csv tsv yaml yml toml ini log py js ts html htm xml css sh c cpp h rs go java ipynb jinja gitattributes gitignore'.split(
    ' ',
  );

/**
 * Media types that are safe to show in a browser. HTML and scripts are served as text, because on the hub's own origin they could act on
 * behalf of the user. SVG images run no scripts when embedded in a page; opened directly, they are downloaded (`contentDisposition`) and
 * restricted by a content security policy.
 */
const TYPES: ReadonlyMap<string, string> = new Map([
  ...TEXT_EXTENSIONS.map((extension): [string, string] => [extension, TEXT]),
  ['json', 'application/json'],
  ['jsonl', 'application/jsonl'],
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
  ['avif', 'image/avif'],
  ['svg', 'image/svg+xml'],
  ['bmp', 'image/bmp'],
  ['ico', 'image/x-icon'],
  ['mp4', 'video/mp4'],
  ['webm', 'video/webm'],
  ['mov', 'video/quicktime'],
  ['mp3', 'audio/mpeg'],
  ['m4a', 'audio/mp4'],
  ['ogg', 'audio/ogg'],
  ['opus', 'audio/ogg'],
  ['wav', 'audio/wav'],
  ['flac', 'audio/flac'],
  ['pdf', 'application/pdf'],
]);

/** Media type of a file, by the extension of its name. */
export function contentTypeOf(path: string): string {
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  return TYPES.get(extension) ?? 'application/octet-stream';
}
