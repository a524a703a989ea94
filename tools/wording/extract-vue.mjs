import { parse } from 'vue/compiler-sfc';
import { extractCss } from './extract-lines.mjs';
import { extractScript } from './extract-script.mjs';
import { commentSegment, segmentOf, stringSegment } from './segment.mjs';

/** @typedef {import('./segment.mjs').Segment} Segment */

// Node types of Vue's template compiler (`NodeTypes` of @vue/compiler-core).
const ELEMENT = 1;
const TEXT = 2;
const COMMENT = 3;
const INTERPOLATION = 5;
const ATTRIBUTE = 6;

const CODE_ATTRIBUTES =
  /^(?:class|style|id|d|viewBox|type|rel|target|href|src|to|name|key|ref|for|role|autocomplete|.+-class)$/;

/**
 * Text, attributes, expressions, scripts and style comments of a Vue component.
 * @param {string} source
 * @returns {Segment[]}
 */
export function extractVue(source) {
  const { descriptor } = parse(source, { sourceMap: false, ignoreEmpty: false });
  const segments = [];
  for (const script of [descriptor.script, descriptor.scriptSetup])
    if (script) segments.push(...extractScript(script.content, script.loc.start.offset));
  for (const style of descriptor.styles) segments.push(...extractCss(style.content, style.loc.start.offset));
  for (const node of descriptor.template?.ast?.children ?? []) visit(node, segments);
  for (const [comment] of outsideOfBlocks(source, descriptor)) segments.push(comment);
  return segments.filter(Boolean);
}

function visit(node, segments) {
  const start = node.loc.start.offset;
  if (node.type === TEXT) segments.push(segmentOf('page', start, node.loc.source));
  if (node.type === COMMENT) segments.push(commentSegment(start, node.loc.source));
  if (node.type === INTERPOLATION) segments.push(...extractExpression(node.content.loc));
  if (node.type !== ELEMENT) return;
  for (const property of node.props) segments.push(...extractAttribute(property));
  for (const child of node.children) visit(child, segments);
}

function extractAttribute(property) {
  if (property.type !== ATTRIBUTE) return property.exp ? extractExpression(property.exp.loc) : [];
  if (!property.value || CODE_ATTRIBUTES.test(property.name)) return [];
  const { start, source } = property.value.loc;
  const quoted = /^["']/.test(source);
  return [stringSegment('page', start.offset + (quoted ? 1 : 0), quoted ? source.slice(1, -1) : source)];
}

/** Strings of an expression in a template: they are read on the page. */
const extractExpression = (loc) =>
  extractScript(loc.source, loc.start.offset)
    .filter(({ place }) => place !== 'name')
    .map((segment) => ({ ...segment, place: segment.place === 'message' ? 'page' : segment.place }));

/** HTML comments between the blocks of a component. */
function outsideOfBlocks(source, { template, script, scriptSetup, styles }) {
  const blocks = [template, script, scriptSetup, ...styles].filter(Boolean).map(({ loc }) => loc);
  const isInside = (at) => blocks.some(({ start, end }) => at >= start.offset && at < end.offset);
  return [...source.matchAll(/<!--[\s\S]*?-->/g)]
    .filter(({ index }) => !isInside(index))
    .map((match) => [commentSegment(match.index, match[0])]);
}
