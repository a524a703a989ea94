import { join } from 'node:path';
import { sendRequest } from '../support/send-request.js';
import { hang, json } from '../support/fake-replies.js';
import { FakeUpstream, requestText } from '../support/fake-upstream.js';
import { freePort } from '../support/free-port.js';
import { HubProgram, type ExitResult } from '../support/hub-program.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { TraceCollector, type ExportedSpan } from '../support/trace-collector.js';

const TRACE = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
const CALLER = '1122334455667788';
const SECRETS = { admin: 'hidden-admin-token', source: 'hf_hiddenOfTheSource', collector: 'hidden-for-the-collector' };
const missing = json(404, { error: 'Repository not found' }, { 'x-error-code': 'RepoNotFound' });
const info = json(200, { id: 'acme/plans', sha: 'a'.repeat(40) });

interface Line {
  readonly requestId?: string;
  readonly trace_id?: string;
  readonly [field: string]: unknown;
}

/** The log lines in the output. */
const linesOf = ({ stdout }: ExitResult): Line[] =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);

describe('traces', () => {
  let collector: TraceCollector;
  let sources: FakeUpstream[];
  let url: string;
  let basics: Record<string, string>;

  beforeEach(async () => {
    collector = await TraceCollector.start();
    sources = [await FakeUpstream.start(missing), await FakeUpstream.start(info)];
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    basics = {
      PORT: `${port}`,
      KOHAKU_HUB_DATA_DIR: join(await temporaryFolder(), 'data'),
      KOHAKU_HUB_ADMIN_SECRET_TOKEN: SECRETS.admin,
      KOHAKU_HUB_FALLBACK_SOURCES: JSON.stringify(
        sources.map((source, n) => ({
          name: `S${n}`,
          url: source.url,
          source_type: 'huggingface',
          priority: n + 1,
          token: SECRETS.source,
        })),
      ),
    };
  });
  afterEach(async () => {
    await Promise.all([collector, ...sources].map((service) => service.close()));
  });

  const start = async (env: Record<string, string>): Promise<HubProgram> => {
    const hub = new HubProgram({ ...basics, ...env });
    await hub.waitForOutput('Admin token:');
    return hub;
  };
  const requestInfo = (): ReturnType<typeof sendRequest> =>
    sendRequest(url, '/api/models/acme/plans?token=hidden-in-the-query', {
      headers: {
        traceparent: `00-${TRACE}-${CALLER}-01`,
        'x-admin-token': SECRETS.admin,
        'x-request-id': 'r-1',
        cookie: 'session=hidden-session',
      },
    });

  it('contain the request, chain, attempts and database queries in the trace of the request', async () => {
    const hub = await start({ ...collector.env, OTEL_EXPORTER_OTLP_HEADERS: `x-key=${SECRETS.collector}` });
    expect((await requestInfo()).status).toBe(200);
    for (const path of ['/health/live', '/health/ready', '/metrics', '/acme/plans/resolve/main/hidden-file'])
      await sendRequest(url, path, { headers: { authorization: 'Bearer hf_hidden' } });
    const ending = await hub.stop();
    const named = (name: string): ExportedSpan => collector.spans.find((s) => s.traceId === TRACE && s.name === name)!;
    expect([ending.code, ending.stderr]).toEqual([0, '']);
    const [request, chain] = [named('GET /api/models/:id'), named('chain info')];
    expect([request.parentSpanId, chain.parentSpanId]).toEqual([CALLER, request.spanId]);
    expect(request.attributes).toEqual({
      'http.request.method': 'GET',
      'http.route': '/api/models/:id',
      'http.response.status_code': '200',
      'hubfall.request_id': 'r-1',
      'hubfall.operation': 'info',
      'hubfall.source': 'S1',
    });
    expect(chain.attributes).toEqual({ 'hubfall.operation': 'info', 'hubfall.outcome': 'served' });
    const [missed, served] = [named('attempt S0'), named('attempt S1')];
    expect([missed.parentSpanId, served.parentSpanId]).toEqual([chain.spanId, chain.spanId]);
    expect(missed.attributes).toMatchObject({ 'http.response.status_code': '404', 'hubfall.decision': 'next' });
    expect(served.attributes).toMatchObject({ 'http.response.status_code': '200', 'hubfall.decision': 'serve' });
    const lookup = named('SELECT repositories');
    expect(lookup.parentSpanId).toBe(request.spanId);
    expect(lookup.attributes).toMatchObject({ 'db.system.name': 'postgresql', 'db.operation.name': 'SELECT' });
    expect(collector.senders[0]).toMatchObject({ 'service.name': 'hubfall' });

    const lines = linesOf(ending);
    expect(lines.find(({ requestId }) => requestId === 'r-1')).toMatchObject({
      trace_id: TRACE,
      operation: 'info',
      source: 'S1',
      status: 200,
      path: '/api/models/acme/plans',
    });

    // Health checks and metrics are neither traced nor logged.
    const shown = collector.spans.filter(({ attributes }) => attributes['http.route'] !== undefined);
    expect(shown.map(({ name }) => name)).toEqual(['GET /api/models/:id', 'GET /*id/resolve/*rest']);
    expect(lines.filter(({ context }) => context === 'Request')).toHaveLength(2);

    // Traces contain no secrets and no repository names, and trace IDs are not sent to sources.
    expect(collector.upstream.requests.map(({ headers }) => headers['x-key'])).toContain(SECRETS.collector);
    expect(collector.text.replaceAll(SECRETS.collector, '')).not.toMatch(/hidden|acme/);
    expect(ending.stdout.replaceAll('hidden-file', '')).not.toContain('hidden');
    expect(sources.flatMap(({ requests }) => requests.map(requestText)).join()).not.toMatch(/traceparent|a1b2c3d4/);
  });

  it('use the default format of OpenTelemetry', async () => {
    const hub = await start({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.upstream.url}/here` });
    await requestInfo();
    await hub.stop();
    expect(collector.upstream.requests.map(({ url: path, headers }) => [path, headers['content-type']])).toEqual([
      ['/here', 'application/x-protobuf'],
    ]);
  });

  it('are disabled with the SDK, while requests are still logged', async () => {
    const hub = await start({ ...collector.env, OTEL_SDK_DISABLED: 'true' });
    await requestInfo();
    const ending = await hub.stop();
    expect(collector.upstream.requests).toEqual([]);
    const line = linesOf(ending).find(({ requestId }) => requestId === 'r-1');
    expect(line).toMatchObject({ operation: 'info', source: 'S1' });
    expect(line).not.toHaveProperty('trace_id');
  });

  it('do not affect requests when the collector is down, which is logged once', async () => {
    const { env } = collector;
    await collector.close();
    const hub = await start({ ...env, OTEL_EXPORTER_OTLP_TIMEOUT: '500' });
    expect((await requestInfo()).status).toBe(200);
    const ending = await hub.stop();
    expect([ending.code, ending.stderr]).toEqual([0, '']);
    expect(linesOf(ending).filter(({ context }) => context === 'Traces')).toHaveLength(1);
  });

  it('do not delay shutdown when the collector does not respond', async () => {
    collector.upstream.reply = hang();
    const hub = await start({ ...collector.env, OTEL_EXPORTER_OTLP_TIMEOUT: '600000' });
    expect((await requestInfo()).status).toBe(200);
    expect((await hub.stop()).code).toBe(0);
  });
});
