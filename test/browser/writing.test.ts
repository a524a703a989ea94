import { describeAddresses } from './addresses-suite.js';
import { BrowserFixture } from './browser-fixture.js';
import { describeClientSetup } from './client-setup-suite.js';
import { describeForms } from './create-suite.js';
import { describeEditor } from './edit-suite.js';
import { describeGate } from './gate-suite.js';
import { describeUploads } from './upload-suite.js';

// All suites share one hub; each has its own repositories.
let fixture: BrowserFixture;
const shared = (): BrowserFixture => fixture;
beforeAll(async () => {
  const external = { id: 'alice/external', files: { 'README.md': '# From the source\n' } };
  fixture = await BrowserFixture.start([external], {
    KOHAKU_HUB_LFS_PART_SIZE: '8000000',
    KOHAKU_HUB_TRUSTED_PROXIES: '127.0.0.1',
  });
  const token = await fixture.person('alice');
  await fixture.person('bob');
  await fixture.organization(token, 'acme', { bob: 'read' });
}, 60_000);
afterAll(() => fixture?.close());

describe('creating, changing and deleting repositories and organizations', () => describeForms(shared));
describe('setting up a client', () => describeClientSetup(shared));
describe('gated repositories', () => describeGate(shared));
describe('editor', () => describeEditor(shared));
describe('uploads', () => describeUploads(shared));
describe('addresses', () => describeAddresses(shared));
