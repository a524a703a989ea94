import { BrowserFixture } from './browser-fixture.js';
import { describeDataTab } from './data-tab-suite.js';
import { describeLayoutStability } from './layout-stability-suite.js';
import { describeCard } from './repository-card-suite.js';
import { RESTRICTED_REPOS } from './repository-content.js';
import { describeFile } from './repository-file-suite.js';
import { describeFiles } from './repository-files-suite.js';
import { describeHostile } from './repository-hostile-suite.js';
import { describeViewers } from './viewers-suite.js';
import { createRepositories } from './repository-fixture.js';

// All suites share one hub and its repositories: starting it takes longer than most of these tests.
let fixture: BrowserFixture;
const shared = (): BrowserFixture => fixture;
beforeAll(async () => {
  fixture = await BrowserFixture.start(RESTRICTED_REPOS, { KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true' });
  await createRepositories(fixture);
}, 60_000);
afterAll(() => fixture?.close());

describe('the main pages', () => describeLayoutStability(shared));
describe('a hostile repository', () => describeHostile(shared));
describe('repository files', () => describeFiles(shared));
describe('data of datasets', () => describeDataTab(shared));
describe('viewers of files', () => describeViewers(shared));
// Deletes one of the files.
describe('file page', () => describeFile(shared));
// Runs last: its last test exhausts the rate limit of the source, which the hub caches.
describe('repository card', () => describeCard(shared));
