import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { applyAllowList, type Allowed } from '../../../tools/wording/allow-list.mjs';
import { checkText } from '../../../tools/wording/check-text.mjs';
import { countHits } from '../../../tools/wording/report.mjs';
import { loadRules, type Rule } from '../../../tools/wording/rules.mjs';
import { runCheck } from '../../../tools/wording/run-check.mjs';

const rules = loadRules();
const matches = ({ pattern }: Rule, text: string): boolean =>
  new RegExp(pattern.source, pattern.flags.replace('g', '')).test(text);
const check = (file: string, source: string, only: string): string[] =>
  checkText(file, source, rules)
    .filter(({ rule }) => rule === only)
    .map(({ line, column, place, found }) => `${line}:${column} ${place} ${found}`);

describe('wording rules', () => {
  it('have unique ids', () => expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length));

  it('match their examples', () => {
    expect(rules.filter((rule) => !matches(rule, rule.example)).map(({ id }) => id)).toEqual([]);
  });

  it('do not match near misses', () => {
    const wrong = rules.flatMap((rule) =>
      rule.not.filter((text) => matches(rule, text)).map((text) => [rule.id, text]),
    );
    expect(wrong).toEqual([]);
  });
});

describe('places', () => {
  const cases: [what: string, file: string, source: string, hits: string[]][] = [
    ['a line comment', 'a.ts', 'const a = 1;\n// It tells all.', ['2:7 comment tells']],
    ['a TSDoc comment', 'a.ts', '/**\n * Returns it.\n * It tells all.\n */', ['3:7 comment tells']],
    ['a trailing comment', 'a.mjs', 'run(); // it tells all', ['1:14 comment tells']],
    ['a string', 'a.ts', "throw new Error('It tells all');", ['1:21 message tells']],
    ['a template literal', 'a.ts', 'log(`${name} tells ${all}`);', ['1:14 message tells']],
    ['a string inside a template literal', 'a.ts', "log(`${ok ? 'it tells' : name} all`);", ['1:17 message tells']],
    [
      'a title',
      'a.test.ts',
      "describe.each([])('tells', () => {\n  it('tells %s', run);\n});",
      ['1:20 title tells', '2:7 title tells'],
    ],
    ['CSS', 'a.css', 'a {\n  /* it tells */\n}', ['2:9 comment tells']],
    [
      'YAML',
      'a.yaml',
      '# it tells\nsummary: A hub that tells all\ntext: |\n  It\n  tells all',
      ['1:6 comment tells', '2:21 message tells', '5:3 message tells'],
    ],
    ['a shell script', 'run.sh', '#!/bin/sh\n# it tells\necho "it tells"', ['2:6 comment tells', '3:10 message tells']],
    ['a Dockerfile', 'docker/Dockerfile', 'FROM node\n# it tells\nRUN true', ['2:6 comment tells']],
    ['.env.example', '.env.example', '# it tells\n#TELL=it tells', ['1:6 comment tells']],
    [
      'Python',
      'a.py',
      '"""It tells."""\nname = "it tells"  # it tells',
      ['1:7 comment tells', '2:12 message tells', '2:25 comment tells'],
    ],
    ['JSON', 'a.json', '{\n  "description": "It tells all",\n  "tell": "tell"\n}', ['2:22 message tells']],
    [
      'Markdown',
      'a.md',
      '# It tells\n\nIt *also*\ntells.\n\n| a | b |\n| - | - |\n| c | it tells |',
      ['1:6 markdown tells', '4:1 markdown tells', '8:10 markdown tells'],
    ],
    [
      'a Vue template',
      'a.vue',
      '<template>\n  <p title="it tells">It\n    tells {{ \'it tells\' }}</p>\n</template>',
      ['2:16 page tells', '3:5 page tells', '3:18 page tells'],
    ],
    ['a Vue script', 'a.vue', '<script setup lang="ts">\n/** It tells. */\n</script>', ['2:8 comment tells']],
    ['HTML', 'a.html', '<!-- it tells --><p>It tells</p>', ['1:9 comment tells', '1:24 page tells']],
  ];
  it('are found in every kind of file', () => {
    expect(cases.map(([what, file, source]) => [what, check(file, source, 'tell')])).toEqual(
      cases.map(([what, , , hits]) => [what, hits]),
    );
  });

  const clean: [what: string, file: string, source: string][] = [
    ['inline code of a comment', 'a.ts', '// Calls `tell` and {@link tell it}.'],
    ['an address', 'a.ts', '// See https://example.com/tells.'],
    ['a string that is a key', 'a.ts', "get('tells');"],
    ['an import', 'a.ts', "import tells from 'tells';"],
    ['a string that looks like a comment', 'a.ts', "get('http://tells');"],
    ['code of Markdown', 'a.md', 'Call `tell it`.\n\n```sh\ntell it # it tells\n```\n\n[link](tells.md)'],
    ['code attributes', 'a.vue', '<template><p class="it tells" :key="tells" /></template>'],
    ['package scripts', 'package.json', '{ "scripts": { "tell": "tell it" } }'],
  ];
  it.each(clean)('do not include %s', (_, file, source) => expect(check(file, source, 'tell')).toEqual([]));
});

