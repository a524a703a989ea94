// Finds words and names that the style guide bans. The rules and the allow-list are the YAML files in tools/wording.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { countHits, listHits } from './wording/report.mjs';
import { runCheck } from './wording/run-check.mjs';

const USAGE = `Usage: node tools/check-wording.mjs [options] [file or folder…]
  --count         print how many hits there are by rule, place and folder
  --only PLACES   only hits in these places: comment,message,page,title,markdown,name,function,file
  --root DIR      check another checkout`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    only: { type: 'string' },
    root: { type: 'string', default: fileURLToPath(new URL('..', import.meta.url)) },
  },
});

function check() {
  const { files, hits, errors } = runCheck(values.root.replace(/\/$/, ''), positionals, values.only?.split(','));
  if (values.count) return console.log(countHits(hits).join('\n'));
  for (const line of [...listHits(hits), ...errors]) console.log(line);
  console.error(`Checked ${files.length} files: ${hits.length} hits, ${errors.length} errors in the allow-list`);
  if (hits.length + errors.length > 0) process.exitCode = 1;
}

if (values.help) console.log(USAGE);
else check();
