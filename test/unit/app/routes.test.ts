import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RequestMethod, type INestApplication } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { AppModule } from '../../../src/app/app.module.js';
import { rowOf } from '../../../src/platform/http/bound-rows.js';
import type { RouteRow } from '../../../src/platform/http/routes/route.js';
import { ROUTES, type RouteKey } from '../../../src/platform/http/routes/routes.js';
import { buildHubConfig } from '../../support/build-hub-config.js';

const rows = Object.entries(ROUTES) as [RouteKey, RouteRow][];

describe('every route has a row', () => {
  let app: INestApplication;
  beforeAll(async () => {
    app = await NestFactory.create(AppModule.forRoot(buildHubConfig()), { preview: true, logger: false });
  });
  afterAll(() => app?.close());

  it('rows and controller methods belong together, and have the same method and paths', () => {
    const bound = handlers(app).map((handler) => ({
      row: rowOf(handler),
      method: RequestMethod[Reflect.getMetadata('method', handler) as number],
      paths: Reflect.getMetadata('path', handler) as string[],
    }));
    for (const { row, method, paths } of bound)
      expect({ method, paths }).toEqual({ method: row?.method, paths: row?.paths });
    expect(bound.map(({ row }) => rows.find(([, other]) => other === row)?.[0]).sort()).toEqual(
      rows.map(([key]) => key).sort(),
    );
  });
});

/** The methods of all controllers that Nest registers as routes. */
function handlers(app: INestApplication): object[] {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  return controllers.flatMap(({ metatype }) => {
    const prototype = (metatype as { prototype: object }).prototype;
    const names = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
    const methods = names.map((name) => (prototype as Record<string, object>)[name]!);
    return methods.filter((method) => Reflect.hasMetadata('path', method));
  });
}

describe('the table of routes', () => {
  it('has limits only for bodies that are read, and none for anonymous callers above that of accounts', () => {
    for (const [key, { method, body }] of rows) {
      if (method === 'GET') expect([key, body.kind]).toEqual([key, 'none']);
      if (body.kind !== 'json' && body.kind !== 'json or form') continue;
      expect([key, body.limits.anonymousBytes <= body.limits.bytes]).toEqual([key, true]);
    }
  });

  it('has no operation twice', () => {
    const operations = rows.flatMap(([, { method, paths }]) => paths.map((path) => `${method} ${path}`));
    const shared = operations.filter((operation, at) => operations.indexOf(operation) !== at);
    expect(shared).toEqual([]);
  });
});
