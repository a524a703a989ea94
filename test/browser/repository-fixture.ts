import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BrowserFixture } from './browser-fixture.js';
import { CARD, HOSTILE_CARD, HOSTILE_HTML, HOSTILE_SVG, WEIGHTS } from './repository-content.js';
import { GREY_PIXEL_PNG } from './external-content.js';

const CODE = `import torch\n\n\ndef forward(x: torch.Tensor) -> torch.Tensor:\n    """Twice."""\n    return x * 2  # nothing else\n`;

const readFixture = (name: string): Buffer => readFileSync(resolve(import.meta.dirname, '../support/fixtures', name));

/**
 * Creates repositories of alice with all content types that the pages can show.
 * @returns her access token
 */
export async function createRepositories(fixture: BrowserFixture): Promise<string> {
  const token = await fixture.person('alice');
  await fixture.repository(token, 'model', 'alice/near', {
    'README.md': CARD,
    'config.json': JSON.stringify({ model_type: 'bert', layers: [1, 2, 3] }),
    'model.safetensors': WEIGHTS,
    'figure.png': GREY_PIXEL_PNG,
    'drawing.svg': HOSTILE_SVG.replace(/<script>.*<\/script>/, ''),
    'src/model.py': CODE,
    'docs/notes.md': '# Notes\n\nSee [the model](../README.md).\n\n## Second\n\nMore.\n',
    'docs/README.md': '# Folder README\n',
    'odd/with space & #.txt': 'odd\n',
    'weights.bin': Buffer.alloc(4000, 7),
    'notes.unknown': 'A file type without a preview.\n',
    'blob.unknown': Buffer.from([1, 0, 2]),
    'long.txt': `${'a line of text\n'.repeat(40_000)}the last line\n`,
    'latin1.txt': Buffer.from('Grüße aus Köln\n', 'latin1'),
    'utf16.txt': Buffer.from('\ufeffGrüße aus Köln\n', 'utf16le'),
    'empty.txt': '',
    'broken.json': '{',
  });
  await fixture.repository(token, 'model', 'alice/remote', {
    'README.md':
      '# Remote\n\n![a badge](https://images.example/badge.png) <audio src="https://images.example/a.mp3"></audio>\n',
  });
  await fixture.repository(token, 'model', 'alice/bare', { 'weights.bin': Buffer.alloc(10) });
  await fixture.repository(token, 'model', 'alice/hostile', {
    'README.md': HOSTILE_CARD,
    'drawing.svg': HOSTILE_SVG,
    'page.html': HOSTILE_HTML,
  });
  await fixture.repository(token, 'dataset', 'alice/rows', {
    'README.md': '---\nlicense: mit\nconfigs:\n  - config_name: default\n    data_files: "*.csv"\n---\n# Rows\n',
    'rows.csv': 'id,text\n1,one\n2,"two, and more"\n',
    // Both were written by pyarrow 25.
    'zstd.parquet': readFixture('rows-zstd.parquet'),
    'snappy.parquet': readFixture('rows-snappy.parquet'),
    'rows.jsonl': '{"id": 1, "text": "one"}\n{"id": 2, "tags": ["a", "b"]}\n',
  });
  return token;
}
