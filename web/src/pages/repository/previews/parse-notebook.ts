/** An output of a code cell. */
export type NotebookOutput =
  | { readonly kind: 'text' | 'error' | 'html' | 'markdown'; readonly text: string }
  | { readonly kind: 'image'; readonly url: string };

/** A cell of a notebook. */
export interface NotebookCell {
  readonly kind: 'markdown' | 'code' | 'raw';
  readonly source: string;
  /** Number of the execution of a code cell. */
  readonly execution: number | undefined;
  readonly outputs: readonly NotebookOutput[];
}

export interface Notebook {
  /** Language of the code cells. */
  readonly language: string;
  readonly cells: readonly NotebookCell[];
  /** Cells that are not shown. */
  readonly hidden: number;
}

/** More would slow down the page. */
const MAX_CELLS = 500;
const MAX_OUTPUTS = 50;
const MAX_TEXT = 100_000;
const MAX_IMAGE = 10_000_000;

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);

/** Texts are strings, or lists of lines. */
function textOf(value: unknown, maxLength = MAX_TEXT): string {
  const lines = Array.isArray(value) ? value.filter((line) => typeof line === 'string') : [value];
  const text = lines.join('');
  if (typeof lines[0] !== 'string') return '';
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}

/** Colors of terminals. */
const CONTROL_SEQUENCE = /\u001b\[[\d;?]*[@-~]/g;
const plain = (text: string): string => text.replace(CONTROL_SEQUENCE, '');

/**
 * Reads a Jupyter notebook (https://nbformat.readthedocs.io), versions 3 and 4.
 * @throws Error if the text is not a notebook
 */
export function parseNotebook(text: string): Notebook {
  const notebook = fieldsOf(JSON.parse(text));
  const sheets = listOf(notebook['worksheets']);
  if (!Array.isArray(notebook['cells']) && sheets.length === 0) throw new Error('The file is not a notebook.');
  const cells = listOf(notebook['cells'] ?? sheets.flatMap(({ cells: own }) => listOf(own)));
  const metadata = fieldsOf(notebook['metadata']);
  const language =
    fieldsOf(metadata['language_info'])['name'] ?? fieldsOf(metadata['kernelspec'])['language'] ?? 'python';
  return {
    language: typeof language === 'string' ? language.toLowerCase().slice(0, 40) : 'python',
    cells: cells.slice(0, MAX_CELLS).map(cellOf),
    hidden: Math.max(0, cells.length - MAX_CELLS),
  };
}

function cellOf(cell: Fields): NotebookCell {
  const type = cell['cell_type'];
  const source = textOf(cell['source'] ?? cell['input']);
  const count = cell['execution_count'] ?? cell['prompt_number'];
  if (type === 'code')
    return {
      kind: 'code',
      source,
      execution: typeof count === 'number' ? count : undefined,
      outputs: listOf(cell['outputs']).slice(0, MAX_OUTPUTS).flatMap(outputOf),
    };
  const level = Number(cell['level']);
  const heading = type === 'heading' ? `${'#'.repeat(Math.min(6, Math.max(1, level || 1)))} ${source}` : undefined;
  const kind = type === 'markdown' || heading !== undefined ? 'markdown' : 'raw';
  return { kind, source: heading ?? withAttachments(source, cell['attachments']), execution: undefined, outputs: [] };
}

/** Images inside a Markdown cell: `![](attachment:image.png)`. */
function withAttachments(source: string, attachments: unknown): string {
  return Object.entries(fieldsOf(attachments)).reduce((text, [name, bundle]) => {
    const image = imageOf(fieldsOf(bundle));
    return image ? text.replaceAll(`attachment:${name}`, () => image.url) : text;
  }, source);
}

function outputOf(output: Fields): NotebookOutput[] {
  const type = output['output_type'];
  if (type === 'stream') return [{ kind: 'text', text: plain(textOf(output['text'])) }];
  if (type === 'error' || type === 'pyerr') {
    const lines = Array.isArray(output['traceback']) ? output['traceback'].map((line) => textOf(line)) : [];
    const summary = `${textOf(output['ename'])}: ${textOf(output['evalue'])}`;
    return [{ kind: 'error', text: plain(lines.length > 0 ? textOf([lines.join('\n')]) : summary) }];
  }
  return best(isFields(output['data']) ? output['data'] : output);
}

/** The richest format that can be shown safely. */
function best(data: Fields): NotebookOutput[] {
  const image = imageOf(data);
  if (image) return [image];
  const html = textOf(data['text/html']);
  if (html) return [{ kind: 'html', text: html }];
  const markdown = textOf(data['text/markdown']) || textOf(data['text/latex']);
  if (markdown) return [{ kind: 'markdown', text: markdown }];
  const text = textOf(data['text/plain'] ?? data['text']);
  return text ? [{ kind: 'text', text: plain(text) }] : [];
}

const BITMAPS = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const;

/** As images, SVG files run no scripts. */
function imageOf(data: Fields): Extract<NotebookOutput, { kind: 'image' }> | undefined {
  for (const type of BITMAPS) {
    const base64 = textOf(data[type] ?? data[type.slice('image/'.length)], MAX_IMAGE).replace(/\s/g, '');
    if (base64 && /^[\w+/]+=*$/.test(base64)) return { kind: 'image', url: `data:${type};base64,${base64}` };
  }
  const svg = textOf(data['image/svg+xml'], MAX_IMAGE);
  return svg
    ? { kind: 'image', url: `data:image/svg+xml,${encodeURIComponent(svg.replace(/\p{Cs}/gu, ''))}` }
    : undefined;
}
