import { BrowserStage } from './browser-stage.js';
import { describeForms } from './create-suite.js';
import { describeEditor } from './edit-suite.js';
import { describeUploads } from './upload-suite.js';

// One hub for all pages that write; each suite has repositories of its own.
let stage: BrowserStage;
const shared = (): BrowserStage => stage;
beforeAll(async () => {
  stage = await BrowserStage.start([], { KOHAKU_HUB_LFS_PART_SIZE: '8000000' });
  const token = await stage.person('alice');
  await stage.person('bob');
  await stage.organization(token, 'acme', { bob: 'read' });
}, 60_000);
afterAll(() => stage?.close());

describe('making, changing and deleting repositories and organizations', () => describeForms(shared));
describe('editing in the browser', () => describeEditor(shared));
describe('uploading from the browser', () => describeUploads(shared));
