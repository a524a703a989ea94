import Sequencer from '@jest/test-sequencer';

/**
 * Runs the slowest files first, so that none of them is left when all others are done. Jest estimates the duration of a file that it has not
 * measured by its size, but a file that runs the suites of other files is short.
 */
const SLOWEST_FILES = [
  'clients/cluster',
  'clients/crash',
  'browser/admin',
  'browser/writing',
  'browser/accounts',
  'browser/repository',
  'clients/python-writes',
  'clients/hub-program',
  'clients/s3',
  'clients/xet',
  'clients/source-faults',
  'clients/traces',
  'clients/backup',
  'clients/replicas',
].map((name) => `/test/${name}.test.ts`);

const rank = ({ path }) => {
  const place = SLOWEST_FILES.findIndex((name) => path.endsWith(name));
  return place < 0 ? SLOWEST_FILES.length : place;
};

export default class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b));
  }
}
