import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import express, { type NextFunction, type Request, type Response } from 'express';
import type { UrlBuilder } from '../domain/url-builder.js';
import { WEB_ROOT } from './web-root.js';

type Handler = (request: Request, response: Response, next: NextFunction) => void;

/** The suffixes of compressed files by encoding, best first. */
const SUFFIXES = { br: '.br', gzip: '.gz' } as const;

/** The files of the built web app, if it was built. */
@Injectable()
export class WebFiles {
  private readonly serve: Handler | undefined;
  /** Paths of the files, also of the compressed ones. */
  private readonly paths = new Set<string>();
  private document: Promise<string> | undefined;

  constructor(@Inject(WEB_ROOT) private readonly root: string) {
    if (!existsSync(this.documentFile)) return;
    for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) this.paths.add(`/${file}`);
    // express.static returns 404 if a file disappears during a rebuild; other static file servers crash the process.
    this.serve = express.static(root, { index: false, redirect: false, cacheControl: false, setHeaders });
  }

  /** Serves a file of the app, compressed if the client accepts it. Names with a content hash can be cached forever. */
  asset(request: Request, response: Response, next: NextFunction): void {
    if (!this.serve) return next();
    const { path } = request;
    const encodings = (['br', 'gzip'] as const).filter((encoding) => this.paths.has(path + SUFFIXES[encoding]));
    if (encodings.length > 0) {
      response.vary('Accept-Encoding');
      const encoding = request.acceptsEncodings(...encodings, 'identity');
      if (encoding === 'br' || encoding === 'gzip') request.url = path + SUFFIXES[encoding];
    }
    this.serve(request, response, next);
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

/** Called for files that exist. */
function setHeaders(response: Response, path: string): void {
  const encoding = (['br', 'gzip'] as const).find((name) => path.endsWith(SUFFIXES[name]));
  const name = encoding ? path.slice(0, -SUFFIXES[encoding].length) : path;
  if (encoding) {
    response.setHeader('Content-Encoding', encoding);
    response.type(extname(name));
  }
  response.setHeader('Cache-Control', HASHED_NAME.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache');
}
