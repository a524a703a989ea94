import { HubLogger } from '../../../../src/platform/observability/hub-logger.js';

async function logged(write: (logger: HubLogger) => void, level = 'info'): Promise<Record<string, unknown>[]> {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  write(await HubLogger.create({ level, format: 'json' }, stream));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('HubLogger', () => {
  it('writes a Nest log entry as one line of JSON', async () => {
    const [line] = await logged((logger) => logger.warn('careful', 'Upstream'));
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;
    expect(line).toEqual({ level: 'warn', time, msg: 'careful', context: 'Upstream' });
  });

  it('announces at any level', async () => {
    const [line] = await logged((logger) => logger.announce({ msg: 'up' }, 'Startup'), 'error');
    expect(line).toMatchObject({ level: 'info', msg: 'up', context: 'Startup' });
  });

  it('keeps the fields of objects and the stacks of errors', async () => {
    const [fields, error] = await logged((logger) => {
      logger.error({ requestId: 'r1', err: new Error('inner') }, 'Http');
      logger.error(new Error('outer'), 'Http');
    });
    expect(fields).toMatchObject({ requestId: 'r1', err: { message: 'inner', stack: expect.any(String) as string } });
    expect(error).toMatchObject({ msg: 'outer', err: { stack: expect.any(String) as string } });
  });

  it('has the text of fields as msg, before or after them', async () => {
    const lines = await logged((logger) => {
      logger.log({ deleted: 1 }, 'Collection finished', 'Collector');
      logger.warn({ message: 'Not applied', err: new Error('inner') }, 'Cluster');
    });
    expect(lines).toMatchObject([
      { msg: 'Collection finished', deleted: 1, context: 'Collector' },
      { msg: 'Not applied', err: { message: 'inner' }, context: 'Cluster' },
    ]);
    for (const line of lines) expect(line).not.toMatchObject({ detail: expect.anything() });
  });

  it('redacts credentials', async () => {
    const secrets = { authorization: 'Bearer hf_x', cookie: 'hf_x', token: 'hf_x', 'x-admin-token': 'hf_x' };
    const lines = await logged((logger) => logger.log({ ...secrets, req: { headers: secrets } }, 'Http'));
    expect(JSON.stringify(lines)).not.toContain('hf_x');
    expect(lines).toMatchObject([{ req: { headers: { cookie: '[hidden]' } } }]);
  });

  it('redacts credentials in arrays and errors, and changes none of the objects', async () => {
    const error = Object.assign(new Error('failed'), { config: { cookie: 'hf_x' }, token: 'hf_x' });
    const list = [{ token: 'hf_x', at: new Date(0) }];
    const lines = await logged((logger) => {
      logger.error({ err: error, list }, 'Http');
      logger.error(error, 'Http');
    });
    expect(JSON.stringify(lines)).not.toContain('hf_x');
    const err = { message: 'failed', token: '[hidden]', config: { cookie: '[hidden]' } };
    expect(lines).toMatchObject([{ err, list: [{ token: '[hidden]', at: '1970-01-01T00:00:00.000Z' }] }, { err }]);
    expect([error.token, list[0]!.token]).toEqual(['hf_x', 'hf_x']);
  });

  it("writes the framework's own lines at debug level only", async () => {
    const write = (logger: HubLogger): void => logger.log('Mapped {/x, GET} route', 'RouterExplorer');
    expect(await logged(write)).toEqual([]);
    expect(await logged(write, 'debug')).toHaveLength(1);
  });
});
