import ts from 'typescript';
import { commentSegment, segmentOf, stringSegment } from './segment.mjs';

/** @typedef {import('./segment.mjs').Segment} Segment */

const TEST_FUNCTIONS = new Set(['describe', 'it', 'test']);

/**
 * Comments, strings, test titles and declared names of TypeScript or JavaScript.
 * @param {string} source Program text.
 * @param {number} base Offset of the program in its file, for scripts inside Vue files.
 * @returns {Segment[]}
 */
export function extractScript(source, base = 0) {
  const file = ts.createSourceFile('script.ts', source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const segments = [];
  const literals = [];
  const visit = (node) => {
    if (isDeclaredName(node)) segments.push(...nameSegments(node, file));
    if (isLiteral(node)) literals.push([node.getStart(file), node.end]);
    segments.push(readText(node, file));
    ts.forEachChild(node, visit);
  };
  visit(file);
  segments.push(...readComments(source, literals));
  return segments.filter(Boolean).map((segment) => ({ ...segment, start: segment.start + base }));
}

const isLiteral = (node) =>
  ts.isStringLiteral(node) ||
  ts.isNoSubstitutionTemplateLiteral(node) ||
  ts.isRegularExpressionLiteral(node) ||
  ts.isTemplateHead(node) ||
  ts.isTemplateMiddleOrTemplateTail(node);

/** A name where it is declared; uses of it, and the names of libraries, are left out. */
const isDeclaredName = (node) =>
  ts.isIdentifier(node) &&
  node.parent.name === node &&
  !ts.isPropertyAccessExpression(node.parent) &&
  !ts.isMetaProperty(node.parent) &&
  !ts.isPropertyAssignment(node.parent) &&
  !ts.isShorthandPropertyAssignment(node.parent) &&
  !(ts.isImportSpecifier(node.parent) && !node.parent.propertyName);

function nameSegments(node, file) {
  const places = isFunction(node.parent) ? ['name', 'function'] : ['name'];
  return places.map((place) => segmentOf(place, node.getStart(file), node.text));
}

const isFunction = (node) =>
  ts.isFunctionDeclaration(node) ||
  ts.isMethodDeclaration(node) ||
  (ts.isVariableDeclaration(node) && !!node.initializer && ts.isArrowFunction(node.initializer));

function readText(node, file) {
  if (ts.isTemplateExpression(node)) return templateSegment(node, file);
  if (!ts.isStringLiteral(node) && !ts.isNoSubstitutionTemplateLiteral(node)) return undefined;
  const { parent } = node;
  if (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent) || ts.isTaggedTemplateExpression(parent)) return;
  const start = node.getStart(file) + 1;
  const text = file.text.slice(start, node.end - 1);
  return isTitle(node) ? segmentOf('title', start, text) : stringSegment('message', start, text);
}

/** The text of a template with `x` instead of its expressions, whose own strings are visited separately. */
function templateSegment(node, file) {
  const start = node.getStart(file) + 1;
  let text = file.text.slice(start, node.end - 1);
  for (const { expression, literal } of node.templateSpans) {
    const from = expression.pos - 2 - start;
    const to = literal.getStart(file) + 1 - start;
    text = text.slice(0, from) + 'x'.repeat(to - from) + text.slice(to);
  }
  return isTitle(node) ? segmentOf('title', start, text) : stringSegment('message', start, text);
}

/** Whether the node is the first argument of `it(…)`, `describe.each(…)(…)` or a similar call. */
function isTitle(node) {
  if (!ts.isCallExpression(node.parent) || node.parent.arguments[0] !== node) return false;
  let callee = node.parent.expression;
  while (!ts.isIdentifier(callee) && callee.expression) callee = callee.expression;
  return ts.isIdentifier(callee) && TEST_FUNCTIONS.has(callee.text);
}

/** Comments outside of literals; line comments below each other are one text. */
function readComments(source, literals) {
  literals.sort(([a], [b]) => a - b);
  const comments = [];
  let next = 0;
  const pattern = /\/\/[^\n]*(?:\n[^\S\n]*\/\/[^\n]*)*|\/\*[\s\S]*?\*\//g;
  for (let match; (match = pattern.exec(source));) {
    while (next < literals.length && literals[next][1] <= match.index) next++;
    const [from, to] = literals[next] ?? [Infinity, Infinity];
    if (from <= match.index) pattern.lastIndex = to;
    else comments.push(commentSegment(match.index, match[0]));
  }
  return comments;
}
