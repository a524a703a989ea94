import highlighter from 'highlight.js/lib/core';
import type { LanguageFn } from 'highlight.js';

/** Languages common in model and dataset repositories. Each is loaded when a text needs it. */
const LANGUAGES: Readonly<Record<string, () => Promise<{ default: LanguageFn }>>> = {
  bash: () => import('highlight.js/lib/languages/bash'),
  c: () => import('highlight.js/lib/languages/c'),
  cpp: () => import('highlight.js/lib/languages/cpp'),
  csharp: () => import('highlight.js/lib/languages/csharp'),
  css: () => import('highlight.js/lib/languages/css'),
  diff: () => import('highlight.js/lib/languages/diff'),
  dockerfile: () => import('highlight.js/lib/languages/dockerfile'),
  go: () => import('highlight.js/lib/languages/go'),
  ini: () => import('highlight.js/lib/languages/ini'),
  java: () => import('highlight.js/lib/languages/java'),
  javascript: () => import('highlight.js/lib/languages/javascript'),
  json: () => import('highlight.js/lib/languages/json'),
  julia: () => import('highlight.js/lib/languages/julia'),
  latex: () => import('highlight.js/lib/languages/latex'),
  lua: () => import('highlight.js/lib/languages/lua'),
  makefile: () => import('highlight.js/lib/languages/makefile'),
  markdown: () => import('highlight.js/lib/languages/markdown'),
  plaintext: () => import('highlight.js/lib/languages/plaintext'),
  powershell: () => import('highlight.js/lib/languages/powershell'),
  python: () => import('highlight.js/lib/languages/python'),
  'python-repl': () => import('highlight.js/lib/languages/python-repl'),
  r: () => import('highlight.js/lib/languages/r'),
  rust: () => import('highlight.js/lib/languages/rust'),
  shell: () => import('highlight.js/lib/languages/shell'),
  sql: () => import('highlight.js/lib/languages/sql'),
  typescript: () => import('highlight.js/lib/languages/typescript'),
  xml: () => import('highlight.js/lib/languages/xml'),
  yaml: () => import('highlight.js/lib/languages/yaml'),
};

/** Languages whose texts contain others. */
const INNER: Readonly<Record<string, readonly string[]>> = {
  markdown: ['xml'],
  'python-repl': ['python'],
  shell: ['bash'],
  xml: ['css', 'javascript'],
};

/** Other names of languages, as code blocks and file names have them. */
const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    bash: 'sh zsh',
    c: 'h',
    cpp: 'c++ cc cxx h++ hpp hh hxx',
    csharp: 'c# cs',
    diff: 'patch',
    dockerfile: 'docker',
    go: 'golang',
    ini: 'toml',
    java: 'jsp',
    javascript: 'cjs js jsx mjs',
    json: 'json5 jsonc',
    julia: 'jl',
    latex: 'tex',
    makefile: 'make mak mk',
    markdown: 'md mdown mkd mkdown',
    plaintext: 'text txt',
    powershell: 'ps ps1 pwsh',
    python: 'gyp ipython py',
    'python-repl': 'pycon',
    rust: 'rs',
    shell: 'console shellsession',
    typescript: 'cts mts ts tsx',
    xml: 'atom html plist rss svg wsf xhtml xjb xsd xsl',
    yaml: 'yml',
  }).flatMap(([language, names]) => names.split(' ').map((name) => [name, language] as const)),
);

highlighter.configure({ ignoreUnescapedHTML: true });

/**
 * Loads a language.
 *
 * @returns the highlighter; `undefined` if it does not know the language
 */
export async function highlighterFor(name: string): Promise<typeof highlighter | undefined> {
  const language = ALIASES.get(name.toLowerCase()) ?? name.toLowerCase();
  if (!Object.hasOwn(LANGUAGES, language)) return undefined;
  await Promise.all([language, ...(INNER[language] ?? [])].map(register));
  return highlighter;
}

async function register(language: string): Promise<void> {
  if (highlighter.getLanguage(language)) return;
  highlighter.registerLanguage(language, (await LANGUAGES[language]!()).default);
}
