import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { REFUSALS } from '../domain/refusals.js';
import { READ_API } from '../repos/read/read-openapi.js';
import type { HubConfig } from '../platform/config/hub-config.js';

const DESCRIPTION = `A hub for models, datasets and spaces that implements the API of the Hugging Face Hub.
Missing repositories are resolved through external sources. Responses from a source have the fields \`_source\` and \`_source_url\`, or the headers \`X-Source\` and \`X-Source-URL\`.
Other calls of that API get 501 with \`X-Error-Code: NotImplemented\` and the reason. They are listed in \`x-not-implemented\`.`;

/** The OpenAPI document of the hub: the routes of the controllers, and the read API of repositories. */
export function describeApi(app: INestApplication, { version }: Pick<HubConfig, 'version'>): OpenAPIObject {
  const base = new DocumentBuilder()
    .setTitle('Hubfall')
    .setDescription(DESCRIPTION)
    .setVersion(version)
    .addServer('/')
    .addTag('files', 'Files of repositories')
    .addTag('repositories', 'Repository metadata and contents')
    .addTag('admin', 'Administration of sources, cache, accounts, repositories and storage')
    .addTag('misc', 'Information about the hub')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-Admin-Token' }, 'admin-token')
    .addBearerAuth({ type: 'http', description: 'An access token of a local account' }, 'access-token')
    .build();
  const { paths, components, ...rest } = SwaggerModule.createDocument(app, base);
  return {
    ...rest,
    'x-not-implemented': Object.values(REFUSALS),
    paths: { ...READ_API.paths, ...paths },
    components: { ...components, schemas: { ...READ_API.schemas, ...components?.schemas } },
  } as OpenAPIObject;
}
