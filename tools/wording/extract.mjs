import { basename, extname } from 'node:path';
import { extractJson, extractYaml } from './extract-data.mjs';
import { extractCss, extractHashComments, extractHtml, extractScripting } from './extract-lines.mjs';
import { extractMarkdown } from './extract-markdown.mjs';
import { extractScript } from './extract-script.mjs';
import { extractVue } from './extract-vue.mjs';

/** @typedef {import('./segment.mjs').Segment} Segment */

const EXTRACTORS = {
  '.ts': (source) => extractScript(source),
  '.vue': extractVue,
  '.css': (source) => extractCss(source),
  '.md': extractMarkdown,
  '.json': extractJson,
  '.yaml': extractYaml,
  '.html': extractHtml,
  '.py': extractScripting,
  '.sh': extractScripting,
};
const SAME_AS = { '.mts': '.ts', '.cts': '.ts', '.js': '.ts', '.mjs': '.ts', '.cjs': '.ts', '.yml': '.yaml' };

/**
 * Everything that people read in a file: its text, and the names in its path.
 * @param {string} file Path in the repository.
 * @param {string} source
 * @returns {Segment[]}
 */
export function extract(file, source) {
  const kind = extname(file);
  const shell = kind === '' && source.startsWith('#!');
  const extractor = shell ? extractScripting : (EXTRACTORS[SAME_AS[kind] ?? kind] ?? extractHashComments);
  const name = { place: 'file', start: 0, text: file.slice(0, file.length - basename(file).length) + basename(file) };
  return [name, ...extractor(source).filter(Boolean)];
}
