import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import type { Express } from 'express';
import { describeApi } from './openapi.js';
import type { HubConfig } from '../platform/config/hub-config.js';
import { fastAdapterOf } from '../platform/http/fast-express.adapter.js';
import { HubAddresses } from '../platform/http/hub-addresses.js';
import type { HubRequest } from '../platform/http/hub-request.js';
import type { TrustsProxy } from '../platform/http/requested-address.js';
import { transportHeaders } from '../platform/http/transport-headers.js';
import { edge } from '../platform/http/edge.middleware.js';
import { BodyValidationPipe } from '../platform/http/validation.pipe.js';

/** Settings of the application that modules cannot make. Shared by the program and the tests, so that both run the same application. */
export function configureApp(app: NestExpressApplication, config: HubConfig): NestExpressApplication {
  app.set('trust proxy', config.trustedProxies);
  const trusts = (app.getHttpAdapter().getInstance() as Express).get('trust proxy fn') as TrustsProxy;
  const adapter = fastAdapterOf({ httpAdapter: app.getHttpAdapter() });
  adapter?.setAddresses(new HubAddresses(config.baseUrls, trusts));
  adapter?.limitConnections(config.clients.maxConnections, trusts);
  adapter?.addHeaders((urls) => transportHeaders(urls, config.hsts));
  app.use(edge);
  app.useGlobalPipes(new BodyValidationPipe());
  // built on the first request, because it takes a moment
  SwaggerModule.setup('docs', app, () => describeApi(app, config), {
    customSiteTitle: `${config.siteName} API`,
    patchDocumentOnRequest: (request, _response, document) => ({
      ...document,
      servers: [{ url: (request as HubRequest).urls.path('') || '/' }],
    }),
  });
  return app;
}
