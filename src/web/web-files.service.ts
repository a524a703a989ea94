import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import express, { type NextFunction, type Request, type Response } from 'express';
import { WEB_ROOT } from './web-root.js';

type Handler = (request: Request, response: Response, next: NextFunction) => void;

/** The built web app on disk; absent where only the hub was built. */
@Injectable()
export class WebFiles {
  private readonly serve: Handler | undefined;
  private document: Promise<string> | undefined;

  constructor(@Inject(WEB_ROOT) private readonly root: string) {
    if (existsSync(this.documentFile))
      // A file that vanishes while the app is built anew is a 404 here; other servers of files end the process.
      this.serve = express.static(root, { index: false, redirect: false, cacheControl: false, setHeaders: keep });
  }

  /** One of the app's files: their names hold a hash of what is in them, so that browsers may keep them for good. */
  asset(request: Request, response: Response, next: NextFunction): void {
    if (this.serve) this.serve(request, response, next);
    else next();
  }

  /** The document in which every page begins; undefined when the app was not built. */
  page(): Promise<string> | undefined {
    if (!this.serve) return undefined;
    return (this.document ??= readFile(this.documentFile, 'utf8'));
  }

  private get documentFile(): string {
    return join(this.root, 'index.html');
  }
}

const HASHED = /-[\w-]{8}\.\w+$/;

function keep(response: { setHeader(name: string, value: string): void }, path: string): void {
  response.setHeader('Cache-Control', HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
}
