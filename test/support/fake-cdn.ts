import { content } from './fake-content.js';
import { bytes } from './fake-replies.js';
import type { FakeBlob } from './fake-repo.js';
import { FakeUpstream, type Responder } from './fake-upstream.js';

const DENIED =
  '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>';

/**
 * The CDN that large files redirect to: another host, signed URLs that can expire, and its own ETag (the Xet
 * hash, not the sha256).
 */
export class FakeCdn {
  /** If set, responds to all requests instead, for example with a reset or a truncated body. */
  script: Responder | undefined;
  private readonly blobs = new Map<string, FakeBlob>();
  private epoch = 1;

  private constructor(readonly upstream: FakeUpstream) {
    upstream.reply = (response, request) => (this.script ?? this.answer)(response, request);
  }

  static async start(host = '127.0.0.2'): Promise<FakeCdn> {
    return new FakeCdn(await FakeUpstream.start(undefined, host));
  }

  /** Invalidates all URLs signed so far. */
  expireSignatures(): void {
    this.epoch++;
  }

  /** Creates a signed URL of a large file. */
  sign(repoKey: string, blob: FakeBlob): string {
    const path = `/xet-bridge-us/${repoKey}/${blob.lfs?.xetHash}`;
    this.blobs.set(path, blob);
    const query = new URLSearchParams({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Expires': '3600',
      'response-content-disposition': 'inline',
      Expires: '1893456000',
      Signature: `s${this.epoch}~`,
    });
    return `${this.upstream.url}${path}?${query.toString()}`;
  }

  close(): Promise<void> {
    return this.upstream.close();
  }

  private readonly answer: Responder = (response, request) => {
    const { pathname, searchParams } = new URL(request.url, this.upstream.url);
    const blob = this.blobs.get(pathname);
    if (!blob || searchParams.get('Signature') !== `s${this.epoch}~`) {
      return bytes(403, DENIED, { 'content-type': 'application/xml' })(response, request);
    }
    const headers = {
      etag: `"${blob.lfs?.xetHash}"`,
      'access-control-allow-origin': '*',
      'x-cache': 'Hit from cloudfront',
    };
    return content(blob.content, headers)(response, request);
  };
}
