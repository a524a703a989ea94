import { headerLimits } from '../../../src/repos/facts/header-limits.js';
import { FactsProcesses, type OpenFile } from '../../../src/repos/facts/facts-processes.service.js';
import { ggufFile } from '../../support/gguf-file.js';

const MIB = 1024 * 1024;
const FILE = ggufFile({ 'general.architecture': 'llama' });
const JOB = { kind: 'gguf', files: [{ path: 'a.gguf', size: FILE.length }] } as const;

const open: OpenFile = async function* (_path, { start, end }) {
  yield FILE.subarray(start, end + 1);
};

describe('a process that reads a header', () => {
  it('has enough memory in the smallest container', async () => {
    const processes = new FactsProcesses(headerLimits(256 * MIB, 256 * MIB));
    expect(await processes.read(JOB, open)).toMatchObject({ facts: { architecture: 'llama' } });
  });

  it('is ended when it occupies more memory than it may, of which buffers are a part', async () => {
    // Node.js itself occupies more; the file is never read
    const processes = new FactsProcesses({ heapBytes: 128 * MIB, totalBytes: MIB });
    const never: OpenFile = async function* () {
      await new Promise(() => undefined);
      yield FILE;
    };
    expect(await processes.read(JOB, never)).toEqual({ problem: 'The header takes too much time or memory' });
  });
});
