// Loaded into a program with NODE_OPTIONS=--import: its threads crash once the file in CRASH_FILE exists.
import { existsSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

function crashIfFileExists() {
  if (existsSync(process.env.CRASH_FILE)) throw new Error('a crash of the test');
}

if (!isMainThread) setInterval(crashIfFileExists, 20).unref();
