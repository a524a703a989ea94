import { fileDownloadInfo } from '@huggingface/hub';
import { HubFixture } from './hub-fixture.js';
import { describeJavascript } from './javascript-suite.js';
import { isBlob } from '../support/fake-repo.js';

// @huggingface/hub against the hub process, signed in at the hub.
let fixture: HubFixture;
beforeAll(async () => {
  // What this client asks in its own way is streamed, and the scripted content network has a loopback address.
  fixture = await HubFixture.start({}, { KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true' });
});
afterAll(() => fixture?.close());

describe('@huggingface/hub through the hub', () => {
  describeJavascript(() => ({ far: fixture.far, settings: { endpoint: fixture.hub.url, token: fixture.token } }));
});

it('asks about a large file before it is downloaded, and is not sent to a store of chunks', async () => {
  const large = fixture.far.repo('far-ai/tiny').main.entries.find(({ path }) => path === 'model.safetensors');
  const file = { repo: 'far-ai/tiny', path: 'model.safetensors' };
  const info = await fileDownloadInfo({ ...file, hubUrl: fixture.hub.url, accessToken: fixture.token });
  expect([info?.size, info?.xet]).toEqual([300_000, undefined]);
  expect(info?.etag).toBe(`"${large && isBlob(large) ? large.lfs?.sha256 : ''}"`);
});

it('has shown the caller’s token to nobody', () => {
  expect(fixture.seenOutside.length).toBeGreaterThan(20);
  expect(fixture.leaks).toEqual([]);
});
