import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { HubConfig } from './platform/config/hub-config.js';

/** Name of the security scheme that the admin's controllers refer to. */
export const ADMIN_TOKEN_SCHEME = 'admin-token';

/** The OpenAPI document of the whole hub. */
export function describeApi(app: INestApplication, config: Pick<HubConfig, 'version' | 'baseUrl'>): OpenAPIObject {
  const head = new DocumentBuilder()
    .setTitle('Hubfall')
    .setVersion(config.version)
    .addServer(new URL(config.baseUrl).pathname)
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-Admin-Token' }, ADMIN_TOKEN_SCHEME)
    .addBearerAuth({ type: 'http', description: 'An access token of a local account' }, 'access-token')
    .build();
  return SwaggerModule.createDocument(app, head);
}
