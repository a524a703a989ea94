import { BrowserFixture } from './browser-fixture.js';
import { describeLayoutStability } from './layout-stability-suite.js';
import { describeCard } from './repository-card-suite.js';
import { RESTRICTED_REPOS } from './repository-content.js';
import { describeFile } from './repository-file-suite.js';
import { describeFiles } from './repository-files-suite.js';
import { describeHostile } from './repository-hostile-suite.js';
import { createRepositories } from './repository-fixture.js';

// One hub with one createRepositories of repositories for all of them: starting it costs more than most of these tests.
let fixture: BrowserFixture;
const shared = (): BrowserFixture => fixture;
beforeAll(async () => {
  fixture = await BrowserFixture.start(RESTRICTED_REPOS, { KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true' });
  await createRepositories(fixture);
}, 60_000);
afterAll(() => fixture?.close());

describe('the main pages', () => describeLayoutStability(shared));
describe('a hostile repository', () => describeHostile(shared));
describe('a repository’s files', () => describeFiles(shared));
// deletes one of the files
describe('a file’s page', () => describeFile(shared));
// its last test has the source limit requests, which the hub remembers
describe('a repository’s card', () => describeCard(shared));
