import { Inject, Injectable } from '@nestjs/common';
import type { ClientInfo } from './client-info.js';
import type { Question } from '../../fallback/resolver/question.js';
import { FallbackResolver } from '../../fallback/resolver/fallback.resolver.js';
import type { FileOperation } from '../../domain/operation.js';
import type { Source } from '../../domain/source.js';
import type { Reply } from '../../domain/upstream.js';
import { contentDisposition } from './content-disposition.js';
import { noneMatchHits } from '../../platform/http/etag.js';
import { mayRedirectHead } from './may-redirect-head.js';
import { relayFileHeaders } from './relay-headers.js';
import { sourceHeaders } from '../../domain/tag-source.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { FILE_SAFETY, type WireAnswer } from '../../platform/http/relay-reply.js';

/** A question for one file. */
export type FileQuestion = Question & { readonly operation: FileOperation };

/** Delivers a source's files by what is safe for every client generation (ARCHITECTURE.md, "Deliver"). */
@Injectable()
export class SourceFilesService {
  private readonly ownHost: string;

  constructor(
    @Inject(HUB_CONFIG) config: HubConfig,
    private readonly resolver: FallbackResolver,
  ) {
    this.ownHost = new URL(config.baseUrl).hostname;
  }

  /** Undefined when no source may be asked. */
  deliver(question: FileQuestion, arrival: ClientInfo): Promise<WireAnswer | undefined> {
    return question.operation.method === 'HEAD' ? this.describe(question, arrival.host) : this.send(question, arrival);
  }

  private async describe(question: FileQuestion, host: string): Promise<WireAnswer | undefined> {
    const answer = await this.resolver.answer(question);
    if (!answer) return undefined;
    const { source, reply } = answer;
    const headers = fileHeaders(source, reply, question.operation);
    if (noneMatchHits(question.operation.conditions['if-none-match'], headers['etag'])) return notModified(headers);
    const target = reply.location;
    const elsewhere =
      target !== undefined &&
      source.delivery === 'redirect' &&
      mayRedirectHead(target, source.url, [this.ownHost, host]);
    if (elsewhere)
      return { status: 302, headers: { ...redirectHeaders(headers), location: target, 'content-length': '0' } };
    return { status: 200, headers: described(reply, headers) };
  }

  private async send(question: FileQuestion, { stays }: ClientInfo): Promise<WireAnswer | undefined> {
    const located = await this.resolver.locate(question);
    if (!located) return undefined;
    const source: Source = stays ? { ...located.source, delivery: 'proxy' } : located.source;
    if (source.delivery === 'redirect' && !source.hasToken)
      return this.redirect(source, question.operation, located.reply);
    const reply = await this.resolver.ask(source, question);
    const headers = fileHeaders(source, reply, question.operation);
    if (reply.location === undefined || reply.status === 304)
      return { status: reply.status, headers, stream: reply.stream };
    return { status: 302, headers: { ...redirectHeaders(headers), location: reply.location } };
  }

  /** The source's own address serves every reader; a bound repository's costs no question at all (docs/adr/0002). */
  private redirect(source: Source, operation: FileOperation, reply: Reply | undefined): WireAnswer {
    const known = reply ? redirectHeaders(relayFileHeaders(reply.headers)) : commitOf(operation);
    const foreign = reply?.location !== undefined && new URL(reply.location).origin !== new URL(source.url).origin;
    const location = foreign ? reply.location! : this.resolver.fileUrl(source, operation);
    return { status: 302, headers: { ...known, ...sourceHeaders(source), 'cache-control': 'no-store', location } };
  }
}

const fileHeaders = (source: Source, reply: Reply, { path, query }: FileOperation): Record<string, string> => ({
  ...relayFileHeaders(reply.headers),
  ...sourceHeaders(source, reply.age),
  ...FILE_SAFETY,
  'content-disposition': contentDisposition(path.at(-1)!, query, reply.headers['content-type']),
});

/** A revision that is a commit's whole id needs nobody to say which commit it is. */
const commitOf = ({ revision }: FileOperation): Record<string, string> =>
  /^[0-9a-f]{40}$/.test(revision)
    ? { 'accept-ranges': 'bytes', 'x-repo-commit': revision }
    : { 'accept-ranges': 'bytes' };

/** A redirect has no content of its own: type and length of the answer that named it are not the file's. */
function redirectHeaders(headers: Record<string, string>): Record<string, string> {
  const { 'content-type': _type, 'content-length': _length, 'content-range': _range, ...rest } = headers;
  return { ...rest, 'cache-control': 'no-store' };
}

function described(reply: Reply, headers: Record<string, string>): Record<string, string> {
  if (reply.status < 300) return headers;
  const { 'cache-control': _control, ...rest } = redirectHeaders(headers);
  const size = reply.headers['x-linked-size'];
  return size === undefined ? rest : { ...rest, 'content-length': size };
}

const notModified = (headers: Record<string, string>): WireAnswer => {
  const { 'content-length': _length, ...rest } = headers;
  return { status: 304, headers: rest };
};
