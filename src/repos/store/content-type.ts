const TEXT = 'text/plain; charset=utf-8';

/**
 * What a browser may show by itself. Pages and scripts are text: on the hub's own origin they could act as its user. A vector image is
 * shown in pages, where it runs nothing, and only there: opened by itself it is downloaded (`contentDisposition`), and confined by its policy.
 */
const TYPES: ReadonlyMap<string, string> = new Map([
  ...['txt', 'md', 'csv', 'tsv', 'yaml', 'yml', 'toml', 'ini', 'log', 'py', 'js', 'ts', 'html', 'htm', 'xml']
    .concat(['css', 'sh', 'c', 'cpp', 'h', 'rs', 'go', 'java', 'ipynb', 'jinja', 'gitattributes', 'gitignore'])
    .map((extension): [string, string] => [extension, TEXT]),
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

/** The media type of a file, by its name. */
export function contentTypeOf(path: string): string {
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  return TYPES.get(extension) ?? 'application/octet-stream';
}
