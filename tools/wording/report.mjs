/** @typedef {import('./check-text.mjs').Hit} Hit */

/** One line for each hit, in the form that editors and terminals turn into links. */
export const listHits = (hits) =>
  hits.map(({ file, line, column, found, rule, use }) => `${file}:${line}:${column}: "${found}" (${rule}) → ${use}`);

const topFolder = (file) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '(root)');

/**
 * Two tables: hits by rule and by place, both with a column for each top folder.
 * @param {Hit[]} hits
 * @returns {string[]}
 */
export const countHits = (hits) => [
  ...table(hits, 'rule'),
  '',
  ...table(hits, 'place'),
  '',
  `${hits.length} hits in ${new Set(hits.map(({ file }) => file)).size} files`,
];

function table(hits, field) {
  const folders = [...new Set(hits.map(({ file }) => topFolder(file)))].sort();
  const names = [...new Set(hits.map((hit) => hit[field]))];
  const rows = names.map((name) => [name, hits.filter((hit) => hit[field] === name)]);
  rows.sort(([, a], [, b]) => b.length - a.length);
  const cells = (name, some) => [name, ...folders.map((folder) => countIn(some, folder)), some.length];
  const lines = [[field, ...folders, 'total'], ...rows.map(([name, some]) => cells(name, some)), cells('total', hits)];
  return lines.map(([name, ...numbers]) =>
    [String(name).padEnd(22), ...numbers.map((number) => String(number).padStart(8))].join(''),
  );
}

const countIn = (hits, folder) => hits.filter(({ file }) => topFolder(file) === folder).length;
