import Sequencer from '@jest/test-sequencer';

/**
 * Files that take longest, longest first: none of them shall be left when all others are done. Jest goes by size where it has not yet
 * measured, and a file that runs the suites of other files is short.
 */
const LONGEST = [
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
  const place = LONGEST.findIndex((name) => path.endsWith(name));
  return place < 0 ? LONGEST.length : place;
};

export default class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b));
  }
}
