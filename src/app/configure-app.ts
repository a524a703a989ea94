import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import { describeApi } from './openapi.js';
import type { HubConfig } from '../platform/config/hub-config.js';
import { edge } from '../platform/http/edge.middleware.js';
import { BodyValidationPipe } from '../platform/http/validation.pipe.js';

/** What the modules cannot say themselves. The program and the tests set the application up here, so that both run the same. */
export function configureApp(app: NestExpressApplication, config: HubConfig): NestExpressApplication {
  app.use(edge);
  app.useGlobalPipes(new BodyValidationPipe());
  // The document takes a moment to build: made when somebody first looks.
  SwaggerModule.setup('docs', app, () => describeApi(app, config), { customSiteTitle: `${config.siteName} API` });
  return app;
}
