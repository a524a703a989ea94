import { json } from '../../../support/fake-replies.js';
import { TEST_CA } from '../../../support/test-tls.js';
import { UpstreamFixture } from '../../../support/upstream-fixture.js';

let fixture: UpstreamFixture;
afterEach(() => fixture.close());

describe('a source whose certificate was issued by a company authority', () => {
  it('is used if the authority is trusted', async () => {
    fixture = new UpstreamFixture({}, { certificateAuthorities: [TEST_CA] });
    const upstream = await fixture.startUpstream(json(200, { id: 'o/r' }), undefined, { tls: true });
    expect((await fixture.reply(fixture.sourceAt(upstream))).json).toEqual({ id: 'o/r' });
  });

  it('fails otherwise, with the name of the setting', async () => {
    fixture = new UpstreamFixture();
    const upstream = await fixture.startUpstream(json(200, {}), undefined, { tls: true });
    expect(await fixture.failure(fixture.sourceAt(upstream))).toMatchObject({
      category: 'network',
      message: expect.stringContaining('to KOHAKU_HUB_CA_FILE') as string,
    });
  });
});
