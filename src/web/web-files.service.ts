import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import express, { type NextFunction, type Request, type Response } from 'express';
import type { UrlBuilder } from '../domain/url-builder.js';
import { WEB_ROOT } from './web-root.js';

type Handler = (request: Request, response: Response, next: NextFunction) => void;

/** The files of the built web app, if it was built. */
@Injectable()
export class WebFiles {
  private readonly serve: Handler | undefined;
  private document: Promise<string> | undefined;

  constructor(@Inject(WEB_ROOT) private readonly root: string) {
    if (existsSync(this.documentFile))
      // express.static returns 404 if a file disappears during a rebuild; other static file servers crash the process.
      this.serve = express.static(root, {
        index: false,
        redirect: false,
        cacheControl: false,
        setHeaders: setCacheControl,
      });
  }

  /** Serves a file of the app. Names with a content hash can be cached forever. */
  asset(request: Request, response: Response, next: NextFunction): void {
    if (this.serve) this.serve(request, response, next);
    else next();
  }

  /** The HTML document of all pages; `undefined` if the app was not built. */
  page(urls: UrlBuilder): Promise<string> | undefined {
    if (!this.serve) return undefined;
    this.document ??= readFile(this.documentFile, 'utf8');
    return this.document.then((document) => withPrefix(document, urls));
  }

  private get documentFile(): string {
    return join(this.root, 'index.html');
  }
}

/** The build has relative URLs. Pages at any depth have the same document, so it needs the path of the hub instead. */
const withPrefix = (document: string, urls: UrlBuilder): string => document.replaceAll('="./', `="${urls.path('/')}`);

const HASHED_NAME = /-[\w-]{8}\.\w+$/;

function setCacheControl(response: { setHeader(name: string, value: string): void }, path: string): void {
  response.setHeader('Cache-Control', HASHED_NAME.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
}
