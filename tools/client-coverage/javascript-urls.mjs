// The requests of @huggingface/hub to a hub, from the TypeScript sources in the package.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const HUB = /hubUrl|HUB_URL/;
const XET = /casUrl/;

/** All ways to write a part of a URL, or a placeholder if the part depends on the request. */
function textsOf(node) {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isParenthesizedExpression(node)) return textsOf(node.expression);
  if (ts.isTemplateExpression(node))
    return node.templateSpans.reduce(
      (before, { expression, literal }) => combine(combine(before, textsOf(expression)), [literal.text]),
      [node.head.text],
    );
  if (ts.isConditionalExpression(node)) return alternatives(node);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return combine(textsOf(node.left), textsOf(node.right));
  return [`{${nameOf(node)}}`];
}

const combine = (before, after) => before.flatMap((start) => after.map((end) => start + end));

/** Only the longer form of an optional part, and `{prefix}` for the folder of a type of repositories. */
function alternatives({ whenTrue, whenFalse }) {
  const texts = [...textsOf(whenTrue), ...textsOf(whenFalse)];
  if (texts.includes('{type}s/')) return ['{prefix}'];
  return texts.includes('') ? texts.filter((text) => text !== '') : texts;
}

function nameOf(node) {
  if (ts.isPropertyAccessExpression(node)) return nameOf(node.name);
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isCallExpression(node)) return nameOf(node.arguments[0] ?? node.expression);
  return ts.isBinaryExpression(node) ? nameOf(node.left) : node.getText();
}

/** The paths of a template that begins with the address of a hub. */
function pathsOf(node) {
  if (!ts.isTemplateExpression(node) || node.head.text !== '') return [];
  const [base] = node.templateSpans;
  const server = base.expression.getText();
  if (!base.literal.text.startsWith('/') || !(HUB.test(server) || XET.test(server))) return [];
  const start = XET.test(server) ? '/xet' : '';
  const whole = textsOf(node).map((text) => start + text.replace(/^\{[^}]*\}/, ''));
  return whole.map((path) => path.replace(/\?.*$/, ''));
}

const isFetch = (node) => ts.isCallExpression(node) && /\bfetch\b/.test(node.expression.getText());

function methodOf({ arguments: [, options] }) {
  const isMethod = (property) => property.name?.getText() === 'method';
  const method = options && ts.isObjectLiteralExpression(options) ? options.properties.find(isMethod) : undefined;
  return method?.initializer.text ?? 'GET';
}

/** The `fetch` that gets a URL, directly or as a variable of the same function. */
function requestFor(template) {
  let variable;
  for (let node = template.parent; node; node = node.parent) {
    if (isFetch(node) && node.arguments[0]?.getText().includes(template.getText())) return node;
    if (ts.isVariableDeclaration(node)) variable = node.name.getText();
    if (ts.isFunctionLike(node)) return variable && findFetchOf(variable, node);
  }
  return undefined;
}

function findFetchOf(variable, scope) {
  let found;
  const visit = (node) => {
    if (isFetch(node) && node.arguments[0]?.getText() === variable) found ??= node;
    ts.forEachChild(node, visit);
  };
  visit(scope);
  return found;
}

function requestsIn(file) {
  const text = readFileSync(file, 'utf8');
  if (!HUB.test(text) && !XET.test(text)) return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    const paths = pathsOf(node);
    const request = paths.length > 0 ? requestFor(node) : undefined;
    found.push(...paths.map((path) => `${request ? methodOf(request) : 'LINK'} ${path}`));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/**
 * @param folder - the folder of the package
 * @returns `METHOD /path/{placeholder}`; `LINK` instead of a method if the URL is used elsewhere
 */
export function javascriptRequests(folder) {
  const files = readdirSync(join(folder, 'src'), { recursive: true }).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'),
  );
  return [...new Set(files.flatMap((name) => requestsIn(join(folder, 'src', name))))].sort();
}
