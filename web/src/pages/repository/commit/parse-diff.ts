/** A line of a file's changes. */
export interface DiffLine {
  readonly kind: 'same' | 'added' | 'deleted' | 'note';
  readonly text: string;
  /** Number of the line before and after the change. */
  readonly before?: number;
  readonly after?: number;
}

/** Lines that follow each other. */
export interface DiffPart {
  readonly title: string;
  readonly lines: readonly DiffLine[];
}

/** The changes of a file. */
export interface FileDiff {
  readonly path: string;
  readonly status: 'added' | 'deleted' | 'changed';
  /** Whether its lines are not compared, since it is binary or long. */
  readonly isBinary: boolean;
  readonly parts: readonly DiffPart[];
  readonly added: number;
  readonly deleted: number;
  /** Sizes of a large file, in bytes, which is compared as its pointer. */
  readonly sizes: { readonly before?: number; readonly after?: number } | undefined;
}

const PART = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;
const KINDS = { ' ': 'same', '+': 'added', '-': 'deleted', '\\': 'note' } as const;
const POINTER = 'version https://git-lfs.github.com/spec/v1';

/** Reads a unified diff as the hub prints it. The last file may be incomplete. */
export const parseDiff = (diff: string): FileDiff[] =>
  diff
    .split(/^(?=diff --git )/m)
    .filter((text) => text.startsWith('diff --git '))
    .map(parseFile);

function parseFile(text: string): FileDiff {
  const [first = '', ...rest] = text.split('\n');
  const start = rest.findIndex((line) => line.startsWith('@@ '));
  const head = start < 0 ? rest : rest.slice(0, start);
  const parts = start < 0 ? [] : partsOf(rest.slice(start));
  const all = parts.flatMap(({ lines }) => lines);
  const count = (kind: DiffLine['kind']): number => all.filter((line) => line.kind === kind).length;
  return {
    path: pathOf(first),
    status: statusOf(head),
    isBinary: head.some((line) => line.startsWith('Binary files ')),
    parts,
    added: count('added'),
    deleted: count('deleted'),
    sizes: sizesOf(all),
  };
}

/** Both names of a file are the same, so each is half of the line. */
function pathOf(line: string): string {
  const names = line.slice('diff --git '.length);
  const name = names.slice((names.length + 1) / 2);
  const unquoted = name.startsWith('"') ? (JSON.parse(name) as string) : name;
  return unquoted.slice('b/'.length);
}

function statusOf(head: readonly string[]): FileDiff['status'] {
  if (head.some((line) => line.startsWith('new file '))) return 'added';
  return head.some((line) => line.startsWith('deleted file ')) ? 'deleted' : 'changed';
}

function partsOf(lines: readonly string[]): DiffPart[] {
  const parts: { title: string; lines: DiffLine[] }[] = [];
  let [before, after] = [0, 0];
  for (const line of lines) {
    const range = PART.exec(line);
    if (range) {
      [before, after] = [Number(range[1]), Number(range[2])];
      parts.push({ title: line, lines: [] });
      continue;
    }
    const kind = KINDS[line.charAt(0) as keyof typeof KINDS] as DiffLine['kind'] | undefined;
    if (kind === undefined) continue;
    const isBefore = kind === 'same' || kind === 'deleted';
    const isAfter = kind === 'same' || kind === 'added';
    parts.at(-1)?.lines.push({
      kind,
      text: line.slice(1),
      ...(isBefore && { before: before++ }),
      ...(isAfter && { after: after++ }),
    });
  }
  return parts;
}

function sizesOf(lines: readonly DiffLine[]): FileDiff['sizes'] {
  if (!lines.some(({ text }) => text === POINTER)) return undefined;
  const size = (side: 'before' | 'after'): number | undefined => {
    const line = lines.find((each) => each[side] !== undefined && /^size \d+$/.test(each.text));
    return line && Number(line.text.slice('size '.length));
  };
  const [before, after] = [size('before'), size('after')];
  return { ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}
