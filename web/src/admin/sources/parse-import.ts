import type { SourceSetting } from '@domain/source';
import { checkSources, type SourceProblem } from '@domain/check-source';
import { SOURCE_TYPES } from '@strategies/strategies';
import { findNodeAtLocation, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';

/** An error in an import file. */
export interface ImportError {
  readonly line: number;
  /** Name or position of the source; undefined if the error concerns the whole file. */
  readonly source?: string;
  readonly field?: string;
  readonly message: string;
}

/** The sources in a file, or all of its errors. */
export type ImportResult =
  { readonly settings: readonly SourceSetting[] } | { readonly errors: readonly ImportError[] };

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

const MAX_SYNTAX_ERRORS = 20;

const SYNTAX_ERRORS: Readonly<Record<string, string>> = {
  CommaExpected: 'Missing comma',
  ColonExpected: 'Missing colon',
  ValueExpected: 'Missing value',
  PropertyNameExpected: 'Missing field name in quotes',
  CloseBraceExpected: 'Missing closing }',
  CloseBracketExpected: 'Missing closing ]',
  EndOfFileExpected: 'Unexpected content after the end',
  UnexpectedEndOfString: 'Missing closing quote',
  InvalidSymbol: 'Invalid JSON value',
  InvalidCommentToken: 'Comments are not allowed in JSON',
};

function syntaxError(text: string, { error, offset }: ParseError): ImportError {
  const code = printParseErrorCode(error);
  return { line: lineAt(text, offset), message: SYNTAX_ERRORS[code] ?? `Invalid JSON (${code})` };
}

/** The value of a syntax tree node. As in `JSON.parse`, the last of duplicate keys wins. */
function valueOf(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(valueOf);
  if (node.type !== 'object') return node.value as unknown;
  const pairs = (node.children ?? []).map(({ children: [key, value] = [] }) => [key!.value, valueOf(value!)] as const);
  return Object.fromEntries(pairs) as unknown;
}

/**
 * Parses an import file and validates it with the rules of the API. The file is a list of sources or, as in exports, an object with
 * the list `sources`.
 *
 * @param text the file's content
 */
export function parseImport(text: string): ImportResult {
  const parseErrors: ParseError[] = [];
  const root = parseTree(text, parseErrors, { disallowComments: true, allowTrailingComma: false });
  if (parseErrors.length > 0)
    return { errors: parseErrors.slice(0, MAX_SYNTAX_ERRORS).map((error) => syntaxError(text, error)) };
  const list = root?.type === 'object' ? findNodeAtLocation(root, ['sources']) : root;
  if (list?.type !== 'array')
    return {
      errors: [{ line: 1, message: 'Expected a list of sources or an object with a “sources” list' }],
    };
  const items = (list.children ?? []).filter((item) => !isFromEnvironment(item));
  const check = checkSources(items.map(valueOf), SOURCE_TYPES);
  return 'settings' in check ? check : { errors: check.problems.map((problem) => locateProblem(text, items, problem)) };
}

/** Whether this is a source of the environment variable, in a file with the API's list of sources. The API ignores it, too. */
const isFromEnvironment = (item: Node): boolean =>
  item.type === 'object' && findNodeAtLocation(item, ['origin'])?.value === 'env';

/** Adds the line and the source's name to an error of a field such as `3.url`. */
function locateProblem(text: string, items: readonly Node[], { field, message }: SourceProblem): ImportError {
  const [position = '0', fieldName = ''] = field.split(/\.(.*)/s);
  const sourceNode = items[Number(position)];
  const isObject = sourceNode?.type === 'object';
  const name: unknown = isObject ? findNodeAtLocation(sourceNode, ['name'])?.value : undefined;
  const node = (isObject && findNodeAtLocation(sourceNode, [fieldName])) || sourceNode;
  return {
    line: lineAt(text, node?.offset ?? 0),
    source: typeof name === 'string' && name ? name : `Source ${Number(position) + 1}`,
    field: fieldName || undefined,
    message,
  };
}
