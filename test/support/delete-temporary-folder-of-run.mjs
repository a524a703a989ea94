// Jest's globalTeardown: deletes what temporary-folder-of-run.mjs created, including what a failed test left there.
import { rmSync } from 'node:fs';

export default function deleteTemporaryFolder() {
  rmSync(process.env.TMPDIR, { recursive: true, force: true });
}
