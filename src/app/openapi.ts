import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { READ_API } from '../repos/read/read-openapi.js';
import type { HubConfig } from '../platform/config/hub-config.js';

const ABOUT = `A hub for models, datasets and spaces that speaks the Hugging Face Hub's protocol.
What it lacks it answers from its sources; such answers bear \`_source\` and \`_source_url\`, or the headers \`X-Source\` and \`X-Source-URL\`.`;

/** The OpenAPI document of the whole hub: what the controllers say, and the reads of repositories. */
export function describeApi(app: INestApplication, config: Pick<HubConfig, 'version' | 'baseUrl'>): OpenAPIObject {
  const head = new DocumentBuilder()
    .setTitle('Hubfall')
    .setDescription(ABOUT)
    .setVersion(config.version)
    .addServer(new URL(config.baseUrl).pathname)
    .addTag('files', 'The files of repositories')
    .addTag('repositories', 'What repositories are and hold')
    .addTag('admin', 'Sources, their cache and health, accounts, repositories and storage; for the administrator')
    .addTag('misc', 'The hub itself')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-Admin-Token' }, 'admin-token')
    .addBearerAuth({ type: 'http', description: 'An access token of a local account' }, 'access-token')
    .build();
  const { paths, components, ...rest } = SwaggerModule.createDocument(app, head);
  return {
    ...rest,
    paths: { ...READ_API.paths, ...paths },
    components: { ...components, schemas: { ...READ_API.schemas, ...components?.schemas } },
  } as OpenAPIObject;
}
