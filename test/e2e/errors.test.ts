import { Controller, Get, Module, Param, Res } from '@nestjs/common';
import type { Response } from 'express';
import { HubError, type HubErrorCode } from '../../src/domain/hub-error.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { rawHttp } from '../support/raw-http.js';

@Controller('failing')
class FailingController {
  @Get('code/:code')
  code(@Param('code') code: HubErrorCode): never {
    throw new HubError(code, 'Why 型', {
      commit: 'c'.repeat(40),
      sources: [{ name: 'HF', status: 404, category: 'not-found' }],
    });
  }

  @Get('bug')
  bug(): never {
    throw new Error('the password is 1234');
  }

  @Get('half-way')
  async halfWay(@Res() response: Response): Promise<never> {
    response.writeHead(200, { 'Content-Type': 'text/plain' });
    await new Promise((resolve) => response.write('first part', resolve));
    throw new HubError('UpstreamFailed', 'The source closed the connection');
  }

  @Get('after-headers')
  afterHeaders(@Res() response: Response): never {
    response.setHeader('ETag', '"abc"').setHeader('Content-Length', 7);
    throw new HubError('EntryNotFound', 'Entry not found');
  }
}

@Module({ controllers: [FailingController] })
class FailingModule {}

describe('error responses', () => {
  let hub: RunningHub;
  beforeAll(async () => {
    hub = await startHub({ modules: [FailingModule] });
  });
  afterAll(() => hub.close());

  it('have status, headers and body, and no body for HEAD', async () => {
    const body = JSON.stringify({ error: 'Why 型', sources: [{ name: 'HF', status: 404, category: 'not-found' }] });
    for (const method of ['GET', 'HEAD']) {
      const response = await fetch(`${hub.url}/failing/code/EntryNotFound`, { method });
      expect(response.status).toBe(404);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'x-error-code': 'EntryNotFound',
        'x-error-message': 'Why %E5%9E%8B',
        'x-repo-commit': 'c'.repeat(40),
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
        'content-length': `${Buffer.byteLength(body)}`,
        'x-content-type-options': 'nosniff',
      });
      expect(await response.text()).toBe(method === 'GET' ? body : '');
    }
  });

  it('reveal no details of an unexpected error', async () => {
    const response = await fetch(`${hub.url}/failing/bug`);
    expect([response.status, await response.text()]).toEqual([500, '{"error":"Internal error"}']);
  });

  it('close the connection if part of the response was already sent', async () => {
    const request = 'GET /failing/half-way HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n';
    const received = await rawHttp(hub.url, request);
    expect(received).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\na\r\nfirst part\r\n$/); // without the last chunk, "0"
  });

  it('have no headers of the response that was not sent', async () => {
    const response = await fetch(`${hub.url}/failing/after-headers`);
    expect(response.headers.get('etag')).toBeNull();
    expect(await response.json()).toEqual({ error: 'Entry not found' });
  });

  it.each(['/api/nothing', '/api', '/nothing', '/api/models/a/b/nothing', '/health/livE', '/admin/api/nothing'])(
    'are JSON for the unknown path %s',
    async (path) => {
      const response = await fetch(hub.url + path);
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ error: "Sorry, we can't find the page you are looking for." });
    },
  );

  it.each(['/api/models/%zz', '/a/b/resolve/main/%zz', '/failing/code/%E0%A4%A', '/%'])(
    'are JSON for the malformed path %s',
    async (path) => {
      const received = await rawHttp(hub.url, `GET ${path} HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n`);
      expect(received).toMatch(/^HTTP\/1\.1 40[04] [^]*\r\n\r\n\{"error":"[^]*\}$/);
    },
  );

  it('state what is wrong with a request body', async () => {
    const post = (path: string, type: string, body: string): Promise<globalThis.Response> =>
      fetch(hub.url + path, {
        method: 'POST',
        body,
        headers: { 'content-type': type, 'x-admin-token': hub.adminToken },
      });
    const broken = await post('/admin/api/fallback-sources', 'application/json', '{"name":');
    expect([broken.status, Object.keys((await broken.json()) as object)]).toEqual([400, ['error']]);
    const large = await post('/admin/api/fallback-sources', 'application/json', JSON.stringify('x'.repeat(2 ** 20)));
    expect([large.status, await large.json()]).toEqual([
      413,
      { error: 'The request body is longer than the limit of 524288 bytes' },
    ]);
  });
});
