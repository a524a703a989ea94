import { createHash } from 'node:crypto';

/** Path → content; `lfs` stores it as an LFS file. With a `size`, the file has that many bytes, which repeat the content, over Xet only. */
export type FakeFiles = Readonly<
  Record<string, string | Buffer | { readonly lfs: string | Buffer; readonly size?: number }>
>;

export type FakeRepoType = 'model' | 'dataset' | 'space';

/** Describes a repository of the fake hub. */
export interface FakeRepoSpec {
  readonly id: string;
  readonly type?: FakeRepoType;
  /** The files on `main`. */
  readonly files: FakeFiles;
  /** Earlier states of `main`, oldest first. */
  readonly history?: readonly FakeFiles[];
  /** Full ref (`refs/heads/dev`, `refs/tags/v1`, `refs/pr/1`, `refs/convert/parquet`) → content. */
  readonly refs?: Readonly<Record<string, FakeFiles>>;
  /** Old and one-segment names that redirect here. */
  readonly aliases?: readonly string[];
  readonly gated?: 'auto' | 'manual';
  readonly private?: boolean;
  readonly disabled?: boolean;
  /** Additional fields of the info response. */
  readonly info?: Readonly<Record<string, unknown>>;
}

/** A file of a commit. `oid` is its git blob ID; for LFS files, that of the pointer. */
export interface FakeBlob {
  readonly path: string;
  readonly content: Buffer;
  readonly size: number;
  readonly oid: string;
  readonly lfs?: { readonly sha256: string; readonly pointer: Buffer; readonly xetHash: string };
}

export interface FakeCommit {
  readonly id: string;
  readonly title: string;
  readonly date: string;
  readonly parent: FakeCommit | undefined;
  /** In git's order, each folder before its content. */
  readonly entries: readonly (FakeBlob | FakeFolder)[];
}

export interface FakeFolder {
  readonly path: string;
  readonly oid: string;
}

const hash = (algorithm: 'sha1' | 'sha256', data: Buffer | string): string =>
  createHash(algorithm).update(data).digest('hex');

/** The ID of a git object: SHA-1 of `<kind> <length>\0<bytes>`. */
export const gitId = (kind: 'blob' | 'tree' | 'commit', bytes: Buffer): string =>
  hash('sha1', Buffer.concat([Buffer.from(`${kind} ${bytes.length}\0`), bytes]));

const pointerOf = (sha256: string, size: number): Buffer =>
  Buffer.from(`version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${size}\n`);

const toBlob = (path: string, given: FakeFiles[string]): FakeBlob => {
  if (typeof given === 'string' || Buffer.isBuffer(given)) {
    const content = Buffer.from(given);
    return { path, content, size: content.length, oid: gitId('blob', content) };
  }
  const content = Buffer.from(given.lfs);
  const size = given.size ?? content.length;
  const sha256 = hash('sha256', content);
  const pointer = pointerOf(sha256, size);
  return {
    path,
    content,
    size,
    oid: gitId('blob', pointer),
    lfs: { sha256, pointer, xetHash: hash('sha256', `xet ${sha256}`) },
  };
};

interface TreeRow {
  readonly name: string;
  readonly mode: string;
  readonly oid: string;
  readonly entries: readonly (FakeBlob | FakeFolder)[];
}

/** Git sorts folders as if their names ended with a slash. */
const sortName = (row: TreeRow): Buffer => Buffer.from(row.mode === '40000' ? `${row.name}/` : row.name);

const buildTree = (blobs: readonly FakeBlob[], prefix: string): { oid: string; entries: (FakeBlob | FakeFolder)[] } => {
  const names = new Set(blobs.map((blob) => blob.path.slice(prefix.length).split('/')[0] ?? ''));
  const rows = [...names].map((name): TreeRow => {
    const path = prefix + name;
    const file = blobs.find((blob) => blob.path === path);
    if (file) return { name, mode: '100644', oid: file.oid, entries: [file] };
    const below = buildTree(
      blobs.filter((blob) => blob.path.startsWith(`${path}/`)),
      `${path}/`,
    );
    return { name, mode: '40000', oid: below.oid, entries: [{ path, oid: below.oid }, ...below.entries] };
  });
  rows.sort((a, b) => Buffer.compare(sortName(a), sortName(b)));
  const bytes = rows.map((row) =>
    Buffer.concat([Buffer.from(`${row.mode} ${row.name}\0`), Buffer.from(row.oid, 'hex')]),
  );
  return { oid: gitId('tree', Buffer.concat(bytes)), entries: rows.flatMap((row) => row.entries) };
};

/** Commits have fixed dates, one day apart, so that their IDs are the same in every run. */
const FIRST_DAY = Date.UTC(2024, 0, 1);

const commitFiles = (files: FakeFiles, n: number, parent?: FakeCommit): FakeCommit => {
  const tree = buildTree(
    Object.entries(files).map(([path, given]) => toBlob(path, given)),
    '',
  );
  const seconds = FIRST_DAY / 1000 + n * 86_400;
  const title = n === 0 ? 'initial commit' : `Update ${n}`;
  const lines = [`tree ${tree.oid}`, ...(parent ? [`parent ${parent.id}`] : [])];
  for (const role of ['author', 'committer']) lines.push(`${role} ada <ada@example.org> ${seconds} +0000`);
  const id = gitId('commit', Buffer.from(`${lines.join('\n')}\n\n${title}\n`));
  return { id, title, date: new Date(seconds * 1000).toISOString(), parent, entries: tree.entries };
};

/** A repository to which tests can add commits. */
export class FakeRepo {
  readonly type: FakeRepoType;
  readonly id: string;
  readonly refs = new Map<string, FakeCommit>();
  private readonly commits: FakeCommit[] = [];

  constructor(readonly spec: FakeRepoSpec) {
    this.type = spec.type ?? 'model';
    this.id = spec.id;
    for (const files of [...(spec.history ?? []), spec.files]) this.commit(files);
    for (const [ref, files] of Object.entries(spec.refs ?? {})) this.commit(files, ref);
  }

  /** Moves a ref (by default `main`) to a new commit. */
  commit(files: FakeFiles, ref = 'refs/heads/main'): FakeCommit {
    const parent = this.refs.get(ref) ?? this.refs.get('refs/heads/main');
    const commit = commitFiles(files, this.commits.length, parent);
    this.commits.push(commit);
    this.refs.set(ref, commit);
    return commit;
  }

  get main(): FakeCommit {
    return this.refs.get('refs/heads/main') as FakeCommit;
  }

  /** A branch, tag, full ref, `HEAD`, or a commit id of at least five digits. */
  find(revision: string): FakeCommit | undefined {
    if (revision === 'HEAD') return this.main;
    for (const prefix of ['', 'refs/heads/', 'refs/tags/', 'refs/']) {
      const found = this.refs.get(prefix + revision);
      if (found) return found;
    }
    return /^[0-9a-f]{5,40}$/.test(revision) ? this.commits.find(({ id }) => id.startsWith(revision)) : undefined;
  }
}

export const isBlob = (entry: FakeBlob | FakeFolder): entry is FakeBlob => 'content' in entry;

export const findBlob = (commit: FakeCommit, path: string): FakeBlob | undefined =>
  commit.entries.filter(isBlob).find((blob) => blob.path === path);
