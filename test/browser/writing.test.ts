import { BrowserFixture } from './browser-fixture.js';
import { describeForms } from './create-suite.js';
import { describeEditor } from './edit-suite.js';
import { describeUploads } from './upload-suite.js';

// One hub for all pages that write; each suite has repositories of its own.
let fixture: BrowserFixture;
const shared = (): BrowserFixture => fixture;
beforeAll(async () => {
  fixture = await BrowserFixture.start([], { KOHAKU_HUB_LFS_PART_SIZE: '8000000' });
  const token = await fixture.person('alice');
  await fixture.person('bob');
  await fixture.organization(token, 'acme', { bob: 'read' });
}, 60_000);
afterAll(() => fixture?.close());

describe('making, changing and deleting repositories and organizations', () => describeForms(shared));
describe('editing in the browser', () => describeEditor(shared));
describe('uploading from the browser', () => describeUploads(shared));
