import { BrowserStage } from './browser-stage.js';
import { describeStillPages } from './pages-still-suite.js';
import { describeCard } from './repository-card-suite.js';
import { FAR } from './repository-content.js';
import { describeFile } from './repository-file-suite.js';
import { describeFiles } from './repository-files-suite.js';
import { describeHostile } from './repository-hostile-suite.js';
import { stock } from './repository-stage.js';

// One hub with one stock of repositories for all of them: starting it costs more than most of these tests.
let stage: BrowserStage;
const shared = (): BrowserStage => stage;
beforeAll(async () => {
  stage = await BrowserStage.start(FAR, { KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true' });
  await stock(stage);
}, 60_000);
afterAll(() => stage?.close());

describe('the main pages', () => describeStillPages(shared));
describe('a hostile repository', () => describeHostile(shared));
describe('a repository’s files', () => describeFiles(shared));
// deletes one of the files
describe('a file’s page', () => describeFile(shared));
// its last test has the source limit requests, which the hub remembers
describe('a repository’s card', () => describeCard(shared));
