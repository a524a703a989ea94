// Adds up Jest's reports; a step that failed without a failing test, or a missing report, counts as a failure of its own.
import { readFileSync } from 'node:fs';

const [, , failedSteps, ...files] = process.argv;
let passed = 0;
let failed = 0;
let skipped = 0;
for (const file of files) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    passed += report.numPassedTests;
    failed += report.numFailedTests + report.numRuntimeErrorTestSuites;
    skipped += report.numPendingTests;
  } catch {
    failed += 1;
  }
}
if (failed === 0) failed = Number(failedSteps);
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
process.exit(failed === 0 ? 0 : 1);
