// Adds up Jest's reports, and lists all failures again at the end of the log. A test file that was run again counts with its second result.
// `sum.mjs --failed REPORT` only prints the files with failures.
import { existsSync, readFileSync } from 'node:fs';

const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
const withoutRunner = (stack) => stack.replaceAll(/\n.*\/node_modules\/.*/g, '');
/** A file without test results could not be loaded, and counts as one failure. */
const failuresOf = ({ name, message, assertionResults }) =>
  assertionResults.length === 0 && message
    ? [`${name}\n${message}`]
    : assertionResults
        .filter(({ status }) => status === 'failed')
        .map(
          ({ fullName, failureMessages }) => `${name}\n  ${fullName}\n${failureMessages.map(withoutRunner).join('\n')}`,
        );
const count = (results, status) =>
  results.flatMap(({ assertionResults }) => assertionResults).filter((test) => test.status === status).length;

if (process.argv[2] === '--failed') {
  for (const file of read(process.argv[3]).testResults) if (failuresOf(file).length > 0) console.log(file.name);
  process.exit();
}

/** @param report - `NAME.json`; `NAME.again.json` has the results of files that were run again */
function resultsOf(report) {
  const again = report.replace(/json$/, 'again.json');
  const second = new Map(existsSync(again) ? read(again).testResults.map((file) => [file.name, file]) : []);
  return read(report).testResults.map((file) => {
    const now = second.get(file.name) ?? file;
    if (now !== file && failuresOf(now).length === 0)
      for (const failure of failuresOf(file)) console.log(`flaky: ${failure}`);
    return now;
  });
}

const [, , failedSteps, ...reports] = process.argv;
let [passed, failed, skipped] = [0, 0, 0];
for (const report of reports) {
  try {
    const results = resultsOf(report);
    const failures = results.flatMap(failuresOf);
    for (const failure of failures) console.log(`failed: ${failure}`);
    passed += count(results, 'passed');
    failed += failures.length;
    skipped += count(results, 'pending');
  } catch (error) {
    console.log(`failed: ${report}: ${error}`);
    failed += 1;
  }
}
// steps that failed without a failing test
if (failed === 0) failed = Number(failedSteps);
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
process.exit(failed === 0 ? 0 : 1);
