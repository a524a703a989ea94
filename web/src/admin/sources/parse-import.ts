import type { SourceSetting } from '@domain/source';
import { checkSources } from '@domain/check-source';
import { SOURCE_TYPES } from '@strategies/strategies';
import { findNodeAtLocation, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';

/** What is wrong with a file, and in which line. */
export interface ImportFault {
  readonly line: number;
  /** Which source, by its name or place; absent for the file as a whole. */
  readonly source?: string;
  readonly field?: string;
  readonly message: string;
}

/** The sources of a file, or everything that is wrong with it. */
export type Import = { readonly settings: readonly SourceSetting[] } | { readonly faults: readonly ImportFault[] };

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

const SYNTAX: Readonly<Record<string, string>> = {
  CommaExpected: 'A comma is missing',
  ColonExpected: 'A colon is missing',
  ValueExpected: 'A value is missing',
  PropertyNameExpected: 'A field’s name in quotes is missing',
  CloseBraceExpected: 'A closing } is missing',
  CloseBracketExpected: 'A closing ] is missing',
  EndOfFileExpected: 'There is more after the end',
  UnexpectedEndOfString: 'A text has no closing quote',
  InvalidSymbol: 'This is no JSON value',
  InvalidCommentToken: 'JSON has no comments',
};

function syntaxFault(text: string, { error, offset }: ParseError): ImportFault {
  const code = printParseErrorCode(error);
  return { line: lineAt(text, offset), message: SYNTAX[code] ?? `This is no JSON (${code})` };
}

/** The value as it stands at a node of the tree; later ones of equal keys win, as in `JSON.parse`. */
function valueOf(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(valueOf);
  if (node.type !== 'object') return node.value as unknown;
  const pairs = (node.children ?? []).map(({ children: [key, value] = [] }) => [key!.value, valueOf(value!)] as const);
  return Object.fromEntries(pairs) as unknown;
}

/**
 * Reads a file of sources: a list, or an object with the list `sources`, as an export is, checked by the hub's own rules.
 * @param text the file's content
 */
export function parseImport(text: string): Import {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  if (errors.length > 0) return { faults: errors.slice(0, 20).map((error) => syntaxFault(text, error)) };
  const list = root?.type === 'object' ? findNodeAtLocation(root, ['sources']) : root;
  if (list?.type !== 'array')
    return {
      faults: [{ line: 1, message: 'This is neither a list of sources nor an object with the list “sources”' }],
    };
  const check = checkSources(valueOf(list), SOURCE_TYPES);
  if ('settings' in check) return check;
  return {
    faults: check.faults.map(({ field, message }) => {
      const [place = '0', name = ''] = field.split(/\.(.*)/s);
      const node = list.children?.[Number(place)];
      const said = node?.type === 'object' ? findNodeAtLocation(node, ['name'])?.value : undefined;
      const at = (node?.type === 'object' && findNodeAtLocation(node, [name])) || node || list;
      return {
        line: lineAt(text, at.offset),
        source: typeof said === 'string' && said ? said : `source ${Number(place) + 1}`,
        field: name || undefined,
        message,
      };
    }),
  };
}
