import { startHub, type RunningHub } from '../support/hub-app.js';

describe('a started hub', () => {
  let hub: RunningHub;
  beforeAll(async () => {
    hub = await startHub({ env: { KOHAKU_HUB_SITE_NAME: 'Test hub' } });
  });
  afterAll(() => hub.close());

  const json = async (path: string): Promise<unknown> => (await fetch(hub.url + path)).json();

  it('lives, and is ready when its database answers', async () => {
    expect(await json('/health/live')).toEqual({ status: 'ok' });
    expect(await json('/health/ready')).toMatchObject({ status: 'ok', details: { database: { status: 'up' } } });
  });

  it('says what it is', async () => {
    expect(await json('/api/version')).toEqual({ api: 'hubfall', version: hub.config.version, name: 'Test hub' });
    expect(await json('/api/site-config')).toEqual({ site_name: 'Test hub' });
    expect(await json('/api/agent-harnesses')).toEqual({ standardEnvVars: [], harnesses: {} });
  });
});
