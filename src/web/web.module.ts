import { Module } from '@nestjs/common';
import { PagesController } from './pages.controller.js';
import { WEB_ROOT, webRoot } from './web-root.js';
import { WebFiles } from './web-files.service.js';

/** The web app, built from `web/`. Must be imported after the modules whose paths it must not handle. */
@Module({ controllers: [PagesController], providers: [WebFiles, { provide: WEB_ROOT, useFactory: webRoot }] })
export class WebModule {}
