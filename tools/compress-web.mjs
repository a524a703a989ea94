// Compresses the files of dist/web once, so that the hub sends them as they are. Part of `npm run build`.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';

const ROOT = new URL('../dist/web/', import.meta.url).pathname;
const COMPRESSIBLE = /\.(?:css|js|json|svg|wasm)$/;
/** Smaller files fit in one packet. */
const MIN_BYTES = 1000;
const ENCODERS = { br: promisify(brotliCompress), gz: promisify(gzip) };
const OPTIONS = { br: {}, gz: { level: 9 } }; // brotli has its highest quality by default

const entries = await readdir(ROOT, { recursive: true, withFileTypes: true });
for (const entry of entries.filter(({ name }) => COMPRESSIBLE.test(name))) {
  const file = join(entry.parentPath, entry.name);
  const content = await readFile(file);
  if (content.length < MIN_BYTES) continue;
  for (const [suffix, encode] of Object.entries(ENCODERS)) {
    const encoded = await encode(content, OPTIONS[suffix]);
    if (encoded.length < content.length) await writeFile(`${file}.${suffix}`, encoded);
  }
}
