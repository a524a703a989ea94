import { describeAccounts } from './accounts-suite.js';
import { BrowserStage } from './browser-stage.js';
import { describeFrame } from './frame-suite.js';
import { describeLists } from './lists-suite.js';
import { describeSettings } from './settings-suite.js';
import { describeSignIn } from './sign-in-suite.js';

// One hub for what surrounds repositories: the frame of all pages, lists, signing in, settings and accounts.
let stage: BrowserStage;
const shared = (): BrowserStage => stage;
beforeAll(async () => {
  stage = await BrowserStage.start();
  const token = await stage.person('alice');
  await stage.person('bob');
  await stage.organization(token, 'acme', { bob: 'write' });
}, 60_000);
afterAll(() => stage?.close());

describe('the frame of all pages', () => describeFrame(shared));
describe('home and lists', () => describeLists(shared));
describe('signing in and up', () => describeSignIn(shared));
describe('settings', () => describeSettings(shared));
// last: alice has a profile from here on, and the source limits requests in the end
describe('pages of accounts', () => describeAccounts(shared));
