import { Module } from '@nestjs/common';
import { PagesController } from './pages.controller.js';
import { WEB_ROOT, webRoot } from './web-root.js';
import { WebFiles } from './web-files.service.js';

/** The pages of the hub, built from `web/`. Imported last: it takes every address that is left. */
@Module({ controllers: [PagesController], providers: [WebFiles, { provide: WEB_ROOT, useFactory: webRoot }] })
export class WebModule {}
