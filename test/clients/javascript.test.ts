import { fileDownloadInfo } from '@huggingface/hub';
import { HubStage } from './hub-stage.js';
import { describeJavascript } from './javascript-suite.js';
import { isBlob } from '../support/fake-repo.js';

// @huggingface/hub against the hub process, signed in at the hub.
let stage: HubStage;
beforeAll(async () => {
  // What this client asks in its own way is streamed, and the scripted content network has a loopback address.
  stage = await HubStage.start({}, { KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true' });
});
afterAll(() => stage?.close());

describe('@huggingface/hub through the hub', () => {
  describeJavascript(() => ({ far: stage.far, settings: { endpoint: stage.hub.url, token: stage.token } }));
});

it('asks about a large file before it is downloaded, and is not sent to a store of chunks', async () => {
  const large = stage.far.repo('far-ai/tiny').main.entries.find(({ path }) => path === 'model.safetensors');
  const file = { repo: 'far-ai/tiny', path: 'model.safetensors' };
  const info = await fileDownloadInfo({ ...file, hubUrl: stage.hub.url, accessToken: stage.token });
  expect([info?.size, info?.xet]).toEqual([300_000, undefined]);
  expect(info?.etag).toBe(`"${large && isBlob(large) ? large.lfs?.sha256 : ''}"`);
});

it('has shown the caller’s token to nobody', () => {
  expect(stage.seenOutside.length).toBeGreaterThan(20);
  expect(stage.leaks).toEqual([]);
});
