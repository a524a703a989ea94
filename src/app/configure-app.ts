import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import { describeApi } from './openapi.js';
import type { HubConfig } from '../platform/config/hub-config.js';
import { fastAdapterOf } from '../platform/http/fast-express.adapter.js';
import { transportHeaders } from '../platform/http/transport-headers.js';
import { edge } from '../platform/http/edge.middleware.js';
import { BodyValidationPipe } from '../platform/http/validation.pipe.js';

/** Settings of the application that modules cannot make. Shared by the program and the tests, so that both run the same application. */
export function configureApp(app: NestExpressApplication, config: HubConfig): NestExpressApplication {
  app.set('trust proxy', config.trustedProxies);
  fastAdapterOf({ httpAdapter: app.getHttpAdapter() })?.addHeaders(transportHeaders(config));
  app.use(edge);
  app.useGlobalPipes(new BodyValidationPipe());
  // built on the first request, because it takes a moment
  SwaggerModule.setup('docs', app, () => describeApi(app, config), { customSiteTitle: `${config.siteName} API` });
  return app;
}
