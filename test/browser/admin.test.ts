import { describeAdminAccounts } from './admin-accounts-suite.js';
import { describeCache } from './admin-cache-suite.js';
import { describeAdminSignIn } from './admin-sign-in-suite.js';
import { describeAdminAppearance } from './admin-appearance-suite.js';
import { describeOverview } from './admin-overview-suite.js';
import { describeRepositories } from './admin-repositories-suite.js';
import { AdminFixture } from './admin-fixture.js';

// One hub with sources and a few accounts for all of them: starting it costs more than most of these tests.
let admin: AdminFixture;
const shared = (): AdminFixture => admin;
beforeAll(async () => {
  admin = await AdminFixture.start();
  const { fixture } = admin;
  const token = await fixture.person('alice');
  await fixture.person('bob');
  await fixture.organization(token, 'acme', {});
  await fixture.repository(token, 'model', 'alice/near', { 'README.md': '# Near\n' });
  await fixture.repository(token, 'model', 'alice/goes', { 'big.bin': Buffer.alloc(100_000, 1) });
  await fixture.repository(token, 'dataset', 'acme/rows', { 'rows.csv': 'a,b\n1,2\n' });
}, 60_000);
afterAll(() => admin?.close());

// first, while every source is well and nothing is cached
describe('the overview of the admin portal', () => describeOverview(shared));
describe('the cache of the admin portal', () => describeCache(shared));
describe('the repositories of the admin portal', () => describeRepositories(shared));
describe('the admin portal', () => describeAdminAppearance(shared));
// makes more accounts than a page of them shows
describe('the accounts of the admin portal', () => describeAdminAccounts(shared));
// last: too many guesses shut it for everybody
describe('the door of the admin portal', () => describeAdminSignIn(shared));
