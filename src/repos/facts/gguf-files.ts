/** A file of a repository. */
export interface RepoFile {
  readonly path: string;
  readonly size: number;
  /** Git id. */
  readonly oid: string;
  /** Unknown for a file of a source that git stores itself. */
  readonly sha256?: string;
  /** Present for files that git stores as pointers. */
  readonly pointerSize?: number;
}

/** A model that GGUF clients can download: one file, or all parts of a split one. */
export interface GgufModel {
  /** In the order of the parts. */
  readonly parts: readonly RepoFile[];
  /** Path of the first part without its number and the extension. */
  readonly stem: string;
  /** The quantization in the file name, such as `Q4_K_M`; undefined if the name has none. */
  readonly quantization?: string;
}

const EXTENSION = /\.gguf$/i;
const PART = /-(?<number>\d{5})-of-(?<count>\d{5})$/;
/** Files next to a model: projectors for images, statistics of a quantization, and small models that draft tokens. */
const SIDECAR = /mmproj|imatrix|mtp-|eagle3-|dflash-|dspark-/i;
const QUANTIZATION = /^(?:I?Q\d\w*|TQ\d_\d|B?F16|F32|F64|FP16|MXFP4\w*|NVFP4)$/i;

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const isGguf = ({ path }: RepoFile): boolean => EXTENSION.test(path);
const isSidecar = ({ path }: RepoFile): boolean => SIDECAR.test(baseName(path));

/** The models of a repository, by path. A split model is left out if parts are missing. */
export function ggufModels(files: readonly RepoFile[]): GgufModel[] {
  const groups = new Map<string, RepoFile[]>();
  for (const file of files.filter((candidate) => isGguf(candidate) && !isSidecar(candidate))) {
    const stem = file.path.replace(EXTENSION, '');
    const key = stem.replace(PART, (_part, _number, count: string) => `-of-${count}`);
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return [...groups.values()].flatMap(modelOf).sort(byStem);
}

function modelOf(files: readonly RepoFile[]): GgufModel[] {
  const [first] = files;
  const whole = first!.path.replace(EXTENSION, '');
  const count = Number(PART.exec(whole)?.groups?.['count'] ?? 1);
  if (files.length !== count) return [];
  const parts = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const stem = whole.replace(PART, '');
  const quantization = quantizationOf(stem);
  return [{ parts, stem, ...(quantization !== undefined && { quantization }) }];
}

/** The last part of the name, which `UD-` may precede. */
function quantizationOf(stem: string): string | undefined {
  const pieces = baseName(stem).toUpperCase().split(/[-.]/);
  const last = pieces.at(-1)!;
  const underscore = last.search(/_(?:I?Q\d|TQ|B?F16|F32)/);
  const name = QUANTIZATION.test(last) ? last : last.slice(underscore + 1);
  if (!QUANTIZATION.test(name)) return undefined;
  return pieces.at(-2) === 'UD' ? `UD-${name}` : name;
}

const byStem = (a: GgufModel, b: GgufModel): number => (a.stem < b.stem ? -1 : 1);

/**
 * The model that a tag names, ignoring case: the name of its file, its quantization, or the end of its name. `latest` is Q4_K_M, otherwise
 * another quantization with 4 bits, otherwise the first model, as on huggingface.co.
 */
export function modelWithTag(models: readonly GgufModel[], tag: string): GgufModel | undefined {
  if (tag.toLowerCase() !== 'latest') return byName(models, tag);
  return (
    models.find(({ quantization }) => quantization === 'Q4_K_M') ??
    models.find(({ quantization }) => /^(?:UD-)?I?Q4/.test(quantization ?? '')) ??
    models[0]
  );
}

function byName(models: readonly GgufModel[], tag: string): GgufModel | undefined {
  const wanted = tag.toLowerCase();
  const name = wanted.replace(EXTENSION, '');
  const stems = models.map((model) => ({ model, stem: model.stem.toLowerCase() }));
  const matches: readonly ((candidate: (typeof stems)[number]) => boolean)[] = [
    ({ model }) => model.parts.some(({ path }) => [path, baseName(path)].some((own) => own.toLowerCase() === wanted)),
    ({ stem }) => stem === name || baseName(stem) === name,
    ({ model }) => model.quantization?.toLowerCase() === name,
    ({ stem }) => stem.endsWith(name) && '-./'.includes(stem.at(-name.length - 1) ?? '-'),
    ({ stem }) => `${stem}.`.split(/[-./]/).includes(name),
  ];
  for (const match of matches) {
    const found = stems.find(match);
    if (found) return found.model;
  }
  return undefined;
}

/** The tags of a repository, which lead to different models. */
export function tagsOf(models: readonly GgufModel[]): string[] {
  const tags = models.map(({ quantization, stem }) => quantization ?? baseName(stem));
  return [...new Set(tags), ...(models.length > 0 ? ['latest'] : [])];
}

/** The file with which a model reads images: in the folder of the model or above it, preferably F16, then BF16. */
export function projectorOf(files: readonly RepoFile[], { stem }: GgufModel): RepoFile | undefined {
  const folder = stem.slice(0, stem.lastIndexOf('/') + 1);
  const folderOf = ({ path }: RepoFile): string => path.slice(0, path.lastIndexOf('/') + 1);
  const found = files
    .filter((file) => isGguf(file) && /mmproj/i.test(baseName(file.path)) && folder.startsWith(folderOf(file)))
    .map((file) => ({ file, rank: rankOf(file) - folderOf(file).length * RANKS }))
    .sort((a, b) => a.rank - b.rank || (a.file.path < b.file.path ? -1 : 1));
  return found[0]?.file;
}

const RANKS = 3;
const rankOf = ({ path }: RepoFile): number => (/(?:^|[^b])f16/i.test(baseName(path)) ? 0 : /bf16/i.test(path) ? 1 : 2);