describe('phrases', () => {
  it('are found across lines', () => {
    const source = '/**\n * The request goes\n * on without Redis.\n */';
    expect(check('a.ts', source, 'go-on')).toEqual(['2:16 comment goes on']);
    expect(check('a.md', 'It goes\non.', 'go-on')).toEqual(['1:4 markdown goes on']);
  });

  it('open a comment, not a sentence of it', () => {
    const source = '// Of the key.\n\n// The key. Of it:\n// Of the key.';
    expect(check('a.ts', source, 'opens-of')).toEqual(['1:4 comment Of']);
  });

  it('block tags begin a line', () => {
    const source = '/** Reads. @throws Error */\n/** @throws Error */\n/**\n * Reads.\n * @returns text\n */';
    expect(check('a.ts', source, 'block-tag')).toEqual(['1:12 comment @throws']);
  });
});

describe('names', () => {
  it('are found where they are declared', () => {
    const source = 'const MOST_FILES = 1;\nfunction within(far: number) {}\nuse(MOST_FILES, far.away);';
    expect(checkText('a.ts', source, rules).map(({ line, rule, found }) => `${line} ${rule} ${found}`)).toEqual([
      '1 name-most MOST_FILES',
      '2 name-adverb within',
      '2 name-far far',
    ]);
  });

  it('of files are found in their paths', () => {
    expect(check('web/src/admin-door.vue', '', 'file-words')).toEqual(['1:1 file -door.']);
  });
});

describe('the allow-list', () => {
  const file = 'web/src/a.ts';
  const hits = checkText(file, "throw new Error('Somebody has changed this file');\n// Nobody.", rules);
  const entry: Allowed = { file, text: 'Somebody has changed', reason: 'Reads well.' };
  const apply = (...entries: Allowed[]) => applyAllowList(hits, entries, () => true);

  it('permits a text in a file or below a folder', () => {
    for (const place of [file, 'web/src/']) {
      const { hits: left, errors } = apply({ ...entry, file: place });
      expect(left.map(({ found }) => found)).toEqual(['Nobody']);
      expect(errors).toEqual([]);
    }
  });

  it('permits only words inside its text', () => {
    expect(apply({ ...entry, text: 'has changed' }).hits).toHaveLength(2);
    expect(apply({ ...entry, file: 'web/src/b.ts' }).hits).toHaveLength(2);
  });

  it('needs a reason', () => {
    for (const reason of ['', '  ', undefined as unknown as string])
      expect(apply({ ...entry, reason }).errors).toEqual([expect.stringContaining('a reason is required')]);
  });

  it('rejects unused entries of checked files', () => {
    const unused = { ...entry, text: 'Everybody' };
    expect(apply(unused).errors).toEqual([expect.stringContaining('remove the entry')]);
    expect(applyAllowList(hits, [unused], () => false).errors).toEqual([]);
  });
});

describe('a repository', () => {
  let root: string;
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'check-wording-'));
    execFileSync('git', ['init', '-q', root]);
    write('src/a.ts', '// Nobody.\n');
    write('test/fixtures/a.ts', '// Nobody.\n');
    write('docs/a.md', 'Fine.\n');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('fails the command with the place of each hit and a suggestion', () => {
    const { status, stdout } = spawnSync(process.execPath, ['tools/check-wording.mjs', '--root', root], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stdout).toBe('src/a.ts:1:4: "Nobody" (somebody) → a user, the caller, anyone; or the passive\n');
  });

  it('is checked without its fixtures, or in the given paths', () => {
    expect(runCheck(root, []).hits.map(({ file }) => file)).toEqual(['src/a.ts']);
    expect(runCheck(root, ['docs']).files).toEqual(['docs/a.md']);
    expect(runCheck(root, [], ['title']).hits).toEqual([]);
  });

  it('is counted by rule, place and folder', () => {
    const table = countHits(runCheck(root, []).hits).join('\n');
    expect(table).toMatch(/^rule +src +total\nsomebody +1 +1\ntotal +1 +1$/m);
    expect(table).toMatch(/^comment +1 +1$/m);
  });

  it('has an allow-list of its exceptions', () => {
    write('tools/wording/allow.yaml', '- { file: src/a.ts, text: Nobody, reason: A test. }\n');
    expect(runCheck(root, [])).toMatchObject({ hits: [], errors: [] });
    write('src/a.ts', '// Fine.\n');
    expect(runCheck(root, []).errors).toEqual([expect.stringContaining('remove the entry')]);
    expect(runCheck(root, ['docs']).errors).toEqual([]);
  });
});
